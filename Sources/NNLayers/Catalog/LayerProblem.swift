public import NNFormat

/// What can be wrong with a node as a layer of its kind.
public enum LayerProblem: Problem {
  /// The catalogue has no such kind.
  case unknownKind(String, nearest: String?)
  /// The name is known, but not as a kind of layer.
  case noKind(String, reason: String)
  /// A setting has no name that the kind knows.
  case unknownField(kind: String, nearest: String?)
  /// A required setting is not given.
  case missingField(kind: String)
  /// A setting has a value of the wrong kind or outside of its range.
  case badField(expected: String, found: JSONValue)
  /// Settings contradict each other or the inputs.
  case badSetting(reason: String)
  /// The node has more or fewer inputs than the kind takes.
  case inputCount(kind: String, expected: String, found: Int)
  /// An input does not have the type or the extents that the kind needs.
  case badInput(index: Int, expected: String, found: TensorType)
  /// An element of an input is none that the layer can use.
  case badElement(input: Int, position: [Int], found: String, expected: String)
  /// A value is used that the node does not have.
  case noSuchOutput(ValueReference, count: Int)
  /// The node has no tensor for a parameter.
  case missingParameter(kind: String, Parameter)
  /// The node has a tensor for a parameter that the kind does not have.
  case unknownParameter(kind: String, role: String, known: [String])
  /// A tensor does not have the type that the parameter needs.
  case parameterMismatch(role: String, tensor: String, expected: TensorType, found: TensorType)

  /// What kind of failure this is.
  public var category: ProblemCategory {
    switch self {
    case .unknownKind, .noKind: .unsupported
    default: .malformed
    }
  }

  /// The sentence for people.
  public var description: String {
    switch self {
    case .unknownKind(let kind, let nearest):
      "the kind '\(kind)' is unknown"
        + (nearest.map { "; did you mean '\($0)'?" } ?? "; see spec/layers.md for those there are")
    case .noKind(let kind, let reason):
      "the kind '\(kind)' cannot be run: \(reason)"
    case .unknownField(let kind, let nearest):
      "the kind '\(kind)' has no such field" + (nearest.map { "; did you mean '\($0)'?" } ?? "")
    case .missingField(let kind):
      "the kind '\(kind)' needs it, and it is missing"
    case .badField(let expected, let found):
      "must be \(expected), found \(LayerProblem.words(found))"
    case .badSetting(let reason):
      reason
    case .inputCount(let kind, let expected, let found):
      "the kind '\(kind)' takes \(expected), found \(found)"
    case .badInput(let index, let expected, let found):
      "its input \(index) must be \(expected), found \(found)"
    case .badElement(let input, let position, let found, let expected):
      "its input \(input) has \(found) at [\(position.map(String.init).joined(separator: ", "))], where it must be \(expected)"
    case .noSuchOutput(let reference, let count):
      "'\(reference)' is used, but '\(reference.name)' has only \(count == 1 ? "one output" : "\(count) outputs")"
    case .missingParameter(let kind, let parameter):
      "the kind '\(kind)' needs the parameter '\(parameter.role)' (\(parameter.type)), and it is missing"
    case .unknownParameter(let kind, let role, let known):
      "the parameter '\(role)' is not used by the kind '\(kind)' with these fields; "
        + (known.isEmpty ? "it uses none" : "it uses " + known.map { "'\($0)'" }.joined(separator: ", "))
    case .parameterMismatch(let role, let tensor, let expected, let found):
      "its parameter '\(role)' must be \(expected), but the tensor '\(tensor)' is \(found)"
    }
  }

  private static func words(_ value: JSONValue) -> String {
    let text =
      (try? JSONWriter.text(value, style: .compact)).map { String(decoding: $0, as: UTF8.self) } ?? "NaN"
    return text.count > 60 ? "\(text.prefix(60))…" : text
  }
}
