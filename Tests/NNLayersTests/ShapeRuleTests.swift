public import NNFormat
import NNLayers
import NNTestSupport
import Testing

/// The kinds that move bytes, compare or convert, and take elements of types in which no layer computes.
private let ofEveryType: Set = [
  "concatenate", "flatten", "reshape",
  "permute", "expand_dims", "squeeze", "expand", "tile", "repeat_vector", "padding", "cropping", "slice", "split",
  "gather", "gather_elements", "gather_nd", "up_sampling", "space_to_depth", "depth_to_space",
  "equal", "not_equal", "less", "less_equal", "greater", "greater_equal", "and", "or", "xor", "not", "where", "cast",
  "gather", "up_sampling", "space_to_depth", "depth_to_space", "embedding", "category_encoding", "constant",
]

@Suite struct ShapeRuleTests {
  private static let n = Dimension.symbol("N")
  private static let m = Dimension.symbol("M")

  private func outputs(
    _ layer: some Layer, _ shapes: [Dimension]..., type: DataType = .f32
  ) throws -> [Dimension] {
    try #require(try layer.outputs(for: shapes.map { TensorType(type, $0) }).first).shape
  }

  private func problem(_ layer: some Layer, _ inputs: TensorType...) -> ModelError? {
    error(thrownBy: { () throws(ModelError) in try layer.outputs(for: inputs) })
  }

  @Test func openExtentsPassThrough() throws {
    let (n, m) = (Self.n, Self.m)
    #expect(try outputs(Dense(units: 4), [n, m, 3]) == [n, m, 4])
    #expect(try outputs(ReLU(), [n, m]) == [n, m])
    #expect(try outputs(Softmax(axis: 0), [n, m]) == [n, m])
    #expect(try outputs(Flatten(), [n, 3, 5]) == [n, 15])
    #expect(try outputs(Flatten(), [n]) == [n, 1])
    #expect(try outputs(Flatten(), [n, m, 5]) == [n, .unknown])
    #expect(try outputs(Flatten(), [2, 3, 5]) == [2, 15])
    #expect(try outputs(Reshape(targetShape: [5, 3]), [n, 15]) == [n, 5, 3])
    #expect(try outputs(Reshape(targetShape: [5, -1]), [n, 3, 5]) == [n, 5, 3])
    #expect(try outputs(Reshape(targetShape: [5, -1]), [n, m]) == [n, 5, .unknown])
    #expect(try outputs(Add(), [n, 3], [n, 3]) == [n, 3])
    #expect(try outputs(Add(), [n, 3], [m, 1]) == [.unknown, 3])
    #expect(try outputs(Add(), [n, 3], [3]) == [n, 3])
    #expect(try outputs(Add(), [n], [3]) == [3])
    #expect(try outputs(Add(), [n, 1], [1, m]) == [n, m])
    #expect(try outputs(Concatenate(), [n, 3], [n, 4]) == [n, 7])
    #expect(try outputs(Concatenate(), [n, 3], [n, m]) == [n, .unknown])
    #expect(try outputs(Concatenate(), [n, 3], [5, 4]) == [5, 7])
    #expect(try outputs(Concatenate(axis: 0), [n, 3], [4, 3]) == [.unknown, 3])
  }

  @Test func computingKindsRefuseIntegers() throws {
    for kind in LayerCatalog.standard.all.filter({ !ofEveryType.contains($0.kind) }) {
      let item = try #require(try LayerCase.all(of: kind.kind).first { $0.inputs[0].shape.count > 0 })
      let layer = try kind.decoded(from: item.fields)
      let types = item.inputs.map { TensorType(.i32, $0.shape) }
      #expect(
        error(thrownBy: { () throws(ModelError) in try layer.outputs(for: types) })
          == ModelError(LayerProblem.badInput(index: 0, expected: "of f32 or f64", found: types[0])),
        "\(kind)")
      let halves = item.inputs.map { TensorType(.f16, $0.shape) }
      #expect(
        error(thrownBy: { () throws(ModelError) in try layer.outputs(for: halves) })
          == ModelError(LayerProblem.badInput(index: 0, expected: "of f32 or f64", found: halves[0])),
        "\(kind)")
    }
  }

  @Test func aSingleValueIsRefusedWhereADimensionIsNeeded() {
    let scalar = TensorType(.f32, .scalar)
    let rank = ModelError(LayerProblem.badInput(index: 0, expected: "of rank 1 or more", found: scalar))
    #expect(problem(Flatten(), scalar) == rank)
    #expect(problem(Reshape(targetShape: [1]), scalar) == rank)
    #expect(
      problem(Dense(units: 4), scalar)
        == ModelError(
          LayerProblem.badInput(
            index: 0, expected: "of rank 1 or more with a fixed last extent", found: scalar)))
    let axis = ModelError(
      LayerProblem.badSetting(reason: "the input has no axis -1; it has no dimensions"), at: .field("axis"))
    #expect(problem(Softmax(), scalar) == axis)
    #expect(problem(LogSoftmax(), scalar) == axis)
    #expect(problem(Concatenate(), scalar, scalar) == axis)
    #expect(problem(ReLU(), scalar) == nil)
  }

  @Test func denseNeedsAFixedDepth() {
    let open = TensorType(.f32, [.known(3), Self.n])
    #expect(
      problem(Dense(units: 4), open)
        == ModelError(
          LayerProblem.badInput(index: 0, expected: "of rank 1 or more with a fixed last extent", found: open)
        ))
  }

  @Test(arguments: [-3, 2, .max, .min])
  func anAxisOutsideOfTheInputIsRefused(index: Int) {
    let input = TensorType(.f32, [2, 3])
    let expected = ModelError(
      LayerProblem.badSetting(reason: "the input has no axis \(index); its axes are -2 to 1"),
      at: .field("axis"))
    #expect(problem(Softmax(axis: Axis(index)), input) == expected)
    #expect(problem(Concatenate(axis: Axis(index)), input, input) == expected)
    #expect(problem(Softmax(axis: -2), input) == nil)
    #expect(problem(Softmax(axis: 1), input) == nil)
  }

  @Test func aReshapeKeepsTheNumberOfElements() {
    func reshape(_ target: TargetShape, _ shape: Shape) -> ModelError? {
      problem(Reshape(targetShape: target), TensorType(.f32, shape))
    }
    func refused(_ reason: String) -> ModelError {
      ModelError(LayerProblem.badSetting(reason: reason), at: .field("target_shape"))
    }
    #expect(
      reshape([7], [2, 6])
        == refused("the input has 6 elements behind its first dimension, and the target shape needs 7"))
    #expect(
      reshape([5], [2, 6])
        == refused("the input has 6 elements behind its first dimension, and the target shape needs 5"))
    #expect(
      reshape([4, -1], [2, 6])
        == refused(
          "the input has 6 elements behind its first dimension, and the target shape needs a multiple of 4"))
    #expect(reshape([3, -1], [2, 6]) == nil)
    #expect(reshape([2, 3], [2, 6]) == nil)
  }

  @Test(arguments: [[-2], [-1, -1], Array(repeating: 1, count: 32)] as [[Int]])
  func targetShapesAreChecked(extents: [Int]) {
    #expect(TargetShape(extents) == nil)
    #expect(TargetShape(json: extents.json) == nil)
    #expect(TargetShape([3, -1]) != nil)
    #expect(TargetShape([0, 3]) != nil)
    #expect(TargetShape([]) != nil)
  }

  @Test func aTargetThatCannotBeCountedIsRefused() {
    let extent = 1 << 31
    #expect(
      problem(
        Reshape(targetShape: TargetShape([extent, extent]) ?? .rest), TensorType(.f32, [Self.n, Self.m]))
        == ModelError(ModelProblem.shapeOverflow([extent, extent])))
  }

  @Test func sumsNeedTwoInputsThatBroadcast() {
    let (pair, triple) = (TensorType(.f32, [2, 3]), TensorType(.f32, [3, 2]))
    #expect(
      problem(Add(), pair)
        == ModelError(LayerProblem.inputCount(kind: "add", expected: "two inputs or more", found: 1)))
    #expect(
      problem(Add(), pair, triple)
        == ModelError(
          LayerProblem.badInput(
            index: 1, expected: "of a type that broadcasts with f32 [2, 3]", found: triple)))
    let wide = TensorType(.f64, [2, 3])
    #expect(
      problem(Add(), pair, pair, wide)
        == ModelError(
          LayerProblem.badInput(index: 2, expected: "of a type that broadcasts with f32 [2, 3]", found: wide))
    )
    #expect(problem(Add(), pair, pair) == nil)
  }

  @Test func concatenatedInputsAreEqualButForTheAxis() {
    let (first, other) = (TensorType(.f32, [2, 3]), TensorType(.f32, [5, 3]))
    func refused(_ found: TensorType) -> ModelError {
      ModelError(
        LayerProblem.badInput(index: 1, expected: "like input 0, f32 [2, 3], but for axis 1", found: found))
    }
    #expect(problem(Concatenate(), first, other) == refused(other))
    #expect(problem(Concatenate(axis: 0), first, other) == nil)
    #expect(problem(Concatenate(), first, TensorType(.f64, [2, 3])) == refused(TensorType(.f64, [2, 3])))
    #expect(problem(Concatenate(), first, TensorType(.f32, [2])) == refused(TensorType(.f32, [2])))
    #expect(
      problem(Concatenate())
        == ModelError(LayerProblem.inputCount(kind: "concatenate", expected: "one input or more", found: 0)))
    let huge = TensorType(.f32, [.known(.max)])
    #expect(problem(Concatenate(), huge, huge) == ModelError(ModelProblem.shapeOverflow([.max, .max])))
  }

  @Test func multiplyAddsAreCountedWhereExtentsAreFixed() {
    #expect(Dense(units: 7).multiplyAdds(for: [TensorType(.f32, [2, 3, 5])]) == 2 * 3 * 5 * 7)
    #expect(Dense(units: 7).multiplyAdds(for: [TensorType(.f32, [5])]) == 35)
    #expect(Dense(units: 7).multiplyAdds(for: [TensorType(.f32, [Self.n, 5])]) == nil)
    #expect(Dense(units: 700).multiplyAdds(for: [TensorType(.f32, [.known(.max / 64), 5])]) == nil)
    #expect(ReLU().multiplyAdds(for: [TensorType(.f32, [2])]) == 0)
  }
}

extension Dimension: ExpressibleByIntegerLiteral {
  /// A fixed extent.
  public init(integerLiteral value: Int) { self = .known(value) }
}
