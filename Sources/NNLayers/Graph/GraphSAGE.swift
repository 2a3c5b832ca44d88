public import NNFormat
import NNKernels

/// A node's features and the mean of its neighbours': `y[t] = concatenate(x[t], mean(x[s])) · weights + biases` over the sources s of t.
///
/// | value             | shape                 | notes                                                                 |
/// |-------------------|-----------------------|-----------------------------------------------------------------------|
/// | input 0, features | `[..., nodes, in]`    | rank 2 or more, f32 or f64; all leading indices share the graph       |
/// | input 1, `mask`   | `[nodes, nodes]`      | bool: whether node `t` (row) takes from node `s` (column)             |
/// | input 1, `edges`  | `[2, edges]`          | i32 or i64: the edges' sources, then their targets                    |
/// | output            | `[..., nodes, units]` | same element type                                                     |
/// | `weights`         | `[2 · in, units]`     | for the node's own features, then for its neighbours' mean            |
/// | `biases`          | `[units]`             | absent where `use_bias` is false                                      |
///
/// The sum begins with +0 and runs over a node's incoming edges in the order of the list, or over the mask's columns, ascending; it is
/// divided by their number. An edge that is listed twice counts twice; a node without sources has the mean 0. With `normalize` each row of
/// the result, with its bias, is divided by the root of the sum of its squares, or by 1e-12 if that is larger.
///
/// - Source: Hamilton et al., arXiv 1706.02216, algorithm 1 with the mean aggregator, less its activation; PyTorch Geometric `SAGEConv`, whose
///   `lin_r` and `lin_l` are the upper and the lower half of `weights`; Spektral `GraphSageConv` (always normalised).
public struct GraphSAGE: Layer {
  /// `graph_sage`
  public static let kind = "graph_sage"
  /// The settings.
  public static let fields: [Field<GraphSAGE>] = [
    Field("units", \.units, "the extent of the output's last dimension"),
    Field("adjacency", \.adjacency, "whether input 1 is a mask or a list of edges"),
    Field("normalize", \.normalize, default: false, "whether each row of the result gets length 1"),
    Field("use_bias", \.useBias, default: true, "whether `biases` are added"),
  ]

  /// The extent of the output's last dimension.
  public var units: Positive = 1
  /// What input 1 is.
  public var adjacency = Neighbourhood.mask
  /// Whether each row of the result gets length 1.
  public var normalize = false
  /// Whether biases are added.
  public var useBias = true

  /// A layer of one unit that takes a mask.
  public init() {}

  /// A layer of the given settings.
  public init(units: Positive, adjacency: Neighbourhood, normalize: Bool = false, useBias: Bool = true) {
    self.units = units
    self.adjacency = adjacency
    self.normalize = normalize
    self.useBias = useBias
  }

  /// `weights` and, where there is a bias, `biases`.
  public func parameters(for inputs: [TensorType]) throws(ModelError) -> [Parameter] {
    let depth = try checked(inputs)
    let type = inputs[0].dataType
    let weights = Parameter("weights", TensorType(type, [.known(2 * depth), .known(units.value)]))
    return useBias ? [weights, Parameter("biases", TensorType(type, [.known(units.value)]))] : [weights]
  }

  /// The features' extents but for the last, which is `units`.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    _ = try checked(inputs)
    return [TensorType(inputs[0].dataType, inputs[0].shape.dropLast() + [.known(units.value)])]
  }

  private func checked(_ inputs: [TensorType]) throws(ModelError) -> Int {
    let (_, depth) = try adjacency.checked(inputs, kind: Self.kind)
    _ = try Shape([2, depth])
    return depth
  }

  /// The pairs of features of one graph, its terms, and what the matrix product asks for.
  public func scratchSize(for inputs: [TensorType]) -> Int {
    guard let graph = adjacency.extents(of: inputs, loops: .asGiven) else { return 0 }
    return Memory(self, inputs[0].dataType, graph).byteCount
  }

  /// Those of the product with the weights.
  public func multiplyAdds(for inputs: [TensorType]) -> Int? {
    guard let graph = adjacency.extents(of: inputs, loops: .asGiven) else { return nil }
    let rows = GraphMemory.product(graph.count, graph.nodes)
    let count = GraphMemory.product(GraphMemory.product(rows, units.value), GraphMemory.product(2, graph.depth))
    return count == .max ? nil : count
  }

  /// The pairs of features, and their product with the weights.
  public func forward(_ values: borrowing LayerValues) throws(ModelError) {
    let graph = adjacency.extents(of: values.inputs[0].shape, values.inputs[1].shape, loops: .asGiven)
    let memory = Memory(self, values.inputs[0].dataType, graph)
    let incoming = IncomingTerms(values.scratch + memory.incoming, nodes: graph.nodes, terms: graph.terms)
    try adjacency.fill(incoming, from: values, nodes: graph.nodes, loops: .asGiven)
    guard graph.nodes > 0 else { return }
    for index in 0..<graph.count {
      if values.inputs[0].dataType == .f32 {
        run(values, memory, incoming, graph, index, Float.self)
      } else {
        run(values, memory, incoming, graph, index, Double.self)
      }
    }
  }

  private func run<Scalar: TensorScalar & BinaryFloatingPoint>(
    _ values: borrowing LayerValues, _ memory: Memory, _ incoming: IncomingTerms, _ graph: GraphExtents,
    _ index: Int, _: Scalar.Type
  ) {
    let type = FloatType(Scalar.dataType)
    let (nodes, depth, units) = (graph.nodes, graph.depth, units.value)
    let x = values.address(of: values.inputs[0]).assumingMemoryBound(to: Scalar.self) + index * nodes * depth
    let y = values.mutableAddress(of: values.outputs[0]).assumingMemoryBound(to: Scalar.self) + index * nodes * units
    let pairs = (values.scratch + memory.pairs).assumingMemoryBound(to: Scalar.self)
    for node in 0..<nodes {
      let own = pairs + node * 2 * depth
      let mean = own + depth
      own.update(from: x + node * depth, count: depth)
      mean.update(repeating: 0, count: depth)
      let terms = incoming.terms(of: node)
      guard !terms.isEmpty else { continue }
      for term in terms {
        Addition.run(type, mean, x + incoming.sources[term] * depth, to: mean, count: depth)
      }
      for feature in 0..<depth { mean[feature] /= Scalar(terms.count) }
    }
    MatrixProduct.run(
      type, rows: nodes, columns: units, depth: 2 * depth, a: pairs, b: values.address(of: values.parameters[0]),
      bias: useBias ? values.address(of: values.parameters[1]) : nil, result: y)
    guard normalize else { return }
    let squares = (values.scratch + memory.squares).assumingMemoryBound(to: Scalar.self)
    for node in 0..<nodes {
      let row = y + node * units
      for unit in 0..<units { squares[unit] = row[unit] * row[unit] }
      var sum: Scalar = 0
      Reduction.sum.run(type, outer: 1, axis: units, from: squares, to: &sum)
      let length = sum.squareRoot()
      let divisor = length > 1e-12 || length.isNaN ? length : 1e-12
      for unit in 0..<units { row[unit] /= divisor }
    }
  }

  /// Where things lie in working memory.
  private struct Memory {
    let incoming, pairs, squares, byteCount: Int

    init(_ layer: GraphSAGE, _ type: DataType, _ graph: GraphExtents) {
      let (size, units, depth) = (type.byteSize, layer.units.value, GraphMemory.product(2, graph.depth))
      var memory = GraphMemory()
      incoming = IncomingTerms.memory(&memory, nodes: graph.nodes, terms: graph.terms)
      pairs = memory.add(graph.nodes, depth, of: size)
      squares = memory.add(layer.normalize ? units : 0, of: size)
      byteCount = memory.byteCount
    }
  }
}
