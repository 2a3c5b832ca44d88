package import NNFormat

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Where a command's result goes.
package enum StandardOutput {
  /// Writes text as it is; names from files must have gone through ``printable(_:)``.
  ///
  /// A reader that has closed its end of the pipe has seen enough: what is left is dropped without an error.
  ///
  /// - Throws: ``TerminalProblem/outputFailed(reason:)``.
  package static func write(_ text: String) throws(ModelError) {
    try write(Array(text.utf8))
  }

  /// Writes a versioned JSON document: its name and version, then `members`.
  ///
  /// - Throws: ``TerminalProblem/outputFailed(reason:)``.
  package static func write(
    document name: String, version: Int, _ members: [(String, JSONValue)]
  ) throws(ModelError) {
    let head: [(String, JSONValue)] = [("document", .string(name)), ("version", JSONValue(version))]
    try write(try JSONWriter.text(.object(JSONObject(head + members)), style: .pretty))
  }

  private static func write(_ bytes: [UInt8]) throws(ModelError) {
    if let code = put(bytes, to: STDOUT_FILENO), code != EPIPE {
      throw ModelError(
        TerminalProblem.outputFailed(reason: FileProblem.reason(code)), at: .file("standard output"))
    }
  }

  /// How many columns a line may have: those of the terminal, or what the variable `COLUMNS` says; nil if neither is there,
  /// so that a file or a pipe gets everything in full.
  package static var width: Int? {
    if let text = getenv("COLUMNS"), let columns = Int(String(cString: text)), columns > 0 { return columns }
    guard isatty(STDOUT_FILENO) == 1 else { return nil }
    return columns(of: STDOUT_FILENO)
  }
}

/// Where a command's errors, warnings and progress go.
package enum StandardError {
  /// Writes one line; what could upset a terminal or break the line is escaped.
  package static func write(line: String) {
    // An error on the way to standard error has nowhere to go.
    _ = put(Array((printable(line) + "\n").utf8), to: STDERR_FILENO)
  }

  /// Writes one line that says what is doubtful, but did not stop the command.
  package static func warn(_ sentence: String) {
    write(line: "warning: \(sentence)")
  }

  /// Writes text with control sequences as it is.
  static func draw(_ text: String) {
    _ = put(Array(text.utf8), to: STDERR_FILENO)
  }

  /// The columns of the terminal that standard error is; nil if it is none, or one that cannot erase a line.
  static var terminalWidth: Int? {
    guard isatty(STDERR_FILENO) == 1 else { return nil }
    if let name = getenv("TERM"), String(cString: name) == "dumb" { return nil }
    return columns(of: STDERR_FILENO)
  }
}

/// What can go wrong on the way to the terminal.
package enum TerminalProblem: Problem {
  /// Standard output did not take what was written.
  case outputFailed(reason: String)

  package var category: ProblemCategory { .inputOutput }

  package var description: String {
    switch self {
    case .outputFailed(let reason): "writing failed: \(reason)"
    }
  }
}

/// Writes all bytes to a descriptor; gives the number of the error that stopped it, if one did.
private func put(_ bytes: [UInt8], to descriptor: CInt) -> CInt? {
  bytes.withUnsafeBytes { bytes in
    var rest = bytes[...]
    while let start = UnsafeRawBufferPointer(rebasing: rest).baseAddress, !rest.isEmpty {
      let count = write(descriptor, start, rest.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return errno }
      rest = rest.dropFirst(count)
    }
    return nil
  }
}

private func columns(of descriptor: CInt) -> Int {
  var size = winsize()
  guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
  return Int(size.ws_col)
}
