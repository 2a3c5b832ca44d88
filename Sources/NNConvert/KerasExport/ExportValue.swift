import NNFormat

/// A value of the model as the functional model of Keras has it.
struct ExportValue {
  /// Where it comes from.
  enum Source {
    /// An output of a call of a layer; the layer by its place in the list.
    case output(layer: Int, call: Int, output: Int)
    /// A constant, which stands as an argument where it is used.
    case constant(Tensor)
    /// It is not there, because its node was refused.
    case refused
  }

  let source: Source
  let type: TensorType

  /// The call and the output, if it is no constant.
  var place: (layer: Int, call: Int, output: Int)? {
    if case .output(let layer, let call, let output) = source { (layer, call, output) } else { nil }
  }
}

/// What a layer is called with.
indirect enum ExportArgument {
  case value(ExportValue)
  case list([ExportArgument])
  case json(JSONValue)

  /// The values in it, in order.
  var values: [ExportValue] {
    switch self {
    case .value(let value): [value]
    case .list(let items): items.flatMap(\.values)
    case .json: []
    }
  }
}

/// A call of a layer.
struct ExportCall {
  var arguments: [ExportArgument]
  var named: [(name: String, argument: ExportArgument)] = []

  /// The values that it depends on, in the order in which Keras flattens arguments.
  var values: [ExportValue] {
    arguments.flatMap(\.values) + named.sorted { $0.name < $1.name }.flatMap(\.argument.values)
  }
}

/// A weight of a layer.
struct ExportWeight {
  /// The object inside of the layer that owns it; empty for the layer itself.
  var owner = ""
  /// The tensor of the model that it is made of; empty where it is none.
  let name: String
  var tensor: ChangingTensor

  /// The same inside of an object.
  func inside(_ owner: String) -> ExportWeight { ExportWeight(owner: owner, name: name, tensor: tensor) }

  mutating func reshape(_ dimensions: [Int]) throws(ModelError) { try tensor.reshape(to: Shape(dimensions)) }

  mutating func permute(_ axes: [Int]) throws(ModelError) {
    tensor.replace(try tensor.tensor.permuted(axes), .permuted(axes))
  }
}

/// A layer or an operation of the functional model.
struct ExportLayer {
  let name: String
  let className: String
  let module: String
  var registeredName: JSONValue = .null
  var config: JSONObject
  var weights: [ExportWeight] = []
  var calls: [ExportCall] = []

  /// The class behind the name under which Keras exports it, which names its weights.
  var objectName: String { className == "GroupQueryAttention" ? "GroupedQueryAttention" : className }

  /// Whether it is an operation, which owns nothing.
  var isOperation: Bool { module.contains(".ops.") }

  /// The class, or the operation by the name of its function: `Conv2D`, `Activation("tanh")`, `ops.expand_dims`.
  var publicName: String {
    if isOperation { return "ops.\(KerasModelWeights.snakeCase(className))" }
    guard className == "Activation", let name = config["activation"]?.string else { return className }
    return "Activation(\"\(name)\")"
  }
}
