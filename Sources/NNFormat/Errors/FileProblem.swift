#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// What can be wrong with a file as such, whatever it holds.
public enum FileProblem: Problem {
  /// Nothing is there.
  case notFound
  /// It may not be read.
  case notReadable
  /// It is a folder where a file is needed.
  case isDirectory
  /// It is neither a file nor a folder: a pipe, a device, a socket.
  case notRegular
  /// It exists, and replacing it was not asked for.
  case alreadyExists
  /// It cannot be created, for the given reason.
  case cannotCreate(reason: String)
  /// Reading failed half-way, for the given reason.
  case readFailed(reason: String)
  /// Writing failed half-way, for the given reason; an older file at the place is untouched.
  case writeFailed(reason: String)

  /// What kind of failure this is.
  public var category: ProblemCategory {
    switch self {
    case .notFound, .notReadable, .isDirectory, .notRegular: .missingInput
    case .alreadyExists, .cannotCreate: .cannotCreate
    case .readFailed, .writeFailed: .inputOutput
    }
  }

  /// The sentence for people.
  public var description: String {
    switch self {
    case .notFound: "no such file"
    case .notReadable: "may not be read; check its permissions"
    case .isDirectory: "is a folder, where a file is needed"
    case .notRegular: "is neither a file nor a folder; copy its content into a file first"
    case .alreadyExists: "exists already; pass --force to replace it, or name another output"
    case .cannotCreate(let reason): "cannot be created: \(reason)"
    case .readFailed(let reason): "reading failed: \(reason)"
    case .writeFailed(let reason): "writing failed: \(reason); what was there before is untouched"
    }
  }

  /// The problem that a failed system call on opening a file for reading stands for.
  package static func opening(_ code: CInt) -> FileProblem {
    switch code {
    case ENOENT, ENOTDIR: .notFound
    case EACCES, EPERM: .notReadable
    case EISDIR: .isDirectory
    default: .readFailed(reason: reason(code))
    }
  }

  /// The operating system's words for an error number, in lower case as our sentences are.
  package static func reason(_ code: CInt) -> String {
    guard let text = strerror(code) else { return "error \(code)" }
    let words = String(cString: text)
    return words.prefix(1).lowercased() + words.dropFirst()
  }
}
