import NNFormat
import NNLayers
import NNTestSupport
import Testing

/// What the layers that take single elements and slices refuse, what they infer of open extents; and the powers' refusals.
@Suite struct GatheringTests {
  private static let n = Dimension.symbol("N")
  private let data = TensorType(.f16, [2, 3, 5])

  private func problem(_ layer: some Layer, _ inputs: TensorType...) -> ModelError? {
    error(thrownBy: { () throws(ModelError) in try layer.outputs(for: inputs) })
  }

  private func indices(_ shape: Shape) -> TensorType { TensorType(.i64, shape) }

  private func bad(_ index: Int, _ expected: String, _ found: TensorType) -> ModelError {
    ModelError(LayerProblem.badInput(index: index, expected: expected, found: found))
  }

  private func setting(_ reason: String, _ field: String) -> ModelError {
    ModelError(LayerProblem.badSetting(reason: reason), at: .field(field))
  }

  @Test func openExtentsPassThrough() throws {
    let (n, m) = (Self.n, Dimension.symbol("M"))
    let open = TensorType(.f32, [n, 3, 5])
    #expect(
      try GatherElements(axis: 1).outputs(for: [open, TensorType(.i32, [n, m, 5])]) == [TensorType(.f32, [n, m, 5])])
    #expect(
      try GatherND(batchDims: 1).outputs(for: [open, TensorType(.i32, [n, m, 1])]) == [TensorType(.f32, [n, m, 5])])
    #expect(
      try GatherND(batchDims: 1).outputs(for: [open, TensorType(.i32, [4, m, 2])]) == [TensorType(.f32, [4, m])])
    #expect(try GatherND().outputs(for: [open, TensorType(.i64, [m, 0])]) == [TensorType(.f32, [m, n, 3, 5])])
    #expect(try Power().outputs(for: [open, TensorType(.f32, [5])]) == [open])
  }

  @Test func bothTakeDataAndIndices() {
    let scalar = TensorType(.i64, .scalar)
    let wrong = TensorType(.u8, [2, 3, 5])
    for (layer, kind) in [(GatherElements(), "gather_elements"), (GatherND(), "gather_nd")] as [(any Layer, String)] {
      #expect(
        problem(layer, data) == ModelError(LayerProblem.inputCount(kind: kind, expected: "two inputs", found: 1)))
      #expect(problem(layer, data, wrong) == bad(1, "of i32 or i64", wrong))
      #expect(problem(layer, scalar, indices([1])) == bad(0, "of rank 1 or more", scalar))
      #expect(problem(layer, data, scalar) == bad(1, "of rank 1 or more", scalar))
    }
  }

  @Test func indicesOfElementsHaveTheRankOfTheData() {
    let words = "of the rank of f16 [2, 3, 5], and no larger but for axis 1"
    let layer = GatherElements(axis: 1)
    #expect(problem(layer, data, indices([2, 7, 5])) == nil)
    #expect(problem(layer, data, indices([1, 7, 4])) == nil)
    #expect(problem(layer, data, indices([3, 7, 5])) == bad(1, words, indices([3, 7, 5])))
    #expect(problem(layer, data, indices([2, 7, 6])) == bad(1, words, indices([2, 7, 6])))
    #expect(problem(layer, data, indices([2, 3])) == bad(1, words, indices([2, 3])))
    #expect(
      problem(GatherElements(axis: 3), data, indices([2, 3, 5]))
        == setting("the input has no axis 3; its axes are -3 to 2", "axis"))
  }

  @Test func positionsReachIntoTheData() {
    #expect(problem(GatherND(), data, indices([7, 3])) == nil)
    #expect(
      problem(GatherND(), data, indices([7, 4])) == bad(1, "of a fixed last extent of at most 3", indices([7, 4])))
    let open = TensorType(.i64, [7, Self.n])
    #expect(problem(GatherND(), data, open) == bad(1, "of a fixed last extent of at most 3", open))
    #expect(
      problem(GatherND(batchDims: 1), data, indices([2, 3]))
        == bad(1, "of a fixed last extent of at most 2", indices([2, 3])))
    #expect(
      problem(GatherND(batchDims: 2), data, indices([2, 4, 1]))
        == bad(1, "of the extents of f16 [2, 3, 5] in 2 leading dimensions", indices([2, 4, 1])))
    #expect(
      problem(GatherND(batchDims: 2), data, indices([2, 1]))
        == setting("it must be below the inputs' ranks, 3 and 2, found 2", "batch_dims"))
    #expect(
      problem(GatherND(batchDims: 3), data, indices([2, 3, 5, 1]))
        == setting("it must be below the inputs' ranks, 3 and 4, found 3", "batch_dims"))
    let large = indices([1 << 58, 0])
    #expect(problem(GatherND(), data, large) == ModelError(ModelProblem.shapeOverflow([1 << 58, 2, 3, 5])))
  }

  @Test(arguments: [3, -4, Int.max, Int.min])
  func indicesBeyondTheAxisAreNamed(index: Int) throws {
    let data = try Tensor([1, 2, 3, 4, 5, 6] as [Float], [2, 3])
    let list = try Tensor([1, -2, 0, Int64(index)] as [Int64], [2, 2])
    func expected(_ position: [Int]) -> ModelError {
      ModelError(
        LayerProblem.badElement(
          input: 1, position: position, found: "\(index)", expected: "an index of axis 1, -3 to 2"))
    }
    let elements = LayerRun(layer: GatherElements(axis: 1), inputs: [data, list], parameters: [])
    #expect(throws: expected([1, 1])) { try elements.outputs() }
    let slices = LayerRun(layer: GatherND(), inputs: [data, list], parameters: [])
    #expect(throws: expected([1, 1])) { try slices.outputs() }
    let batched = try Tensor([0, Int64(index)] as [Int64], [2, 1])
    #expect(throws: expected([1, 0])) {
      try LayerRun(layer: GatherND(batchDims: 1), inputs: [data, batched], parameters: []).outputs()
    }
  }

  @Test func anIndexIntoNothingIsRefused() throws {
    let data = try Tensor([] as [Float], [2, 0])
    let expected = ModelError(
      LayerProblem.badElement(
        input: 1, position: [0, 0], found: "0", expected: "an index of axis 1, which is empty"))
    let list = try Tensor([0] as [Int64], [1, 1])
    #expect(throws: expected) {
      try LayerRun(layer: GatherElements(axis: 1), inputs: [data, list], parameters: []).outputs()
    }
    let pair = try Tensor([0, 0] as [Int64], [2, 1])
    #expect(throws: expected) {
      try LayerRun(layer: GatherND(batchDims: 1), inputs: [data, pair], parameters: []).outputs()
    }
  }

  @Test func powersAreOfPairs() {
    let (pair, other) = (TensorType(.f32, [2, 3]), TensorType(.f32, [3, 2]))
    #expect(problem(Power(), pair, other) == bad(1, "of a type that broadcasts with f32 [2, 3]", other))
    #expect(
      problem(Power(), pair, pair, pair)
        == ModelError(LayerProblem.inputCount(kind: "power", expected: "two inputs", found: 3)))
    let whole = TensorType(.i32, [2, 3])
    #expect(problem(Power(), whole, whole) == bad(0, "of f32 or f64", whole))
  }
}
