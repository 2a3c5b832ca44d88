import NNFormat

/// The functions that Keras knows by name.
enum KerasActivation {
  /// The kind and fields of an activation as a layer names it.
  ///
  /// - Throws: ``KerasProblem/unsupported(_:)``.
  static func kind(
    _ json: JSONValue, _ settings: KerasSettings, _ custom: KerasCustom.Table
  ) throws(ModelError) -> (kind: String, fields: JSONObject) {
    let name: String
    if let plain = json.string {
      name = plain
    } else if let object = json.object {
      // {"class_name": "function", "config": "gelu", ...}, or an object of a class without settings.
      let inner = object["config"]?.string ?? object["config"]?.object?["name"]?.string
      name = inner ?? object["class_name"]?.string ?? ""
    } else {
      throw settings.unsupported("an activation that is no name")
    }
    let plain = String(name.split(separator: ">").last ?? "")
    if let other = custom[plain] ?? custom[name] { return (other.kind, other.fields) }
    let isOfUser =
      name.contains(">") && !name.hasPrefix("keras>") || json.object?["registered_name"]?.string == "function"
    if plain == "hard_sigmoid", !isOfUser {
      return ("hard_sigmoid", ["definition": settings.generation == .three ? "keras3" : "keras2"])
    }
    guard !isOfUser, let (kind, fields) = table[plain] else {
      throw settings.unsupported(
        "the activation '\(plain)' is not known; --custom \(plain)=KIND puts a kind of spec/layers.md in its place")
    }
    return (kind, fields)
  }

  /// The functions of `keras.activations` with their defaults.
  static let table: [String: (String, JSONObject)] = [
    "linear": ("linear", [:]), "relu": ("relu", [:]), "relu6": ("relu6", [:]), "sigmoid": ("sigmoid", [:]),
    "tanh": ("tanh", [:]), "softmax": ("softmax", [:]), "log_softmax": ("log_softmax", [:]),
    "softplus": ("softplus", [:]), "softsign": ("softsign", [:]), "elu": ("elu", [:]), "selu": ("selu", [:]),
    "exponential": ("exponential", [:]), "swish": ("silu", [:]), "silu": ("silu", [:]),
    "hard_silu": ("hard_swish", [:]), "hard_swish": ("hard_swish", [:]), "gelu": ("gelu", [:]), "mish": ("mish", [:]),
    "leaky_relu": ("leaky_relu", ["negative_slope": 0.2]), "celu": ("celu", [:]), "glu": ("glu", [:]),
    "log_sigmoid": ("log_sigmoid", [:]), "hard_tanh": ("hard_tanh", [:]), "tanh_shrink": ("tanh_shrink", [:]),
    "hard_shrink": ("hard_shrink", [:]), "soft_shrink": ("soft_shrink", [:]), "squareplus": ("squareplus", [:]),
    "sparse_plus": ("sparse_plus", [:]), "sparse_sigmoid": ("sparse_sigmoid", [:]),
  ]

  /// Keras's sparsemax along the last axis: `max(x - t, 0)`.
  ///
  /// Source: `keras/src/activations/activations.py`, after Martins, Astudillo, *From Softmax to Sparsemax*, 2016.
  static func sparsemax(_ site: KerasSite, _ x: KerasValue) throws(ModelError) -> KerasValue {
    guard let count = x.type.shape.last?.value, (1...1 << 20).contains(count) else {
      throw site.settings.unsupported("a sparsemax of an open extent")
    }
    let type = x.type.dataType
    let sorted = try site.add("top_k", ["k": JSONValue(count)], [x], suffix: "sorted")[0]
    let sums = try site.add("cumsum", [:], [sorted], suffix: "sums")[0]
    let ranks = try site.constant((1...count).map(Double.init), [count], type, suffix: "ranks")
    let products = try site.add("multiply", [:], [sorted, ranks], suffix: "products")[0]
    let raised = try site.add("rescaling", ["scale": 1.0, "offset": 1.0], [products], suffix: "raised")[0]
    let isIn = try site.add("greater", [:], [raised, sums], suffix: "support")[0]
    let support = try site.add("cast", ["dtype": .string(type.rawValue)], [isIn], suffix: "support_numbers")[0]
    let fields: JSONObject = ["axes": [-1], "keepdims": true]
    let size = try site.add("reduce_sum", fields, [support], suffix: "support_size")[0]
    // As Keras computes it: all sums of the support are added up, where the paper takes the last.
    let kept = try site.add("multiply", [:], [sums, support], suffix: "kept")[0]
    let sum = try site.add("reduce_sum", fields, [kept], suffix: "kept_sum")[0]
    let less = try site.add("rescaling", ["scale": 1.0, "offset": -1.0], [sum], suffix: "less_one")[0]
    let threshold = try site.add("divide", [:], [less, size], suffix: "threshold")[0]
    let difference = try site.add("subtract", [:], [x, threshold], suffix: "difference")[0]
    return try site.add("relu", [:], [difference], suffix: "sparsemax")[0].masked(by: x.mask)
  }

  /// An activation as a field of a recurrent layer has it.
  static func field(
    _ json: JSONValue?, _ settings: KerasSettings, _ custom: KerasCustom.Table
  ) throws(ModelError) -> JSONValue {
    guard let json else { return "linear" }
    let (kind, fields) = try kind(json, settings, custom)
    return fields.isEmpty ? .string(kind) : ["kind": .string(kind), "fields": .object(fields)]
  }
}
