public import NNFormat

/// What can be wrong with a model in its exploded form: a folder or archive with `architecture.json` and one `.npy` for each
/// tensor.
public enum ExplodedProblem: Problem {
  /// The folder or archive has no `architecture.json`.
  case noArchitecture
  /// The architecture names a file that must not be named.
  case badFileName(String, reason: String)
  /// The architecture names a file that is not there.
  case missingFile(String)
  /// Two tensors have the same file.
  case sharedFile(String)
  /// An array is there that the architecture does not name.
  case unlistedFile
  /// Some tensors have digests and others have not.
  case digestsIncomplete
  /// The folder to be replaced is not a model.
  case notReplaceable(reason: String)

  /// What kind of failure this is.
  public var category: ProblemCategory {
    switch self {
    case .noArchitecture, .missingFile: .missingInput
    case .notReplaceable: .cannotCreate
    default: .malformed
    }
  }

  /// The sentence for people.
  public var description: String {
    switch self {
    case .noArchitecture:
      "there is no 'architecture.json', which a model of .npy files has"
    case .badFileName(let name, let reason):
      "the file name '\(name.prefix(80))' \(reason); name a file below the folder of the architecture"
    case .missingFile(let name):
      "its file '\(name)' is not there"
    case .sharedFile(let name):
      "the file '\(name)' belongs to another tensor already; each needs its own"
    case .unlistedFile:
      "not named in 'architecture.json'; add a tensor there, or remove the file"
    case .digestsIncomplete:
      "has no digest, but the document has one; after editing arrays pass --accept-edits, or remove every 'digest'"
    case .notReplaceable(let reason):
      "a folder of that name is there, and \(reason); it is left as it is, name another output or remove it yourself"
    }
  }
}
