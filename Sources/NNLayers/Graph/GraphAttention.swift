public import NNFormat
import NNKernels

/// Attention over the neighbours in a graph: `y[t] = Σ softmax(leaky_relu(a[t] + b[s])) · h[s]` over the sources s of t, for each head.
///
/// | value              | shape                         | notes                                                               |
/// |--------------------|-------------------------------|---------------------------------------------------------------------|
/// | input 0, features  | `[..., nodes, in]`            | rank 2 or more, f32 or f64; all leading indices share the graph     |
/// | input 1, `mask`    | `[nodes, nodes]`              | bool: whether node `t` (row) takes from node `s` (column)           |
/// | input 1, `edges`   | `[2, edges]`                  | i32 or i64: the edges' sources, then their targets                  |
/// | output             | `[..., nodes, heads · units]` | same element type; `[..., nodes, units]` where `concat` is false    |
/// | `weights`          | `[in, heads, units]`          | `h = x · weights`                                                   |
/// | `source_attention` | `[heads, units]`              | `b[s] = h[s] · source_attention`, for each head                     |
/// | `target_attention` | `[heads, units]`              | `a[t] = h[t] · target_attention`, for each head                     |
/// | `biases`           | the output's last extent      | absent where `use_bias` is false                                    |
///
/// With `add_self_loops` each node is among its own sources, once: what a list of edges says of that is passed over, and the loop comes
/// last. The softmax and the sum run over a node's incoming edges in the order of the list (`spec/numerics.md`, "Sums over the edges of a
/// graph"), or over the mask's columns, ascending. An edge that is listed twice counts twice; a node without sources gets 0. Where `concat`
/// is false the result is the mean over the heads. The bias comes last.
///
/// - Source: Veličković et al., arXiv 1710.10903; PyTorch Geometric `GATConv` (`att_src`, `att_dst`) without edge features; Spektral
///   `GATConv` (`attn_kernel_neighs`, `attn_kernel_self`).
public struct GraphAttention: Layer {
  /// `graph_attention`
  public static let kind = "graph_attention"
  /// The settings.
  public static let fields: [Field<GraphAttention>] = [
    Field("units", \.units, "the extent of each head's result"),
    Field("heads", \.heads, "how many heads there are"),
    Field("concat", \.concat, "whether the heads' results stand side by side; else their mean is taken"),
    Field("adjacency", \.adjacency, "whether input 1 is a mask or a list of edges"),
    Field("add_self_loops", \.addSelfLoops, "whether each node is among its own sources, whatever input 1 says"),
    Field("negative_slope", \.negativeSlope, default: 0.2, "the slope of leaky_relu below 0"),
    Field("use_bias", \.useBias, default: true, "whether `biases` are added"),
  ]

  /// The extent of each head's result.
  public var units: Positive = 1
  /// How many heads there are.
  public var heads: Positive = 1
  /// Whether the heads' results stand side by side.
  public var concat = true
  /// What input 1 is.
  public var adjacency = Neighbourhood.mask
  /// Whether each node is among its own sources.
  public var addSelfLoops = false
  /// The slope of leaky_relu below 0.
  public var negativeSlope: Finite = 0.2
  /// Whether biases are added.
  public var useBias = true

  /// A layer of one head of one unit that takes a mask as it is.
  public init() {}

  /// A layer of the given settings.
  public init(
    units: Positive, heads: Positive, concat: Bool, adjacency: Neighbourhood, addSelfLoops: Bool,
    negativeSlope: Finite = 0.2, useBias: Bool = true
  ) {
    self.units = units
    self.heads = heads
    self.concat = concat
    self.adjacency = adjacency
    self.addSelfLoops = addSelfLoops
    self.negativeSlope = negativeSlope
    self.useBias = useBias
  }

  private var loops: IncomingTerms.OwnLoops { addSelfLoops ? .once : .asGiven }

  /// `weights`, `source_attention`, `target_attention` and, where there is a bias, `biases`.
  public func parameters(for inputs: [TensorType]) throws(ModelError) -> [Parameter] {
    let (_, depth) = try adjacency.checked(inputs, kind: Self.kind)
    let width = try width()
    let type = inputs[0].dataType
    let perHead: [Dimension] = [.known(heads.value), .known(units.value)]
    let own = [
      Parameter("weights", TensorType(type, [.known(depth)] + perHead)),
      Parameter("source_attention", TensorType(type, perHead)),
      Parameter("target_attention", TensorType(type, perHead)),
    ]
    return useBias ? own + [Parameter("biases", TensorType(type, [.known(concat ? width : units.value)]))] : own
  }

  /// The features' extents but for the last, which is that of the heads.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    _ = try adjacency.checked(inputs, kind: Self.kind)
    let width = try width()
    return [
      TensorType(inputs[0].dataType, inputs[0].shape.dropLast() + [.known(concat ? width : units.value)])
    ]
  }

  /// The extents of all heads together.
  private func width() throws(ModelError) -> Int {
    try Shape([heads.value, units.value]).count
  }

  /// The heads' features and results for one graph, its terms with their scores, and what the matrix product asks for.
  public func scratchSize(for inputs: [TensorType]) -> Int {
    guard let graph = adjacency.extents(of: inputs, loops: loops) else { return 0 }
    return Memory(self, inputs[0].dataType, graph).byteCount
  }

  /// Those of the product with the weights, two for each node, and one for each term; all for each head and unit.
  public func multiplyAdds(for inputs: [TensorType]) -> Int? {
    guard let graph = adjacency.extents(of: inputs, loops: loops), let width = try? width() else { return nil }
    let (depth, depthOverflow) = graph.depth.addingReportingOverflow(2)
    let each = GraphMemory.product(graph.nodes, depthOverflow ? .max : depth)
    let (sum, overflow) = each.addingReportingOverflow(graph.terms)
    let count = GraphMemory.product(GraphMemory.product(overflow ? .max : sum, width), graph.count)
    return count == .max ? nil : count
  }

  /// Each head's features, the scores of all terms, their softmax, and the sums.
  public func forward(_ values: borrowing LayerValues) throws(ModelError) {
    let x = values.inputs[0]
    let graph = adjacency.extents(of: x.shape, values.inputs[1].shape, loops: loops)
    let memory = Memory(self, x.dataType, graph)
    let incoming = IncomingTerms(values.scratch + memory.incoming, nodes: graph.nodes, terms: graph.terms)
    try adjacency.fill(incoming, from: values, nodes: graph.nodes, loops: loops)
    guard graph.nodes > 0 else { return }
    let size = x.dataType.byteSize
    let y = values.outputs[0]
    for index in 0..<graph.count {
      let from = values.address(of: x) + index * graph.nodes * graph.depth * size
      let to = values.mutableAddress(of: y) + index * graph.nodes * y.shape[y.shape.rank - 1] * size
      transform(values, memory, graph, from: from)
      if x.dataType == .f32 {
        score(values, memory, incoming, graph.nodes, Float.self)
      } else {
        score(values, memory, incoming, graph.nodes, Double.self)
      }
      sum(values, memory, incoming, graph.nodes, to: to)
    }
  }

  /// `h`, and each node's share of the scores.
  private func transform(
    _ values: borrowing LayerValues, _ memory: Memory, _ graph: GraphExtents, from x: UnsafeRawPointer
  ) {
    let type = FloatType(values.inputs[0].dataType)
    let (heads, units) = (heads.value, units.value)
    let h = values.scratch + memory.transformed
    MatrixProduct.run(
      type, rows: graph.nodes, columns: heads * units, depth: graph.depth, a: x,
      b: values.address(of: values.parameters[0]), result: h)
    for (parameter, shares) in [(1, memory.sourceShares), (2, memory.targetShares)] {
      for head in 0..<heads {
        MatrixProduct.run(
          type, rows: graph.nodes, columns: 1, depth: units, a: h + head * units * type.byteSize,
          aStride: heads * units,
          b: values.address(of: values.parameters[parameter]) + head * units * type.byteSize,
          result: values.scratch + shares + head * type.byteSize, resultStride: heads)
      }
    }
  }

  /// The scores of all terms, head by head, and their softmax for each node.
  private func score<Scalar: TensorScalar & BinaryFloatingPoint>(
    _ values: borrowing LayerValues, _ memory: Memory, _ incoming: IncomingTerms, _ nodes: Int, _: Scalar.Type
  ) {
    let type = FloatType(Scalar.dataType)
    let scores = (values.scratch + memory.scores).assumingMemoryBound(to: Scalar.self)
    let ofSources = (values.scratch + memory.sourceShares).assumingMemoryBound(to: Scalar.self)
    let ofTargets = (values.scratch + memory.targetShares).assumingMemoryBound(to: Scalar.self)
    let (heads, count) = (heads.value, incoming.starts[nodes])
    for head in 0..<heads {
      let scores = scores + head * count
      for node in 0..<nodes {
        for term in incoming.terms(of: node) {
          scores[term] = ofTargets[node * heads + head] + ofSources[incoming.sources[term] * heads + head]
        }
      }
      Elementwise.leakyReLU(slope: negativeSlope.value).run(type, from: scores, to: scores, count: count)
      for node in 0..<nodes {
        let terms = incoming.terms(of: node)
        let part = scores + terms.lowerBound
        NNKernels.Softmax.run(type, outer: 1, axis: terms.count, from: part, to: part)
      }
    }
  }

  /// Each node's and head's sum; the mean over the heads; the bias.
  private func sum(
    _ values: borrowing LayerValues, _ memory: Memory, _ incoming: IncomingTerms, _ nodes: Int,
    to y: UnsafeMutableRawPointer
  ) {
    let type = FloatType(values.inputs[0].dataType)
    let (heads, units, size) = (heads.value, units.value, type.byteSize)
    let h = values.scratch + memory.transformed
    let sums = concat ? y : values.scratch + memory.sums
    let product = GatheredProduct(type: type, columns: units, stride: heads * units)
    for head in 0..<heads {
      for node in 0..<nodes {
        product.run(
          incoming.terms(of: node), factors: values.scratch + memory.scores + head * incoming.starts[nodes] * size,
          sources: incoming.sources, rows: h + head * units * size, to: sums + (node * heads + head) * units * size,
          scratch: values.scratch + memory.gathered)
      }
    }
    if !concat { Reduction.mean.run(type, outer: nodes, axis: heads, inner: units, from: sums, to: y) }
    guard useBias else { return }
    let columns = concat ? heads * units : units
    Addition.run(type, rows: nodes, columns: columns, y, row: values.address(of: values.parameters[3]), to: y)
  }

  /// Where things lie in working memory.
  private struct Memory {
    let incoming, transformed, sourceShares, targetShares, scores, sums, gathered, byteCount: Int

    init(_ layer: GraphAttention, _ type: DataType, _ graph: GraphExtents) {
      let (size, heads, units) = (type.byteSize, layer.heads.value, layer.units.value)
      let width = GraphMemory.product(heads, units)
      var memory = GraphMemory()
      incoming = IncomingTerms.memory(&memory, nodes: graph.nodes, terms: graph.terms)
      transformed = memory.add(graph.nodes, width, of: size)
      sourceShares = memory.add(graph.nodes, heads, of: size)
      targetShares = memory.add(graph.nodes, heads, of: size)
      scores = memory.add(graph.terms, heads, of: size)
      sums = memory.add(layer.concat ? 0 : graph.nodes, width, of: size)
      gathered = memory.add(GatheredProduct.scratchRows(terms: graph.terms), units, of: size)
      byteCount = memory.byteCount
    }
  }
}
