import NNFormat
import NNLayers
import NNTestSupport
import Testing

/// What the layers of graphs refuse, and in which words.
@Suite struct GraphLayerTests {
  private static let features = TensorType(.f32, [7, 5])
  private static let edges = TensorType(.i64, [2, 11])
  private static let mask = TensorType(.bool, [7, 7])

  private func problem(_ layer: some Layer, _ inputs: TensorType...) -> ModelError? {
    error(thrownBy: { () throws(ModelError) in try layer.outputs(for: inputs) })
  }

  private func badInput(_ index: Int, _ expected: String, _ found: TensorType) -> ModelError {
    ModelError(LayerProblem.badInput(index: index, expected: expected, found: found))
  }

  private func convolution(_ adjacency: GraphConvolution.Adjacency) -> GraphConvolution {
    GraphConvolution(units: 3, adjacency: adjacency, addSelfLoops: true, normalization: .symmetric)
  }

  private func attention(_ adjacency: Neighbourhood) -> GraphAttention {
    GraphAttention(units: 3, heads: 2, concat: true, adjacency: adjacency, addSelfLoops: true)
  }

  @Test func openExtentsPassThrough() throws {
    let (n, e) = (Dimension.symbol("N"), Dimension.symbol("E"))
    let open = TensorType(.f32, [n, 5])
    let list = TensorType(.i32, [2, e])
    #expect(try convolution(.edges).outputs(for: [open, list]) == [TensorType(.f32, [n, 3])])
    #expect(try convolution(.dense).outputs(for: [open, TensorType(.f32, [7, 7])]) == [TensorType(.f32, [n, 3])])
    #expect(try attention(.edges).outputs(for: [open, list]) == [TensorType(.f32, [n, 6])])
    #expect(try GraphSAGE(units: 3, adjacency: .edges).outputs(for: [open, list]) == [TensorType(.f32, [n, 3])])
    let rows = TensorType(.f64, [n, 3])
    #expect(try SegmentSum(numSegments: 4).outputs(for: [rows, TensorType(.i32, [e])]) == [TensorType(.f64, [4, 3])])
    #expect(convolution(.edges).multiplyAdds(for: [open, list]) == nil)
    #expect(convolution(.edges).multiplyAdds(for: [Self.features, Self.edges]) == (7 * 5 + 11 + 7) * 3)
    #expect(convolution(.dense).multiplyAdds(for: [Self.features, TensorType(.f32, [7, 7])]) == (7 * 5 + 49) * 3)
    #expect(attention(.edges).multiplyAdds(for: [Self.features, Self.edges]) == (7 * (5 + 2) + 11 + 7) * 6)
    #expect(GraphSAGE(units: 3, adjacency: .mask).multiplyAdds(for: [Self.features, Self.mask]) == 7 * 10 * 3)
  }

  @Test func theNumberOfInputsFollowsTheAdjacency() {
    func refused(_ kind: String, _ expected: String, _ found: Int) -> ModelError {
      ModelError(LayerProblem.inputCount(kind: kind, expected: expected, found: found))
    }
    let weights = TensorType(.f32, [11])
    #expect(
      problem(convolution(.weightedEdges), Self.features, Self.edges)
        == refused("graph_convolution", "features, edges and their weights", 2))
    #expect(
      problem(convolution(.edges), Self.features, Self.edges, weights)
        == refused("graph_convolution", "features and their adjacency", 3))
    #expect(problem(convolution(.weightedEdges), Self.features, Self.edges, weights) == nil)
    #expect(problem(attention(.mask), Self.features) == refused("graph_attention", "features and a mask", 1))
    #expect(
      problem(GraphSAGE(units: 1, adjacency: .edges), Self.features)
        == refused("graph_sage", "features and a list of edges", 1))
    #expect(
      problem(SegmentMax(numSegments: 1), Self.features)
        == refused("segment_max", "rows and their segments", 1))
    #expect(
      problem(ScatterND(), Self.features, Self.edges)
        == refused("scatter_nd", "data, indices and updates", 2))
  }

  @Test func featuresAreAtLeastAMatrixOfFixedDepth() {
    let line = TensorType(.f32, [7])
    let open = TensorType(.f32, [7, .symbol("F")])
    for found in [line, open] {
      let expected = badInput(0, "of rank 2 or more with a fixed last extent", found)
      #expect(problem(convolution(.edges), found, Self.edges) == expected)
      #expect(problem(attention(.edges), found, Self.edges) == expected)
      #expect(problem(GraphSAGE(units: 1, adjacency: .edges), found, Self.edges) == expected)
    }
  }

  @Test func theAdjacencyIsWhatTheFieldSays() {
    let matrix = TensorType(.f32, [7, 7])
    #expect(problem(convolution(.dense), Self.features, matrix) == nil)
    #expect(problem(convolution(.dense), Self.features, Self.edges) == badInput(1, "f32 [7, 7]", Self.edges))
    let wide = TensorType(.f64, [7, 7])
    #expect(problem(convolution(.dense), Self.features, wide) == badInput(1, "f32 [7, 7]", wide))
    let small = TensorType(.f32, [7, 5])
    #expect(problem(convolution(.dense), Self.features, small) == badInput(1, "f32 [7, 7]", small))
    let lists = "i32 [2, ?] or i64 [2, ?]"
    #expect(problem(convolution(.edges), Self.features, matrix) == badInput(1, lists, matrix))
    let triple = TensorType(.i64, [3, 11])
    #expect(problem(convolution(.edges), Self.features, triple) == badInput(1, lists, triple))
    #expect(problem(attention(.edges), Self.features, triple) == badInput(1, lists, triple))
    let weights = TensorType(.f32, [7])
    #expect(
      problem(convolution(.weightedEdges), Self.features, Self.edges, weights) == badInput(2, "f32 [11]", weights))
    #expect(problem(attention(.mask), Self.features, matrix) == badInput(1, "bool [7, 7]", matrix))
    #expect(problem(attention(.mask), Self.features, Self.mask) == nil)
    #expect(
      problem(GraphSAGE(units: 1, adjacency: .mask), Self.features, Self.edges)
        == badInput(1, "bool [7, 7]", Self.edges))
  }

  @Test func segmentsAreAsManyAsRows() {
    let scalar = TensorType(.f32, .scalar)
    let few = TensorType(.i32, [5])
    #expect(problem(SegmentSum(), Self.features, few) == badInput(1, "i32 [7] or i64 [7]", few))
    #expect(problem(SegmentSum(), Self.features, TensorType(.i32, [7])) == nil)
    #expect(problem(SegmentMean(), scalar, few) == badInput(0, "of rank 1 or more", scalar))
    let numbers = TensorType(.f32, [7])
    #expect(problem(SegmentMax(), Self.features, numbers) == badInput(1, "i32 [7] or i64 [7]", numbers))
  }

  @Test func scatteredUpdatesFitDataAndIndices() {
    let (data, indices) = (TensorType(.f32, [3, 5]), TensorType(.i32, [2, 4]))
    #expect(problem(ScatterElements(), data, indices, TensorType(.f32, [2, 4])) == nil)
    #expect(problem(ScatterElements(axis: 1), data, TensorType(.i32, [2, 9]), TensorType(.f32, [2, 9])) == nil)
    let long = TensorType(.i32, [2, 7])
    let words = "of the rank of f32 [3, 5], and no larger but for axis 0"
    #expect(problem(ScatterElements(), data, long, long) == badInput(1, words, long))
    let line = TensorType(.i32, [2])
    #expect(problem(ScatterElements(), data, line, line) == badInput(1, words, line))
    let other = TensorType(.f64, [2, 4])
    #expect(problem(ScatterElements(), data, indices, other) == badInput(2, "f32 [2, 4]", other))
    let numbers = TensorType(.f32, [2, 4])
    #expect(problem(ScatterElements(), data, numbers, numbers) == badInput(1, "of i32 or i64", numbers))
    #expect(
      problem(ScatterElements(axis: 2), data, indices, numbers)
        == ModelError(
          LayerProblem.badSetting(reason: "the input has no axis 2; its axes are -2 to 1"), at: .field("axis")))
    let whole = TensorType(.i32, [3, 5])
    #expect(problem(ScatterElements(), whole, indices, indices) == nil)
    #expect(
      problem(ScatterElements(axis: 0, reduction: .add), whole, indices, indices)
        == badInput(0, "of f32 or f64", whole))

    #expect(problem(ScatterND(), data, TensorType(.i64, [4, 1]), TensorType(.f32, [4, 5])) == nil)
    let deep = TensorType(.i64, [4, 3])
    #expect(
      problem(ScatterND(), data, deep, data)
        == badInput(1, "of rank 1 or more with a fixed last extent of at most 2", deep))
    #expect(problem(ScatterND(), data, TensorType(.i64, [4, 1]), data) == badInput(2, "f32 [4, 5]", data))
    let scalar = TensorType(.f32, .scalar)
    #expect(problem(ScatterND(), scalar, indices, scalar) == badInput(0, "of rank 1 or more", scalar))
  }

  @Test func whatCannotBeCountedIsRefused() {
    let half = Positive(1 << 32) ?? 1
    var wide = attention(.mask)
    wide.units = half
    wide.heads = half
    #expect(
      problem(wide, Self.features, Self.mask) == ModelError(ModelProblem.shapeOverflow([1 << 32, 1 << 32])))
    let deep = TensorType(.f32, [0, .known(.max)])
    #expect(
      problem(GraphSAGE(units: 1, adjacency: .edges), deep, Self.edges)
        == ModelError(ModelProblem.shapeOverflow([2, .max])))
  }

  @Test(arguments: [1 << 33, 1 << 40, 1 << 58])
  func memoryThatNoMachineHasIsAskedForNotTrappedOn(extent: Int) {
    // Without features a shape may have any number of nodes.
    let (large, none) = (Positive(extent) ?? 1, TensorType(.f64, [.known(extent), 0]))
    var convolution = convolution(.edges)
    convolution.units = large
    #expect(convolution.scratchSize(for: [none, Self.edges]) == .max)
    #expect(convolution.multiplyAdds(for: [none, Self.edges]) == nil)
    convolution.adjacency = .dense
    #expect(convolution.scratchSize(for: [none, TensorType(.f64, [.known(extent), .known(extent)])]) == .max)
    var attention = attention(.edges)
    attention.units = large
    attention.heads = large
    #expect(attention.scratchSize(for: [none, Self.edges]) == .max)
    #expect(attention.multiplyAdds(for: [none, Self.edges]) == nil)
    let sage = GraphSAGE(units: large, adjacency: .edges, normalize: true)
    #expect(sage.scratchSize(for: [none, Self.edges]) > extent)
    #expect(SegmentMean(numSegments: large).scratchSize(for: [none, none]) == 8 * extent)
    #expect(SegmentMean(numSegments: Positive(.max) ?? 1).scratchSize(for: [none, none]) == .max)
  }

  // MARK: Elements

  private func refused(
    _ layer: some Layer, _ inputs: [Tensor], parameters: [Tensor] = []
  ) throws -> ModelError? {
    do {
      _ = try LayerRun(layer: layer, inputs: inputs, parameters: parameters).outputs()
      return nil
    } catch let error as ModelError {
      return error
    }
  }

  private func badElement(_ input: Int, _ position: [Int], _ found: String, _ expected: String) -> ModelError {
    ModelError(LayerProblem.badElement(input: input, position: position, found: found, expected: expected))
  }

  @Test(arguments: [-1, 3, .max, .min])
  func edgesLeadToNodes(index: Int64) throws {
    let x = try Tensor([1.0, 2, 3], [3, 1])
    let one = try Tensor([1.0], [1, 1])
    let list = try Tensor([0, 1, 2, 0, 2, index] as [Int64], [2, 3])
    let right = try Tensor([0, 1, 2, 0, 2, 1] as [Int64], [2, 3])
    let expected = badElement(1, [1, 2], String(index), "the number of a node, 0 to 2")
    var convolution = convolution(.edges)
    convolution.units = 1
    convolution.useBias = false
    #expect(try refused(convolution, [x, list], parameters: [one]) == expected)
    #expect(try refused(convolution, [x, right], parameters: [one]) == nil)
    let attention = GraphAttention(
      units: 1, heads: 1, concat: true, adjacency: .edges, addSelfLoops: true, useBias: false)
    let cube = try Tensor([1.0], [1, 1, 1])
    #expect(try refused(attention, [x, list], parameters: [cube, one, one]) == expected)
    let sage = GraphSAGE(units: 1, adjacency: .edges, useBias: false)
    #expect(try refused(sage, [x, list], parameters: [Tensor([1.0, 1], [2, 1])]) == expected)
    let nobody = try Tensor([] as [Double], [0, 1])
    #expect(
      try refused(convolution, [nobody, Tensor([0, 0] as [Int32], [2, 1])], parameters: [one])
        == badElement(1, [0, 0], "0", "the number of a node, and there is none"))
  }

  @Test(arguments: [-1, 4, .max, .min])
  func rowsLieInSegments(index: Int32) throws {
    let x = try Tensor([1.0, 2, 3], [3])
    let expected = badElement(1, [1], String(index), "the number of a segment, 0 to 3")
    #expect(try refused(SegmentSum(numSegments: 4), [x, Tensor([0, index, 3], [3])]) == expected)
    #expect(try refused(SegmentMean(numSegments: 4), [x, Tensor([0, index, 3], [3])]) == expected)
    #expect(try refused(SegmentMax(numSegments: 4), [x, Tensor([0, index, 3], [3])]) == expected)
  }

  @Test(arguments: [-4, 3, .max, .min])
  func scatteredIndicesLieInTheData(index: Int64) throws {
    let data = try Tensor([1.0, 2, 3, 4, 5, 6], [2, 3])
    let updates = try Tensor([7.0, 8], [2, 1])
    #expect(
      try refused(ScatterElements(axis: -1), [data, Tensor([-3, index] as [Int64], [2, 1]), updates])
        == badElement(1, [1, 0], String(index), "an index of axis 1, -3 to 2"))
    #expect(
      try refused(ScatterND(), [data, Tensor([0, 2, 1, index] as [Int64], [2, 2]), Tensor([7.0, 8], [2])])
        == badElement(1, [1, 1], String(index), "an index of axis 1, -3 to 2"))
    let empty = try Tensor([] as [Double], [0, 3])
    #expect(
      try refused(ScatterND(), [empty, Tensor([0] as [Int32], [1, 1]), Tensor([1.0, 2, 3], [1, 3])])
        == badElement(1, [0, 0], "0", "an index of axis 0, which is empty"))
  }

  @Test func everyChoiceHasACase() throws {
    func chosen(_ kind: String, _ field: String) throws -> Set<JSONValue> {
      Set(try LayerCase.all(of: kind).compactMap { $0.fields[field] })
    }
    #expect(try chosen("graph_convolution", "adjacency") == ["dense", "edges", "weighted_edges"])
    #expect(try chosen("graph_convolution", "normalization") == ["none", "symmetric", "row"])
    for kind in ["graph_attention", "graph_sage"] { #expect(try chosen(kind, "adjacency") == ["mask", "edges"]) }
    for kind in ["scatter_elements", "scatter_nd"] {
      #expect(try chosen(kind, "reduction") == ["add", "mul", "max", "min"])
    }
  }
}
