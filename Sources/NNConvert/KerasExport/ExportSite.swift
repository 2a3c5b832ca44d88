import NNFormat
import NNLayers

/// A node that is converted: what a row of the table has to do with.
struct ExportSite {
  let node: CheckedGraph.CheckedNode
  let inputs: [ExportValue]
  /// All fields, defaults too.
  let fields: JSONObject
  private let graph: ExportGraph

  init(_ node: CheckedGraph.CheckedNode, _ inputs: [ExportValue], _ graph: ExportGraph) {
    self.node = node
    self.inputs = inputs
    self.graph = graph
    func all(_ layer: some Layer) -> JSONObject {
      var fields = layer.encodedFields
      for field in type(of: layer).fields where fields[field.name] == nil { fields[field.name] = field.defaultValue }
      return fields
    }
    fields = all(node.layer)
  }

  // MARK: Fields

  func int(_ name: String) -> Int { fields[name]?.int ?? 0 }
  func ints(_ name: String) -> [Int] { fields[name]?.array?.compactMap(\.int) ?? [] }
  func bool(_ name: String) -> Bool { fields[name]?.bool ?? false }
  func number(_ name: String) -> Double { fields[name]?.number ?? 0 }
  func string(_ name: String) -> String { fields[name]?.string ?? "" }

  /// The settings of the given names, as they are.
  func settings(_ names: String...) -> JSONObject {
    JSONObject(names.compactMap { name in fields[name].map { (name, $0) } })
  }

  // MARK: Types

  var input: ExportValue { inputs[0] }
  var output: TensorType { node.outputs[0] }
  var rank: Int { node.inputs[0].rank }

  /// An axis counted from the first.
  func axis(_ axis: Int) -> Int { axis < 0 ? axis + rank : axis }

  /// The error that the node cannot be written.
  func refused(_ reason: String) -> ModelError {
    ModelError(
      KerasExportProblem.unsupported([
        KerasExportProblem.Item(node: node.node.name, kind: node.node.kind, reason: reason)
      ]))
  }

  /// Refuses a setting that Keras does not have.
  func require(_ condition: Bool, _ reason: @autoclosure () -> String) throws(ModelError) {
    if !condition { throw refused(reason()) }
  }

  // MARK: Weights

  /// The tensor of a parameter in the type in which it computes.
  func weight(_ role: String) throws(ModelError) -> ExportWeight {
    guard let name = node.node.tensorName(for: role), let stored = graph.tensors[name],
      let parameter = node.parameters.first(where: { $0.role == role })
    else { throw refused("it has no parameter '\(role)'") }
    let wanted = parameter.type.dataType
    var tensor = ChangingTensor(stored)
    if let scale = node.scales[role], let scales = graph.tensors[scale]?.elements(as: Float.self), !scales.isEmpty {
      let wide = try stored.mapped(to: .f32) { index, value in Double(Float(value) * scales[index % scales.count]) }
      tensor = ChangingTensor(wide, [.arranged("8-bit integers times their scales")])
    } else if stored.dataType != wanted {
      let (wide, loss) = stored.cast(to: wanted)
      tensor = ChangingTensor(wide, [.cast(from: stored.dataType, to: wanted, loss)])
    }
    return ExportWeight(name: name, tensor: tensor)
  }

  /// The weights of several parameters, without those that the node does not have.
  func weights(_ roles: String...) throws(ModelError) -> [ExportWeight] {
    var list: [ExportWeight] = []
    for role in roles where node.parameters.contains(where: { $0.role == role }) { list.append(try weight(role)) }
    return list
  }

  // MARK: Layers and operations

  /// Adds a call of a layer.
  ///
  /// - Parameters:
  ///   - settings: what differs from the defaults of Keras
  ///   - values: what it is called with; the node's inputs where none are given
  ///   - types: what it gives; the node's outputs where none are given
  func layer(
    _ className: String, _ settings: JSONObject = [:], _ weights: [ExportWeight] = [],
    _ values: [ExportArgument]? = nil, named: [(name: String, argument: ExportArgument)] = [],
    suffix: String? = nil, types: [TensorType]? = nil
  ) throws(ModelError) -> [ExportValue] {
    let arguments = values ?? inputs.map { .value($0) }
    let all = arguments.flatMap(\.values) + named.flatMap(\.argument.values)
    try require(
      !all.contains { if case .constant = $0.source { true } else { false } }, "an input of Keras's layer is a constant"
    )
    let widest = node.inputs.map(\.dataType) + node.outputs.map(\.dataType)
    let float = widest.contains(.f64) ? DataType.f64 : widest.first(where: \.isFloat) ?? .f32
    var config: JSONObject = ["name": "", "trainable": true, "dtype": ExportSite.policy(float)]
    // The one layer that takes no such setting.
    if className == "Discretization" { config["trainable"] = nil }
    for (name, value) in settings.members { config[name] = value }
    var key: String?
    if weights.contains(where: { !$0.name.isEmpty }) {
      let text = try JSONWriter.text(.object(config), style: .compact)
      let ranks = node.inputs.map { "\($0.rank)" }.joined(separator: ",")
      key = "\(className) \(ranks) \(weights.map(\.name)) \(String(decoding: text, as: UTF8.self))"
    }
    let name = graph.name(for: suffix.map { "\(node.node.name)_\($0)" } ?? node.node.name)
    config["name"] = .string(name)
    let layer = ExportLayer(
      name: name, className: className, module: "keras.layers", config: config, weights: weights)
    return graph.call(
      layer, ExportCall(arguments: arguments, named: named), key: key, types: types ?? node.outputs)
  }

  static func policy(_ type: DataType) -> JSONValue {
    [
      "module": "keras", "class_name": "DTypePolicy", "config": ["name": .string(type.kerasName ?? "float32")],
      "registered_name": .null,
    ]
  }

  /// Adds an operation of `keras.ops`.
  ///
  /// - Parameters:
  ///   - operation: the module and the class, such as `numpy.Add`
  ///   - type: what it gives; the node's first output where none is given
  func operation(
    _ operation: String, _ settings: JSONObject = [:], _ values: [ExportArgument]? = nil, suffix: String? = nil,
    types: [TensorType]? = nil
  ) throws(ModelError) -> [ExportValue] {
    let arguments = values ?? inputs.map { .value($0) }
    try require(
      arguments.flatMap(\.values).contains { if case .constant = $0.source { false } else { true } },
      "it depends on constants alone")
    for case .value(let value) in arguments {
      if case .constant(let tensor) = value.source { try checkConstant(tensor) }
    }
    let parts = operation.split(separator: ".").map(String.init)
    let name = graph.name(for: suffix.map { "\(node.node.name)_\($0)" } ?? node.node.name)
    var config: JSONObject = ["name": .string(name)]
    for (name, value) in settings.members { config[name] = value }
    let layer = ExportLayer(
      name: name, className: parts[1], module: "keras.src.ops.\(parts[0])", registeredName: .string(parts[1]),
      config: config)
    return graph.call(layer, ExportCall(arguments: arguments), key: nil, types: types ?? node.outputs)
  }

  /// Adds an operation of one output and gives that.
  func step(
    _ operation: String, _ settings: JSONObject = [:], _ values: ExportArgument..., as suffix: String?,
    _ type: TensorType? = nil
  ) throws(ModelError) -> ExportArgument {
    .value(try self.operation(operation, settings, values, suffix: suffix, types: [type ?? output])[0])
  }

  private func checkConstant(_ tensor: Tensor) throws(ModelError) {
    try require(tensor.dataType != .bf16, "a constant of the type bf16, which NumPy does not have")
    try require(
      !tensor.dataType.isFloat || tensor.cast(to: .f64).tensor.elements(as: Double.self).allSatisfy(\.isFinite),
      "a constant that holds NaN or an infinity, which JSON cannot")
    try require(!tensor.shape.dimensions.contains(0), "a constant without elements")
  }
}
