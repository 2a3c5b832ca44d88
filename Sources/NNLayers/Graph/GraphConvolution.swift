public import NNFormat
import NNKernels

/// A convolution over a graph: `y = Â · (x · weights) + biases`, where `Â` says how much a node takes from each other one.
///
/// | value                 | shape               | notes                                                                  |
/// |-----------------------|---------------------|------------------------------------------------------------------------|
/// | input 0, features     | `[..., nodes, in]`  | rank 2 or more, f32 or f64; all leading indices share the graph        |
/// | input 1, `dense`      | `[nodes, nodes]`    | `A`, same element type; `A[t, s]` is what node `t` takes from node `s` |
/// | input 1, `edges`      | `[2, edges]`        | i32 or i64: the edges' sources, then their targets                     |
/// | input 2, edge weights | `[edges]`           | same element type as the features; only with `weighted_edges`, else 1  |
/// | output                | `[..., nodes, units]` | same element type                                                    |
/// | `weights`             | `[in, units]`       |                                                                        |
/// | `biases`              | `[units]`           | absent where `use_bias` is false                                       |
///
/// With `add_self_loops` the sums run over `A + I`: 1 is added to the diagonal; in a list of edges it is one term more, the node's last.
/// With d the sums of A's rows, what each node takes in all, `normalization` makes of `A[t, s]`: `(A[t, s] · r[s]) · r[t]` with
/// `r = 1 / √d`, 0 where d is 0 (`symmetric`), or `A[t, s] / d[t]` (`row`, 0 where d is 0); `none` takes A as it is.
/// An edge that is listed twice counts twice. In a sum over edges the terms of a node are those of its incoming edges, in the order of the
/// list (`spec/numerics.md`, "Sums over the edges of a graph"): a list sorted by source gives the bits of the dense form up to 256 nodes.
///
/// - Source: Kipf and Welling, arXiv 1609.02907, with `symmetric` and `add_self_loops`; their PyTorch code, with `row`; PyTorch Geometric
///   `GCNConv`, whose own loops are not added to those that the list has; Spektral `GCNConv`, with `dense`, `none`, and its `gcn_filter`.
public struct GraphConvolution: Layer {
  /// `graph_convolution`
  public static let kind = "graph_convolution"
  /// The settings.
  public static let fields: [Field<GraphConvolution>] = [
    Field("units", \.units, "the extent of the output's last dimension"),
    Field("adjacency", \.adjacency, "whether input 1 is a matrix or a list of edges, and whether edges have weights"),
    Field("add_self_loops", \.addSelfLoops, "whether the identity is added to the adjacency"),
    Field("normalization", \.normalization, "what is made of the adjacency"),
    Field("use_bias", \.useBias, default: true, "whether `biases` are added"),
  ]

  /// What input 1 is.
  public enum Adjacency: String, FieldChoice {
    case dense
    case edges
    case weightedEdges = "weighted_edges"
  }

  /// What is made of the adjacency.
  public enum Normalization: String, FieldChoice {
    case none, symmetric, row
  }

  /// The extent of the output's last dimension.
  public var units: Positive = 1
  /// What input 1 is.
  public var adjacency = Adjacency.dense
  /// Whether the identity is added to the adjacency.
  public var addSelfLoops = false
  /// What is made of the adjacency.
  public var normalization = Normalization.none
  /// Whether biases are added.
  public var useBias = true

  /// A layer of one unit that takes a dense adjacency as it is.
  public init() {}

  /// A layer of the given settings.
  public init(
    units: Positive, adjacency: Adjacency, addSelfLoops: Bool, normalization: Normalization, useBias: Bool = true
  ) {
    self.units = units
    self.adjacency = adjacency
    self.addSelfLoops = addSelfLoops
    self.normalization = normalization
    self.useBias = useBias
  }

  /// `weights` and, where there is a bias, `biases`.
  public func parameters(for inputs: [TensorType]) throws(ModelError) -> [Parameter] {
    let depth = try checked(inputs)
    let type = inputs[0].dataType
    let weights = Parameter("weights", TensorType(type, [.known(depth), .known(units.value)]))
    return useBias ? [weights, Parameter("biases", TensorType(type, [.known(units.value)]))] : [weights]
  }

  /// The features' extents but for the last, which is `units`.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    _ = try checked(inputs)
    return [TensorType(inputs[0].dataType, inputs[0].shape.dropLast() + [.known(units.value)])]
  }

  private func checked(_ inputs: [TensorType]) throws(ModelError) -> Int {
    let isWeighted = adjacency == .weightedEdges
    try GraphInputs.count(
      inputs, isWeighted ? 3 : 2, isWeighted ? "features, edges and their weights" : "features and their adjacency",
      kind: Self.kind)
    let (nodes, depth) = try GraphInputs.features(inputs)
    guard adjacency != .dense else {
      try GraphInputs.type(inputs, 1, [inputs[0].dataType], [nodes, nodes])
      return depth
    }
    try GraphInputs.type(inputs, 1, [.i32, .i64], [.known(2), .unknown])
    if isWeighted { try GraphInputs.type(inputs, 2, [inputs[0].dataType], [inputs[1].shape[1]]) }
    return depth
  }

  /// The transformed features of one graph, the adjacency as it is used, and what the matrix product asks for.
  public func scratchSize(for inputs: [TensorType]) -> Int {
    Memory(self, inputs)?.byteCount ?? 0
  }

  /// Those of the product with the weights, and one for each term and unit.
  public func multiplyAdds(for inputs: [TensorType]) -> Int? {
    guard let memory = Memory(self, inputs), let rows = try? TensorType(.f32, inputs[0].shape.dropLast()).knownShape(),
      let depth = inputs[0].shape.last?.value
    else { return nil }
    let graphs = memory.nodes == 0 ? 0 : rows.count / memory.nodes
    let (own, overflow) = rows.count.multipliedReportingOverflow(by: depth)
    let (terms, termsOverflow) = graphs.multipliedReportingOverflow(by: memory.terms)
    let (sum, sumOverflow) = own.addingReportingOverflow(terms)
    let (count, countOverflow) = sum.multipliedReportingOverflow(by: units.value)
    return overflow || termsOverflow || sumOverflow || countOverflow ? nil : count
  }

  /// The features by the weights, then each node's sum, then the bias.
  public func forward(_ values: borrowing LayerValues) throws(ModelError) {
    let x = values.inputs[0]
    let nodes = x.shape[x.shape.rank - 2]
    let depth = x.shape[x.shape.rank - 1]
    let second = values.inputs[1].shape
    let memory = Memory(
      self, x.dataType, nodes: nodes, depth: depth, terms: adjacency == .dense ? second.count : second[1])
    if adjacency != .dense {
      try incoming(values, memory).fill(from: values, input: 1, nodes: nodes, loops: addSelfLoops ? .added : .asGiven)
    }
    guard nodes > 0 else { return }
    if x.dataType == .f32 {
      prepare(values, memory, Float.self)
    } else {
      prepare(values, memory, Double.self)
    }
    let size = x.dataType.byteSize
    for graph in 0..<values.outputs[0].shape.count / (nodes * units.value) {
      run(
        values, memory, depth: depth, from: values.address(of: x) + graph * nodes * depth * size,
        to: values.mutableAddress(of: values.outputs[0]) + graph * nodes * units.value * size)
    }
  }

  private func incoming(_ values: borrowing LayerValues, _ memory: Memory) -> IncomingTerms {
    IncomingTerms(values.scratch + memory.incoming, nodes: memory.nodes, terms: memory.terms)
  }

  /// Writes what the nodes take, `Â` or its terms, where it is not the input itself.
  private func prepare<Scalar: TensorScalar & BinaryFloatingPoint>(
    _ values: borrowing LayerValues, _ memory: Memory, _ type: Scalar.Type
  ) {
    let factors = (values.scratch + memory.factors).assumingMemoryBound(to: type)
    let scales = (values.scratch + memory.scales).assumingMemoryBound(to: type)
    let nodes = memory.nodes
    guard adjacency != .dense else {
      guard memory.copiesMatrix else { return }
      let given = values.elements(of: values.inputs[1], as: type)
      for place in 0..<given.count { factors[place] = given[place] }
      if addSelfLoops { for node in 0..<nodes { factors[node * nodes + node] += 1 } }
      guard normalization != .none else { return }
      Reduction.sum.run(FloatType(Scalar.dataType), outer: nodes, axis: nodes, from: factors, to: scales)
      for node in 0..<nodes { scales[node] = scale(scales[node]) }
      for target in 0..<nodes {
        for source in 0..<nodes {
          factors[target * nodes + source] = normalized(
            factors[target * nodes + source], scales[source], scales[target])
        }
      }
      return
    }
    let incoming = incoming(values, memory)
    let isWeighted = adjacency == .weightedEdges
    for term in 0..<incoming.starts[nodes] {
      let edge = incoming.edges[term]
      factors[term] = isWeighted && edge >= 0 ? values.elements(of: values.inputs[2], as: type)[edge] : 1
    }
    guard normalization != .none else { return }
    for node in 0..<nodes {
      let terms = incoming.terms(of: node)
      Reduction.sum.run(
        FloatType(Scalar.dataType), outer: 1, axis: terms.count, from: factors + terms.lowerBound, to: scales + node)
      scales[node] = scale(scales[node])
    }
    for node in 0..<nodes {
      for term in incoming.terms(of: node) {
        factors[term] = normalized(factors[term], scales[incoming.sources[term]], scales[node])
      }
    }
  }

  /// What a node's sum of weights contributes to the factors.
  @inline(__always)
  private func scale<Scalar: BinaryFloatingPoint>(_ sum: Scalar) -> Scalar {
    switch normalization {
    case .none: 1
    case .symmetric: sum == 0 ? 0 : 1 / sum.squareRoot()
    case .row: sum
    }
  }

  @inline(__always)
  private func normalized<Scalar: BinaryFloatingPoint>(
    _ weight: Scalar, _ source: Scalar, _ target: Scalar
  ) -> Scalar {
    switch normalization {
    case .none: weight
    case .symmetric: weight * source * target
    case .row: target == 0 ? 0 : weight / target
    }
  }

  private func run(
    _ values: borrowing LayerValues, _ memory: Memory, depth: Int, from x: UnsafeRawPointer,
    to y: UnsafeMutableRawPointer
  ) {
    let type = FloatType(values.inputs[0].dataType)
    let (nodes, units) = (memory.nodes, units.value)
    let transformed = values.scratch + memory.transformed
    MatrixProduct.run(
      type, rows: nodes, columns: units, depth: depth, a: x, b: values.address(of: values.parameters[0]),
      result: transformed)
    let factors = UnsafeRawPointer(values.scratch + memory.factors)
    guard adjacency != .dense else {
      return MatrixProduct.run(
        type, rows: nodes, columns: units, depth: nodes,
        a: memory.copiesMatrix ? factors : values.address(of: values.inputs[1]), b: transformed,
        bias: useBias ? values.address(of: values.parameters[1]) : nil, result: y)
    }
    let incoming = incoming(values, memory)
    let product = GatheredProduct(type: type, columns: units, stride: units)
    for node in 0..<nodes {
      product.run(
        incoming.terms(of: node), factors: factors, sources: incoming.sources, rows: transformed,
        to: y + node * units * type.byteSize, scratch: values.scratch + memory.gathered)
    }
    if useBias {
      Addition.run(type, rows: nodes, columns: units, y, row: values.address(of: values.parameters[1]), to: y)
    }
  }

  /// Where things lie in working memory.
  private struct Memory {
    let nodes: Int
    let terms: Int
    /// Whether the matrix of factors is not the input itself.
    let copiesMatrix: Bool
    let transformed, incoming, factors, scales, gathered, byteCount: Int

    init?(_ layer: GraphConvolution, _ inputs: [TensorType]) {
      guard inputs.count >= 2, inputs[0].rank >= 2, inputs[1].rank == 2,
        let nodes = inputs[0].shape[inputs[0].rank - 2].value, let depth = inputs[0].shape.last?.value,
        let terms = layer.adjacency == .dense ? GraphMemory.product(nodes, nodes) : inputs[1].shape[1].value
      else { return nil }
      self.init(layer, inputs[0].dataType, nodes: nodes, depth: depth, terms: terms)
    }

    init(_ layer: GraphConvolution, _ type: DataType, nodes: Int, depth: Int, terms given: Int) {
      let (size, units) = (type.byteSize, layer.units.value)
      let isDense = layer.adjacency == .dense
      self.nodes = nodes
      terms =
        isDense
        ? given
        : IncomingTerms.greatestCount(nodes: nodes, edges: given, loops: layer.addSelfLoops ? .added : .asGiven)
      copiesMatrix = isDense && (layer.addSelfLoops || layer.normalization != .none)
      var memory = GraphMemory()
      transformed = memory.add(nodes, units, of: size)
      factors = memory.add(isDense && !copiesMatrix ? 0 : terms, of: size)
      scales = memory.add(nodes, of: size)
      incoming = IncomingTerms.memory(&memory, nodes: isDense ? 0 : nodes, terms: isDense ? 0 : terms)
      gathered = memory.add(isDense ? 0 : GatheredProduct.scratchRows(terms: terms), units, of: size)
      byteCount = memory.byteCount
    }
  }
}
