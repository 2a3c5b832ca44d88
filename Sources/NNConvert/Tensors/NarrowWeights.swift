public import NNFormat
import NNLayers

/// The element types in which weights of matrix products and convolutions can be stored beside arithmetic in f32.
public enum NarrowType: String, CaseIterable, Sendable {
  /// IEEE 754 binary16.
  case f16
  /// The upper half of f32.
  case bf16
  /// Integers from -127 to 127, with a scale for each output channel.
  case int8
}

/// The weights of a model made narrower.
public struct NarrowedWeights: Sendable {
  /// The model with narrow weights. Its examples are those of the original.
  public private(set) var model: Model
  /// What became of the values of each tensor that was changed, by name, in the order of the nodes.
  public private(set) var losses: [(tensor: String, loss: CastLoss)] = []

  /// Stores the f32 weights of nodes that multiply by matrices (`dense`, `convolution`, `lstm`, attention, ...), and the tables of
  /// `embedding` nodes, narrower.
  ///
  /// f16 and bf16 round to nearest, ties to even. int8 has for each output channel (a column of the weights as a matrix) the scale s = max|w| / 127,
  /// divided in f32, and holds w / s, rounded to the nearest integer, ties to even; it adds a tensor `<name>_scales`
  /// (`spec/numerics.md`). Weights that another kind of node uses, too, stay as they are.
  ///
  /// - Throws: ``ConvertProblem/cannotNarrow(_:)`` if a weight is not finite or would become infinite, or there are none;
  ///   ``LayerProblem`` if the layers do not fit together.
  public init(_ model: Model, to type: NarrowType) throws(ModelError) {
    let graph = try CheckedGraph(model)
    self.model = model
    for (name, channels) in NarrowedWeights.candidates(graph, model) {
      guard let tensor = model.tensors[name] else { continue }
      try located(.tensor(name)) { () throws(ModelError) in try narrow(name, tensor, type, graph, channels) }
    }
    guard !losses.isEmpty else {
      throw ModelError(ConvertProblem.cannotNarrow("no node has f32 weights that can be narrower"))
    }
    for (name, _) in losses {
      let step = "cast f32 to \(type.rawValue)"
      if let index = self.model.provenance.steps.firstIndex(where: { $0.tensor == name }) {
        self.model.provenance.steps[index].steps.append(step)
      } else {
        self.model.provenance.steps.append(Provenance.TensorSteps(tensor: name, steps: [step]))
      }
    }
  }

  /// Tensors of f32 that are the weights of products and nothing else, with the columns they have in all products.
  private static func candidates(_ graph: CheckedGraph, _ model: Model) -> [(name: String, channels: Int)] {
    var found: [(name: String, channels: Int)] = []
    var others: Set<String> = []
    for node in graph.nodes {
      let matrices = (node.layer as? any ProductLayer)?.weights(for: node.inputs) ?? []
      for (index, parameter) in node.parameters.enumerated() {
        guard let name = node.node.tensorName(for: parameter.role) else { continue }
        guard let matrix = matrices.first(where: { $0.parameter == index }), parameter.type.dataType == .f32,
          model.tensors[name]?.dataType == .f32
        else {
          others.insert(name)
          continue
        }
        if let known = found.first(where: { $0.name == name }) {
          if known.channels != matrix.columns { others.insert(name) }
        } else {
          found.append((name, matrix.columns))
        }
      }
    }
    return found.filter { !others.contains($0.name) }
  }

  private mutating func narrow(
    _ name: String, _ tensor: Tensor, _ type: NarrowType, _ graph: CheckedGraph, _ channels: Int
  ) throws(ModelError) {
    guard tensor.elements(as: Float.self).allSatisfy(\.isFinite) else {
      throw ModelError(ConvertProblem.cannotNarrow("has weights that are not finite"))
    }
    switch type {
    case .f16, .bf16:
      let (narrow, loss) = tensor.cast(to: type == .f16 ? .f16 : .bf16)
      guard loss.overflows == 0 else {
        throw ModelError(
          ConvertProblem.cannotNarrow("has \(loss.overflows) weights beyond the greatest \(type.rawValue); try bf16"))
      }
      model.tensors[name] = narrow
      losses.append((name, loss))
    case .int8:
      let (narrow, scales, loss) = NarrowedWeights.quantized(tensor, channels)
      let scalesName = "\(name)_scales"
      guard model.tensors[scalesName] == nil else {
        throw ModelError(ConvertProblem.cannotNarrow("there is a tensor '\(scalesName)' already"))
      }
      model.tensors[name] = try Tensor(narrow, tensor.shape)
      try model.tensors.append(scalesName, try Tensor(scales, Shape([scales.count])))
      for (index, checked) in graph.nodes.enumerated() {
        for role in checked.parameters.map(\.role) where checked.node.tensorName(for: role) == name {
          model.graph.nodes[index].parameters.append(NodeParameter("\(role)_scales", scalesName))
        }
      }
      losses.append((name, loss))
    }
  }

  /// The integers and scales of weights with so many columns.
  private static func quantized(_ tensor: Tensor, _ channels: Int) -> (values: [Int8], scales: [Float], loss: CastLoss)
  {
    let weights = tensor.elements(as: Float.self)
    var scales = [Float](repeating: 0, count: channels)
    for (index, weight) in weights.enumerated() {
      scales[index % channels] = max(scales[index % channels], weight.magnitude)
    }
    for channel in scales.indices { scales[channel] /= 127 }
    var values = [Int8](repeating: 0, count: weights.count)
    var loss = CastLoss()
    for (index, weight) in weights.enumerated() {
      let scale = scales[index % channels]
      let quotient = scale == 0 ? 0 : (weight / scale).rounded(.toNearestOrEven)
      values[index] = Int8(max(-127, min(127, quotient)))
      loss.note(Double(weight), became: Double(Float(values[index]) * scale))
    }
    return (values, scales, loss)
  }
}
