import NNFormat
import NNLayers
import NNTestSupport
import Testing

/// What the layers that combine, compare and reduce values refuse, and what they infer of open extents.
@Suite struct MergingTests {
  private static let n = Dimension.symbol("N")
  private let pair = TensorType(.f32, [2, 3])
  private let other = TensorType(.f32, [3, 2])
  private let wide = TensorType(.f64, [2, 3])

  private func problem(_ layer: some Layer, _ inputs: TensorType...) -> ModelError? {
    error(thrownBy: { () throws(ModelError) in try layer.outputs(for: inputs) })
  }

  private func refused(_ field: String, _ reason: String) -> ModelError {
    ModelError(LayerProblem.badSetting(reason: reason), at: .field(field))
  }

  private func input(_ expected: String, _ found: TensorType, index: Int = 0) -> ModelError {
    ModelError(LayerProblem.badInput(index: index, expected: expected, found: found))
  }

  private func count(_ kind: String, _ expected: String, _ found: Int) -> ModelError {
    ModelError(LayerProblem.inputCount(kind: kind, expected: expected, found: found))
  }

  @Test func openExtentsPassThrough() throws {
    let n = Self.n
    func shape(_ layer: some Layer, _ shapes: [Dimension]...) throws -> [Dimension] {
      try #require(try layer.outputs(for: shapes.map { TensorType(.f32, $0) }).first).shape
    }
    #expect(try shape(Multiply(), [n, 3], [n, 1]) == [n, 3])
    #expect(try shape(Less(), [n, 3], [3]) == [n, 3])
    #expect(try shape(MatMul(), [n, 2, 3], [3, 5]) == [n, 2, 5])
    #expect(try shape(MatMul(), [n, 3], [3]) == [n])
    #expect(try shape(Dot(axes: [2, 1]), [n, 2, 3], [n, 3, 5]) == [n, 2, 5])
    #expect(try shape(Dot(axes: [1, 1]), [n, 3], [n, 3]) == [n, 1])
    #expect(try shape(ReduceSum(axes: [-1]), [n, 3]) == [n])
    #expect(try shape(ReduceSum(axes: [], keepdims: true), [n, 3]) == [1, 1])
    #expect(try shape(ArgMax(axis: 1, keepdims: true), [n, 3]) == [n, 1])
    #expect(try shape(TopK(k: 2), [n, n]) == [n, 2])
  }

  @Test func pairsAreTwoAndBroadcast() {
    let mismatch = input("of a type that broadcasts with f32 [2, 3]", other, index: 1)
    #expect(problem(Subtract(), pair, other) == mismatch)
    #expect(problem(Maximum(), pair, other) == mismatch)
    #expect(problem(Equal(), pair, other) == mismatch)
    #expect(problem(Divide(), pair, wide) == input("of a type that broadcasts with f32 [2, 3]", wide, index: 1))
    #expect(problem(Subtract(), pair, pair, pair) == count("subtract", "two inputs", 3))
    #expect(problem(Average(), pair) == count("average", "two inputs or more", 1))
    #expect(problem(Less(), pair) == count("less", "two inputs", 1))
    #expect(problem(Average(), pair, pair, pair) == nil)
    let half = TensorType(.f16, [2])
    #expect(problem(Equal(), half, half) == input("of f32, f64, an integer type or bool", half))
    #expect(problem(And(), pair, pair) == input("of bool", pair))
    #expect(problem(Not(), pair) == input("of bool", pair))
    #expect(problem(Where(), pair, pair, pair) == input("of bool", pair))
    let truths = TensorType(.bool, [2, 3])
    #expect(
      problem(Where(), truths, pair, wide) == input("of a type that broadcasts with f32 [2, 3]", wide, index: 2))
    #expect(problem(Where(), truths, pair) == count("where", "three inputs", 2))
    let column = TensorType(.f32, [.known(1 << 40), 1])
    let row = TensorType(.f32, [1, .known(1 << 40)])
    #expect(
      problem(Multiply(), column, row) == ModelError(ModelProblem.shapeOverflow([1 << 40, 1 << 40])))
  }

  @Test func productsNeedOneDepth() {
    #expect(
      problem(MatMul(), pair, pair)
        == input("of extents that a product of f32 [2, 3] with it needs", pair, index: 1))
    #expect(
      problem(MatMul(), pair, TensorType(.f64, [3, 2]))
        == input("of f32, as input 0", TensorType(.f64, [3, 2]), index: 1))
    let scalar = TensorType(.f32, .scalar)
    #expect(problem(MatMul(), scalar, pair) == input("of rank 1 or more", scalar))
    #expect(problem(MatMul(), pair, other) == nil)
    #expect(MatMul().multiplyAdds(for: [pair, other]) == 12)
    #expect(MatMul().multiplyAdds(for: [TensorType(.f32, [Self.n, 3]), other]) == nil)
    #expect(
      problem(Dot(axes: [1, 1]), pair, other)
        == input("like input 0, f32 [2, 3], in its batch and along axis 1 as that along axis 1", other, index: 1))
    #expect(
      problem(Dot(axes: [0, 0]), pair, pair)
        == refused("axes", "axis 0 is the batch, along which there are no products"))
    #expect(
      problem(Dot(axes: [1]), pair, pair)
        == refused("axes", "it must name an axis of each of the two inputs, and names 1"))
    #expect(
      problem(Dot(axes: [1, 2]), pair, pair)
        == refused("axes", "input 1 has no axis 2; its axes are -2 to 1"))
    #expect(Dot(axes: [1, 1]).multiplyAdds(for: [pair, pair]) == 6)
  }

  @Test func reductionsNeedTheirAxes() {
    #expect(
      problem(ReduceSum(axes: [2]), pair) == refused("axes", "the input has no axis 2; its axes are -2 to 1"))
    #expect(problem(ReduceMax(axes: [1, -1]), pair) == refused("axes", "axis 1 stands twice"))
    let scalar = TensorType(.f32, .scalar)
    #expect(problem(ArgMax(), scalar) == refused("axis", "the input has no axis -1; it has no dimensions"))
    let empty = TensorType(.f32, [2, 0])
    #expect(problem(ArgMin(), empty) == input("of at least one element along axis 1", empty))
    #expect(
      problem(TopK(k: 4), pair) == refused("k", "4 elements cannot be taken from axis 1, which has 3"))
    #expect(
      problem(CumulativeSum(axis: 2), pair) == refused("axis", "the input has no axis 2; its axes are -2 to 1"))
    #expect(problem(TopK(k: 3), pair) == nil)
  }
}
