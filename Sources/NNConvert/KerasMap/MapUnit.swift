import NNFormat
import NNLayers

/// What gets its weights together: the nodes that share a set of tensors, and the layer of Keras that has such weights.
struct MapUnit {
  /// The names of the nodes.
  private(set) var names: [String]
  /// The tensors by their roles.
  let parameters: [NodeParameter]
  /// The kind of the nodes.
  let kind: String
  /// The layer of Keras that computes the same, called as the first node is.
  let layer: KerasLayer
  let call: KerasCall
  let values: [KerasReference: KerasValue]
  /// What tells units apart that take different weights.
  let signature: String

  /// The name of the first node.
  var name: String { names[0] }

  /// Adds a node that shares the tensors.
  mutating func add(_ name: String) { names.append(name) }

  /// The unit of a node.
  ///
  /// The layer is the one that ``KerasExport`` writes for the node, so that what reads its weights is what reads those of a
  /// model's layers.
  ///
  /// - Throws: ``KerasExportProblem/unsupported(_:)`` if no layer of Keras has such weights.
  init(_ target: MapTarget.TargetNode) throws(ModelError) {
    let exported = try MapUnit.exported(target)
    var values: [KerasReference: KerasValue] = [:]
    func converted(_ argument: ExportArgument) -> KerasArgument {
      switch argument {
      case .value(let value):
        let reference = KerasReference(layer: "", call: 0, output: values.count)
        values[reference] = KerasValue(ValueReference("input", values.count), value.type)
        return .value(reference)
      case .list(let items): return .list(items.map { converted($0) })
      case .json(let json): return .constant(json)
      }
    }
    var call = KerasCall()
    if let first = exported.calls.first {
      call.positional = first.arguments.map { converted($0) }
      call.named = first.named.map { ($0.name, converted($0.argument)) }
    }
    (self.call, self.values) = (call, values)
    names = [target.node.name]
    parameters = target.node.parameters
    kind = target.node.kind
    layer = KerasLayer(className: exported.className, name: target.node.name, config: exported.config)
    var config = exported.config
    config["name"] = nil
    let text = try JSONWriter.text(.object(config), style: .compact)
    let types = target.parameters.map(\.type.description) + target.inputs.map(\.description)
    signature = "\(exported.className) \(types) \(String(decoding: text, as: UTF8.self))"
  }

  /// The layer with weights that a node becomes.
  private static func exported(_ target: MapTarget.TargetNode) throws(ModelError) -> ExportLayer {
    var node = target.withoutArithmetic
    node.inputs = target.inputs.indices.map { ValueReference("input_\($0)") }
    let inputs = zip(node.inputs, target.inputs).map { GraphInput($0.name, $1) }
    var tensors = NamedTensors()
    for parameter in target.parameters {
      guard let name = node.tensorName(for: parameter.role), tensors[name] == nil else { continue }
      guard let shape = try parameter.type.knownShape() else {
        throw refused(node, "the extents of its parameter '\(parameter.role)' are open")
      }
      // The values do not matter: only which of them Keras has where.
      try tensors.append(name, Tensor(parameter.type.dataType, shape) { _ in })
    }
    let checked = try CheckedGraph(Model(graph: Graph(inputs: inputs, nodes: [node], outputs: []), tensors: tensors))
    let graph = ExportGraph(tensors)
    var values: [ExportValue] = []
    for input in inputs {
      try graph.addInput(input.name, input.type)
      values.append(try graph.value(ValueReference(input.name)))
    }
    guard let convert = ExportTable.all[node.kind] ?? withoutExport[node.kind] else {
      throw refused(node, ExportTable.refusal(node.kind))
    }
    for checkedNode in checked.nodes { _ = try convert(ExportSite(checkedNode, values, graph)) }
    let layers = graph.layers.filter { !$0.weights.isEmpty }
    guard layers.count == 1 else { throw refused(node, "no single layer of Keras has its weights") }
    return layers[0]
  }

  /// Kinds that files of Keras have weights for and Keras 3 has no layer for any more.
  private static let withoutExport: [String: ExportTable.Conversion] = [
    "locally_connected": { site throws(ModelError) in
      try site.layer(
        "LocallyConnected\(ExportTable.spatial(site))D",
        site.settings("filters", "kernel_size", "strides", "data_format", "use_bias"),
        site.weights("kernel", "biases"))
    }
  ]

  private static func refused(_ node: Node, _ reason: String) -> ModelError {
    ModelError(
      KerasExportProblem.unsupported([
        KerasExportProblem.Item(node: node.name, kind: node.kind, reason: reason)
      ]))
  }
}
