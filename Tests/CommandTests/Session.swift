import Foundation
import NNTestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#endif

/// A folder of its own in which commands run as a user runs them, and a transcript of what they said.
///
/// Commands see the folder as their working directory, so that no path of this machine gets into what they print.
final class Session {
  /// The folder.
  let folder = TemporaryFolder()
  private(set) var transcript = ""

  /// What a command printed and how it ended.
  struct Outcome {
    let output: String
    let errors: String
    let code: Int32
  }

  /// Runs a command of this package and notes it in the transcript.
  ///
  /// - Parameters:
  ///   - columns: the width to which text is laid out; nil for none, as in a pipe.
  ///   - input: what is on standard input.
  ///   - quiet: whether only errors and the exit code are noted.
  @discardableResult
  func run(
    _ command: String..., columns: Int? = nil, input: String = "", quiet: Bool = false
  ) throws -> Outcome {
    try run(command, columns: columns, input: input, quiet: quiet)
  }

  /// The same for words that stand in an array.
  @discardableResult
  func run(_ command: [String], columns: Int? = nil, input: String = "", quiet: Bool = false) throws -> Outcome {
    let outcome = try execute(
      [try Session.folderOfBinaries + "/" + command[0]] + command.dropFirst(), columns: columns, input: input)
    transcript += "$ " + command.map(Session.quoted).joined(separator: " ") + "\n"
    if !quiet { transcript += outcome.output }
    if !quiet, !outcome.output.isEmpty, !outcome.output.hasSuffix("\n") { transcript += "[no newline]\n" }
    transcript += outcome.errors.split(separator: "\n").map { "! \($0)\n" }.joined()
    if outcome.code != 0 { transcript += "[exit \(outcome.code)]\n" }
    transcript += "\n"
    return outcome
  }

  /// Runs a shell command, with `$BIN` for the folder of the binaries; it is not noted.
  func shell(_ script: String) throws -> Outcome {
    try execute(["/bin/sh", "-c", "BIN='\(try Session.folderOfBinaries)'; \(script)"], columns: nil, input: "")
  }

  /// Runs a binary as a user without rights, if this process may do so; nil if it may not.
  func runUnprivileged(_ name: String, _ arguments: String...) throws -> Outcome? {
    guard getuid() == 0 else {
      return try execute([try Session.folderOfBinaries + "/" + name] + arguments, columns: nil, input: "")
    }
    guard FileManager.default.isExecutableFile(atPath: "/usr/bin/setpriv") else { return nil }
    // The build folder may be closed to that user.
    try FileManager.default.copyItem(
      atPath: try Session.folderOfBinaries + "/" + name, toPath: folder.file(name))
    chmod(folder.path, 0o755)
    return try execute(
      ["/usr/bin/setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", folder.file(name)] + arguments,
      columns: nil, input: "")
  }

  private func execute(_ command: [String], columns: Int?, input: String) throws -> Outcome {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: command[0])
    process.arguments = Array(command.dropFirst())
    process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
    var environment = ProcessInfo.processInfo.environment
    environment["COLUMNS"] = columns.map(String.init)
    process.environment = environment
    // Files, not pipes: nothing can block on a full one.
    let mark = UUID().uuidString
    let paths = ["in", "out", "err"].map { "/tmp/nnm-\($0)-\(mark)" }
    defer { for path in paths { try? FileManager.default.removeItem(atPath: path) } }
    try input.write(toFile: paths[0], atomically: false, encoding: .utf8)
    for path in paths.dropFirst() { try "".write(toFile: path, atomically: false, encoding: .utf8) }
    process.standardInput = try FileHandle(forReadingFrom: URL(fileURLWithPath: paths[0]))
    process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: paths[1]))
    process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: paths[2]))
    try process.run()
    process.waitUntilExit()
    func text(_ path: String) throws -> String {
      String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
        .replacingOccurrences(of: folder.path, with: "FOLDER")
    }
    let code = process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
    return Outcome(output: try text(paths[1]), errors: try text(paths[2]), code: code)
  }

  /// Compares the transcript with the committed one; with RECORD_SNAPSHOTS=1 it is written instead, and the test fails.
  func expectSnapshot(_ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let path = Session.snapshots + "/\(name).txt"
    if ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] == "1" {
      try transcript.write(toFile: path, atomically: true, encoding: .utf8)
      Issue.record("recorded \(name).txt; look at it and commit it", sourceLocation: sourceLocation)
      return
    }
    let expected = try String(contentsOfFile: path, encoding: .utf8)
    guard expected != transcript else { return }
    let pairs = zip(
      expected.split(separator: "\n", omittingEmptySubsequences: false),
      transcript.split(separator: "\n", omittingEmptySubsequences: false))
    let first = pairs.first { $0 != $1 }
    Issue.record(
      """
      \(name).txt differs, first here:
      expected: \(first?.0 ?? "the end, or more")
      found:    \(first?.1 ?? "the end, or more")
      all that was found:
      \(transcript)
      """, sourceLocation: sourceLocation)
  }

  private static let snapshots: String = {
    let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    return parts.joined(separator: "/") + "/Snapshots"
  }()

  /// Where the package manager put the commands: beside the tests' own binary.
  private static var folderOfBinaries: String {
    get throws {
      var places = Bundle.allBundles.map(\.bundlePath) + [Bundle.main.bundlePath]
      places += CommandLine.arguments.filter { $0.contains(".xctest") }
      for place in places {
        var url = URL(fileURLWithPath: place)
        while url.path != "/" {
          if FileManager.default.isExecutableFile(atPath: url.appendingPathComponent("nninfo").path) { return url.path }
          url = url.deletingLastPathComponent()
        }
      }
      throw CommandsNotBuilt(looked: places)
    }
  }

  private struct CommandsNotBuilt: Error {
    let looked: [String]
  }

  private static func quoted(_ word: String) -> String {
    word.contains(" ") ? "'\(word)'" : word
  }
}
