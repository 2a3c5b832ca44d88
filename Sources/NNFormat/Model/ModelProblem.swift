/// What can be wrong with a model as such, in whichever container it lies.
public enum ModelProblem: Problem {
  /// A data type has a name that this version does not know.
  case unknownDataType(String)
  /// A shape has too many dimensions.
  case rankTooLarge(Int)
  /// An extent is below zero.
  case negativeExtent(Int)
  /// The elements of a shape cannot be counted.
  case shapeOverflow([Int])
  /// The bytes of a tensor are more or fewer than its shape needs.
  case wrongSize(needed: Int, found: Int)
  /// A truth value is neither 0 nor 1.
  case notBool(UInt8)
  /// A name is empty, too long or has characters that names must not have.
  case badName(String, reason: String)
  /// Two things that must have names of their own share one.
  case duplicate(what: String, String)
  /// A value is used that nothing computes.
  case unknownValue(String, nearest: String?)
  /// A node uses a value that is computed later.
  case laterValue(String)
  /// Nodes wait for each other in a circle.
  case cycle([String])
  /// A reference to a value is not a name, or a name and an output's number.
  case badReference(String)
  /// A node names a tensor that the file does not have.
  case missingTensor(role: String, String, nearest: String?)
  /// No node uses a tensor.
  case unusedTensor
  /// There is nothing where at least one thing is needed.
  case nothing(what: String)
  /// There are more of something than a reader accepts.
  case tooMany(what: String, count: Int, limit: Int)
  /// The bytes are not those that were written.
  case digestMismatch(promised: Digest, found: Digest)
  /// A text is no digest.
  case badDigest(String)
  /// An example misses an input or output of the graph, or has one that the graph lacks.
  case exampleMismatch(what: String, String, isMissing: Bool)
  /// A tensor is of another type or shape than the graph says.
  case typeMismatch(expected: TensorType, found: TensorType)

  /// What kind of failure this is.
  public var category: ProblemCategory {
    switch self {
    case .digestMismatch: .failedCheck
    case .unknownDataType: .unsupported
    default: .malformed
    }
  }

  /// The sentence for people.
  public var description: String {
    switch self {
    case .unknownDataType(let name):
      "the data type '\(name)' is unknown; known are \(DataType.allCases.map(\.rawValue).joined(separator: ", "))"
    case .rankTooLarge(let rank):
      "\(rank) dimensions are more than the \(Shape.maximumRank) that a tensor may have"
    case .negativeExtent(let extent):
      "an extent of \(extent) is below zero"
    case .shapeOverflow(let dimensions):
      "the shape [\(dimensions.map(String.init).joined(separator: ", "))] has more elements than can be counted"
    case .wrongSize(let needed, let found):
      "the shape needs \(needed) bytes, found \(found)"
    case .notBool(let byte):
      "a truth value is stored as \(byte); only 0 and 1 are allowed"
    case .badName(let name, let reason):
      "the name '\(name.prefix(80))' \(reason)"
    case .duplicate(let what, let name):
      "two \(what) have the name '\(name)'; each needs its own"
    case .unknownValue(let name, let nearest):
      "the value '\(name)' is neither an input nor computed by a node"
        + (nearest.map { "; did you mean '\($0)'?" } ?? "")
    case .laterValue(let name):
      "the value '\(name)' is computed by a later node; list the nodes in the order in which they run"
    case .cycle(let names):
      "the nodes \(names.map { "'\($0)'" }.joined(separator: " -> ")) wait for each other in a circle"
    case .badReference(let text):
      "'\(text)' is no reference to a value; write a node's name, or a name, a colon and the number of an output"
    case .missingTensor(let role, let name, let nearest):
      "its parameter '\(role)' is the tensor '\(name)', which the file does not have"
        + (nearest.map { "; did you mean '\($0)'?" } ?? "")
    case .unusedTensor:
      "no node uses it; remove it, or name it in a node's parameters"
    case .nothing(let what):
      "there is no \(what); at least one is needed"
    case .tooMany(let what, let count, let limit):
      "\(count) \(what) are more than the \(limit) that a reader accepts"
    case .digestMismatch(let promised, let found):
      "the content is damaged: its digest should be \(promised) and is \(found); get the file again, or leave the digests "
        + "out of a JSON file that you edited"
    case .badDigest(let text):
      "'\(text.prefix(80))' is no digest; write sha256: and 64 lower-case hexadecimal digits"
    case .exampleMismatch(let what, let name, let isMissing):
      isMissing
        ? "the \(what) '\(name)' of the graph is missing"
        : "there is a value for '\(name)', which is no \(what) of the graph"
    case .typeMismatch(let expected, let found):
      "must be \(expected), found \(found)"
    }
  }
}
