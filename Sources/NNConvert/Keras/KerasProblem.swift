public import NNFormat

/// What can stand in the way of reading a Keras file.
public enum KerasProblem: Problem {
  /// The file is none that Keras writes.
  case notKeras(found: String)
  /// An archive lacks a member that every `.keras` file has.
  case missingMember(String)
  /// Weights are stored as pickled objects, which only Python can read and which can run code.
  case pickledWeights
  /// The file holds weights and no architecture.
  case noArchitecture
  /// A file of weights was wanted, and there is none.
  case noWeights
  /// The configuration does not have the form that Keras gives it.
  case badConfig(reason: String)
  /// A layer refers to one that there is not.
  case unknownLayer(String)
  /// Layers depend on one another in a circle.
  case circle([String])
  /// Nested models are nested too deeply.
  case tooDeep(limit: Int)
  /// A setting of a layer is missing or of the wrong form.
  case badSetting(String, expected: String, found: JSONValue?)
  /// Layers or settings that no kind of the catalogue computes; every one of the file, in its order.
  case unsupported([Item])
  /// A weight that a layer needs is not in the file.
  case missingWeight(String, expected: [String], found: [String])
  /// A weight has another shape or type than the layer needs.
  case wrongWeight(String, role: String, expected: TensorType, found: TensorType)
  /// The file has weights that no layer uses.
  case unusedWeights([String])
  /// An entry of `--custom` cannot be read.
  case badCustom(String)
  /// Shards of weights do not say where they are, or are not there.
  case badShards(reason: String)

  /// Something that the catalogue does not have.
  public struct Item: Sendable, Hashable {
    /// The name of the layer, with those of the models around it.
    public var layer: String
    /// The class as the file names it.
    public var className: String
    /// What is not supported, and what would help.
    public var reason: String
  }

  /// What kind of failure this is.
  public var category: ProblemCategory {
    switch self {
    case .unsupported, .pickledWeights: .unsupported
    case .badCustom, .noArchitecture, .noWeights: .usage
    case .notKeras, .missingMember, .badConfig, .unknownLayer, .circle, .tooDeep, .badSetting, .missingWeight,
      .wrongWeight, .unusedWeights, .badShards:
      .malformed
    }
  }

  /// The sentence for people.
  public var description: String {
    switch self {
    case .notKeras(let found):
      "is no file of Keras, but \(found); Keras writes .keras, .h5, .weights.h5 and, with to_json, .json"
    case .missingMember(let name):
      "the archive has no member '\(name)', which every .keras file has"
    case .pickledWeights:
      "the weights are pickled Python objects, which are never opened; save the model as .h5 or with .weights.h5 in Keras"
    case .noArchitecture:
      "the file holds weights and no architecture; pass --architecture FILE with the output of model.to_json(), or --map FILE with a model of ours"
    case .noWeights:
      "the file holds an architecture and no weights; name the file with the weights, and pass this one as --architecture"
    case .badConfig(let reason):
      "the configuration is none that Keras writes: \(reason)"
    case .unknownLayer(let name):
      "there is no layer '\(name)', to which another refers"
    case .circle(let names):
      "the layers \(quoted(names)) wait for one another, so none of them can be computed"
    case .tooDeep(let limit):
      "models are nested more than \(limit) deep"
    case .badSetting(let name, let expected, let found):
      found.map { "the setting '\(name)' must be \(expected), found \($0.brief)" }
        ?? "the setting '\(name)' is missing; it must be \(expected)"
    case .unsupported(let items):
      "\(items.count == 1 ? "one layer is" : "\(items.count) layers are") not supported: "
        + items.map { "'\($0.layer)' (\($0.className)): \($0.reason)" }.joined(separator: "; ")
    case .missingWeight(let name, let expected, let found):
      "the weight '\(name)' is not in the file; the layer needs \(quoted(expected)), and the file has "
        + (found.isEmpty ? "none for it" : quoted(found))
    case .wrongWeight(let name, let role, let expected, let found):
      "the weight '\(name)' becomes \(role), which must be \(expected), but is \(found)"
    case .unusedWeights(let names):
      "no layer uses the weights \(quoted(Array(names.prefix(20))))\(names.count > 20 ? " and \(names.count - 20) others" : ""); "
        + "pass --allow-unused to leave them out"
    case .badCustom(let text):
      "'\(text)' puts no kind in the place of a name; write NAME=KIND, as in --custom Swish=silu, or NAME=KIND,FIELD=VALUE"
    case .badShards(let reason):
      "the parts of the weights cannot be found: \(reason)"
    }
  }

  private func quoted(_ names: [String]) -> String {
    names.map { "'\($0)'" }.joined(separator: ", ")
  }
}

extension JSONValue {
  /// The value as text, cut where it is long.
  fileprivate var brief: String {
    guard let text = try? JSONWriter.text(self, style: .compact) else { return kindInWords }
    let words = String(decoding: text.prefix(60), as: UTF8.self)
    return text.count > 60 ? "\(words)..." : words
  }
}
