package import ArgumentParser
import NNFormat

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

extension ParsableCommand {
  /// Reads the command line, runs the command that it names, and ends the process: the whole of an executable's main file.
  ///
  /// An error becomes one line on standard error, and its category the exit code. An error without a place gets the
  /// executable's name as its place. A command line that makes no sense ends with code 64 and names the help to look at.
  package static func runAndExit() -> Never {
    // A reader that has seen enough (`nninfo x | head`) must not kill a command that still has a file to finish;
    // `StandardOutput` sees the closed pipe as an error of `write` and keeps quiet.
    signal(SIGPIPE, SIG_IGN)
    var status = ExitCode.success.rawValue
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch let error as ModelError {
      let line = error.places.isEmpty ? "\(_commandName): \(error)" : "\(error)"
      StandardError.write(line: line)
      status = error.problem.category.rawValue
    } catch let code as ExitCode {
      status = code.rawValue
    } catch {
      status = report(error)
    }
    end(status)
  }

  /// Words an error of the argument parser, or prints the help that was asked for; gives the exit code.
  private static func report(_ error: any Error) -> Int32 {
    let code = exitCode(for: error).rawValue
    guard code != ExitCode.success.rawValue else {
      do {
        try StandardOutput.write(fullMessage(for: error, columns: StandardOutput.width ?? 80) + "\n")
      } catch {
        StandardError.write(line: "\(error)")
        return error.problem.category.rawValue
      }
      return code
    }
    guard code == ExitCode.validationFailure.rawValue else {
      StandardError.write(line: "\(_commandName): a fault of this program, please report it: \(error)")
      return ProblemCategory.internalFault.rawValue
    }
    StandardError.write(line: usageLine(for: error))
    return ProblemCategory.usage.rawValue
  }

  /// The parser's sentence as we write ours: in one line, beginning in lower case, with the help to look at.
  private static func usageLine(for error: any Error) -> String {
    let text = message(for: error).split(separator: "\n").joined(separator: " ")
    // The last line of the parser's own message names the subcommand in question: See 'nnconvert verify --help' ….
    let help = fullMessage(for: error).split(separator: "'").last { $0.hasSuffix(" --help") }
    let sentences = (text.hasSuffix(".") ? String(text.dropLast()) : text).split(separator: ". ")
    let what = sentences.map { $0.prefix(1).lowercased() + $0.dropFirst() }.joined(separator: "; ")
    let link = what.hasSuffix("?") ? " see" : "; see"
    return "\(_commandName): \(what)\(link) '\(help ?? "\(_commandName) --help")'"
  }
}

// Outside of the extension, where the parser's own `exit` would be meant.
private func end(_ status: Int32) -> Never { exit(status) }

/// The version of this package, as `--version` shows it and as files name the tool that made them.
package let toolVersion = "0.1.0"

extension CommandConfiguration {
  /// A configuration whose `--version` shows the package's version and the version of the format.
  package static func tool(
    _ name: String, abstract: String, discussion: String = "", subcommands: [any ParsableCommand.Type] = []
  ) -> CommandConfiguration {
    CommandConfiguration(
      commandName: name, abstract: abstract, discussion: discussion,
      version: "\(name) \(toolVersion) (format \(FormatVersion.current))", subcommands: subcommands)
  }
}
