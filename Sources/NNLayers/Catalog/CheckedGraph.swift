public import NNFormat

/// A model whose layers are known and fit together: every node decoded, every value's type inferred, every parameter checked.
public struct CheckedGraph: Sendable {
  /// The nodes, in the order in which they run.
  public let nodes: [CheckedNode]
  /// The types of the graph's inputs.
  public let inputs: [(name: String, type: TensorType)]
  /// The types of the graph's outputs.
  public let outputs: [(name: String, value: ValueReference, type: TensorType)]

  /// A node with what is known of it.
  public struct CheckedNode: Sendable {
    /// The node as the file holds it.
    public let node: Node
    /// Its layer.
    public let layer: any Layer
    /// The types of its inputs.
    public let inputs: [TensorType]
    /// The types of its outputs.
    public let outputs: [TensorType]
    /// Its parameters, in the order in which the layer uses them.
    public let parameters: [Parameter]
    /// The tensors that hold the scales of the columns of its weights, where these are 8-bit integers, by the weights' roles.
    public let scales: [String: String]
  }

  /// Checks a model against a catalogue.
  ///
  /// - Parameters:
  ///   - model: a model that ``Model/validate(limits:)`` accepts.
  ///   - catalog: the kinds that are known.
  ///   - inputs: types to use instead of those that the graph declares, with fixed extents; by the inputs' names.
  /// - Throws: ``LayerProblem`` with the node.
  public init(
    _ model: Model, catalog: LayerCatalog = .standard, inputs known: [String: TensorType] = [:]
  ) throws(ModelError) {
    var types: [String: [TensorType]] = [:]
    var inputs: [(name: String, type: TensorType)] = []
    for input in model.graph.inputs {
      let type = known[input.name] ?? input.type
      inputs.append((input.name, type))
      types[input.name] = [type]
    }
    var nodes: [CheckedNode] = []
    for node in model.graph.nodes {
      let checked = try located(.node(node.name)) { () throws(ModelError) in
        var inputTypes: [TensorType] = []
        for reference in node.inputs { inputTypes.append(try CheckedGraph.type(of: reference, in: types)) }
        return try CheckedNode(node, model.tensors, catalog, inputTypes)
      }
      types[node.name] = checked.outputs
      nodes.append(checked)
    }
    var outputs: [(name: String, value: ValueReference, type: TensorType)] = []
    for output in model.graph.outputs {
      let type = try located(.output(output.name)) { () throws(ModelError) in
        try CheckedGraph.type(of: output.value, in: types)
      }
      outputs.append((output.name, output.value, type))
    }
    self.nodes = nodes
    self.inputs = inputs
    self.outputs = outputs
  }

  private static func type(
    of reference: ValueReference, in types: [String: [TensorType]]
  ) throws(ModelError) -> TensorType {
    let outputs = types[reference.name] ?? []
    guard outputs.indices.contains(reference.index) else {
      throw ModelError(LayerProblem.noSuchOutput(reference, count: outputs.count))
    }
    return outputs[reference.index]
  }
}

extension CheckedGraph.CheckedNode {
  fileprivate init(
    _ node: Node, _ tensors: NamedTensors, _ catalog: LayerCatalog, _ inputs: [TensorType]
  ) throws(ModelError) {
    let layer = try catalog.layer(for: node)
    let parameters = try layer.parameters(for: inputs)
    let matrices = layer.roles.product?.weights(for: inputs) ?? []
    var scales: [String: Parameter] = [:]
    for (index, parameter) in parameters.enumerated() {
      guard let name = node.tensorName(for: parameter.role), let tensor = tensors[name] else {
        throw ModelError(LayerProblem.missingParameter(kind: node.kind, parameter))
      }
      if tensor.dataType == .i8, parameter.type.dataType == .f32,
        TensorType(.f32, tensor.type.shape).fits(parameter.type),
        let matrix = matrices.first(where: { $0.parameter == index })
      {
        scales[parameter.role] = Parameter("\(parameter.role)_scales", TensorType(.f32, [.known(matrix.columns)]))
        continue
      }
      guard tensor.type.canBecome(parameter.type) else {
        throw ModelError(
          LayerProblem.parameterMismatch(
            role: parameter.role, tensor: name, expected: parameter.type, found: tensor.type))
      }
    }
    for scale in scales.values {
      guard let tensor = node.tensorName(for: scale.role).flatMap({ tensors[$0] }) else {
        throw ModelError(LayerProblem.missingParameter(kind: node.kind, scale))
      }
      guard tensor.type == scale.type else {
        throw ModelError(
          LayerProblem.parameterMismatch(
            role: scale.role, tensor: node.tensorName(for: scale.role) ?? "", expected: scale.type,
            found: tensor.type))
      }
    }
    let roles = parameters.map(\.role) + parameters.compactMap { scales[$0.role]?.role }
    if let extra = node.parameters.first(where: { !roles.contains($0.role) }) {
      throw ModelError(LayerProblem.unknownParameter(kind: node.kind, role: extra.role, known: roles))
    }
    let outputs = try layer.outputs(for: inputs)
    // A layer may make more of its inputs than can be counted.
    for output in outputs { _ = try output.knownShape() }
    self.init(
      node: node, layer: layer, inputs: inputs, outputs: outputs, parameters: parameters,
      scales: scales.compactMapValues { node.tensorName(for: $0.role) })
  }
}

extension TensorType {
  /// Whether a stored tensor of this type may serve as a parameter of the given type: the same extents, and elements that are
  /// the same or widen to it without loss.
  package func canBecome(_ wanted: TensorType) -> Bool {
    let widens: Bool =
      switch (dataType, wanted.dataType) {
      case (let own, let other) where own == other: true
      case (.f16, .f32), (.bf16, .f32), (.f16, .f64), (.bf16, .f64), (.f32, .f64): true
      default: false
      }
    return widens && TensorType(wanted.dataType, shape).fits(wanted)
  }
}
