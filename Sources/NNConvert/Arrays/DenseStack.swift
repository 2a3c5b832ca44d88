import NNFormat
import NNLayers

/// Dense layers one after another, each with an activation: what a folder of arrays can say.
struct DenseStack {
  /// The layers, in order.
  var layers: [NamedLayer]
  /// An activation for each layer.
  var activations: [Activations.Activation]
  /// How the weights lie.
  var layout: WeightsLayout
  /// The element type to cast to; nil if the arrays' own stays.
  var dataType: DataType?

  /// The model, and what became of each array.
  ///
  /// The graph has one input, `input`, of shape `[N, in]`, and one output, `output`. A dense layer has the name that its arrays
  /// have in common (`hidden`, `fc1`), or `dense_1`, `dense_2` and so on; its activation is a node of its own with the kind
  /// appended (`hidden_sigmoid`). `linear` adds no node, because it does nothing.
  func model() throws(ModelError) -> (model: Model, mapped: [ConversionReport.Mapping]) {
    let stored = dataType ?? layers.first?.weights.tensor.dataType ?? .f32
    let computed = stored.computeType
    var names = UniqueNames(taken: ["input"])
    var graph = Graph(inputs: [], nodes: [], outputs: [])
    var tensors = NamedTensors()
    var mapped: [ConversionReport.Mapping] = []
    var value: ValueReference = "input"

    for (position, (layer, activation)) in zip(layers, activations).enumerated() {
      let name = names.take(layer.name.isEmpty ? "dense_\(position + 1)" : layer.name)
      var weights = ChangingTensor(layer.weights.tensor)
      if layout == .outIn { try weights.transpose() }
      if let dataType { weights.cast(to: dataType) }
      let (inputs, units) = (weights.tensor.shape[0], weights.tensor.shape[1])
      if position == 0 {
        graph.inputs = [GraphInput("input", TensorType(computed, [.symbol("N"), .known(inputs)]))]
      }
      guard let positive = Positive(units), inputs > 0 else {
        throw ModelError(ConvertProblem.emptyLayer(layer.weights.inWords))
      }
      var parts = [("weights", layer.weights.name, weights)]
      if let own = layer.biases {
        var biases = ChangingTensor(own.tensor)
        try biases.reshape(to: try Shape([units]))
        if let dataType { biases.cast(to: dataType) }
        parts.append(("biases", own.name, biases))
      }
      var parameters: [NodeParameter] = []
      for (role, array, part) in parts {
        let tensor = "\(name)/\(role)"
        try tensors.append(tensor, part.tensor)
        parameters.append(NodeParameter(role, tensor))
        mapped.append(
          ConversionReport.Mapping(array: array, tensor: tensor, type: part.tensor.type, changes: part.changes))
      }
      let dense = Dense(units: positive, useBias: layer.biases != nil)
      graph.nodes.append(dense.node(name, inputs: [value], parameters: parameters))
      value = ValueReference(name)
      if !activation.isIdentity {
        let node = names.take("\(name)_\(activation.kind)")
        graph.nodes.append(Node(node, activation.kind, fields: activation.fields, inputs: [value]))
        value = ValueReference(node)
      }
    }
    graph.outputs = [GraphOutput("output", value)]
    return (Model(graph: graph, tensors: tensors), mapped)
  }
}

extension DataType {
  /// The type in which a network with weights of this type computes: f64 for f64, and f32 for f32 and the narrower ones.
  var computeType: DataType { self == .f64 ? .f64 : .f32 }
}

/// Gives every name once: a second one gets `_2` and so on.
struct UniqueNames {
  private var taken: Set<String>

  init(taken: Set<String>) { self.taken = taken }

  mutating func take(_ wish: String) -> String {
    var name = wish
    var number = 2
    while !taken.insert(name).inserted {
      name = "\(wish)_\(number)"
      number += 1
    }
    return name
  }
}
