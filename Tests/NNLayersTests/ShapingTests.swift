import NNFormat
import NNLayers
import NNTestSupport
import Testing

/// What the layers that move elements refuse, and what they infer of open extents.
@Suite struct ShapingTests {
  private static let n = Dimension.symbol("N")
  private static let m = Dimension.symbol("M")
  private let pair = TensorType(.f32, [2, 3])

  private func problem(_ layer: some Layer, _ inputs: TensorType...) -> ModelError? {
    error(thrownBy: { () throws(ModelError) in try layer.outputs(for: inputs) })
  }

  private func refused(_ field: String, _ reason: String) -> ModelError {
    ModelError(LayerProblem.badSetting(reason: reason), at: .field(field))
  }

  private func input(_ expected: String, _ found: TensorType, index: Int = 0) -> ModelError {
    ModelError(LayerProblem.badInput(index: index, expected: expected, found: found))
  }

  private func shape(_ layer: some Layer, _ shapes: [Dimension]...) throws -> [[Dimension]] {
    try layer.outputs(for: shapes.map { TensorType(.f32, $0) }).map(\.shape)
  }

  @Test func openExtentsPassThrough() throws {
    let (n, m) = (Self.n, Self.m)
    #expect(try shape(Permute(permutation: [0, 2, 1]), [n, m, 3]) == [[n, 3, m]])
    #expect(try shape(ExpandDims(axes: [1, -1]), [n, m]) == [[n, 1, m, 1]])
    #expect(try shape(Squeeze(axes: [1]), [n, m, 3]) == [[n, 3]])
    #expect(try shape(Expand(targetShape: [5, 1]), [n, 1, m]) == [[n, 5, m]])
    #expect(try shape(Tile(repeats: [1, 2]), [n, m]) == [[n, .unknown]])
    #expect(try shape(RepeatVector(n: 4), [n, m]) == [[n, 4, m]])
    #expect(try shape(Pad(padding: [[0, 0], [1, 2]]), [n, m]) == [[n, .unknown]])
    #expect(try shape(Cropping(cropping: [[0, 0], [1, 2]]), [n, 7]) == [[n, 4]])
    #expect(try shape(Slice(starts: [1], ends: [3], axes: [1]), [n, m]) == [[n, .unknown]])
    #expect(try shape(Split(sizes: [2, -1]), [n, m]) == [[n, 2], [n, .unknown]])
    #expect(try shape(UpSampling(size: [2]), [n, 3, m]) == [[n, 6, m]])
    #expect(try shape(SpaceToDepth(blockSize: 2), [n, 4, m, 3]) == [[n, 2, .unknown, 12]])
    #expect(try shape(DepthToSpace(blockSize: 2), [n, 4, m, 12]) == [[n, 8, .unknown, 3]])
    #expect(try shape(Resize(axes: [1], sizes: [7]), [n, m, 3]) == [[n, 7, 3]])
    #expect(try shape(Reshape(targetShape: [-1, 6], keepsBatch: false), [n, 2, 3]) == [[n, 6]])
    #expect(
      try shape(Reshape(targetShape: [0, -1], keepsBatch: false, zeroCopies: true), [n, 2, m]) == [[n, .unknown]])
    #expect(try shape(Flatten(axis: 2), [n, 2, m]) == [[.unknown, m]])
    #expect(
      try Gather(axis: 1).outputs(for: [TensorType(.f32, [n, 5, 3]), TensorType(.i64, [m])])
        == [TensorType(.f32, [n, m, 3])])
  }

  @Test func axesMustBeThereAndStandOnce() {
    let none = "the input has no axis 2; its axes are -2 to 1"
    #expect(problem(Permute(permutation: [0, 2]), pair) == refused("permutation", none))
    #expect(problem(Permute(permutation: [1, -1]), pair) == refused("permutation", "axis 1 stands twice"))
    #expect(
      problem(Permute(permutation: [0]), pair)
        == refused("permutation", "it must name each of the input's 2 axes once, and names 1"))
    #expect(problem(Squeeze(axes: [2]), pair) == refused("axes", none))
    #expect(
      problem(ExpandDims(axes: [4]), pair) == refused("axes", "the output has no axis 4; its axes are -3 to 2"))
    #expect(problem(Resize(axes: [0, -2], sizes: [1, 1]), pair) == refused("axes", "axis 0 stands twice"))
    #expect(
      problem(Slice(starts: [0], ends: [1], axes: [Axis(.min)]), pair)
        == refused("axes", "the input has no axis \(Int.min); its axes are -2 to 1"))
    #expect(problem(Flatten(axis: 3), pair) == refused("axis", "the input has no axis 3; -2 to 2 are possible"))
    #expect(problem(Permute(permutation: [1, 0]), pair) == nil)
  }

  @Test func whatIsCutMustBeThere() {
    #expect(problem(Squeeze(axes: [1]), pair) == input("of extent 1 along axis 1", pair))
    #expect(
      problem(Cropping(cropping: [[0, 0], [2, 2]]), pair)
        == refused("cropping", "2 and 2 elements cannot be cut from axis 1, which has 3"))
    #expect(
      problem(Cropping(cropping: [[0, 0]]), pair)
        == refused("cropping", "it must have a pair for each of the input's 2 dimensions, and has 1"))
    #expect(
      problem(Split(sizes: [1, 1]), pair) == refused("sizes", "the sizes add up to 2, and axis 1 of the input has 3"))
    #expect(
      problem(Split(sizes: [4, -1]), pair) == refused("sizes", "the sizes add up to 4, and axis 1 of the input has 3"))
    #expect(PartSizes([]) == nil)
    #expect(PartSizes([-1, -1]) == nil)
    #expect(PartSizes([.max, 1]) == nil)
  }

  @Test func slicesHaveAsManyEntriesAsStarts() {
    #expect(
      problem(Slice(starts: [0], ends: []), pair) == refused("ends", "it has 0 entries, and 'starts' has 1"))
    #expect(
      problem(Slice(starts: [0], ends: [1], strides: [1, 1]), pair)
        == refused("strides", "it has 2 entries, and 'starts' has 1"))
    #expect(
      problem(Slice(starts: [0], ends: [1], strides: [0]), pair) == refused("strides", "a stride must not be 0"))
    #expect(
      problem(Slice(starts: [0, 0, 0], ends: [1, 1, 1]), pair)
        == refused("starts", "it has 3 entries, and the input has only 2 dimensions"))
  }

  @Test func paddingMustBePossible() {
    let empty = TensorType(.f32, [2, 0])
    #expect(
      problem(Pad(padding: [[0, 0], [1, 0]], mode: .edge), empty)
        == refused("mode", "axis 1 has no element that the mode 'edge' could repeat"))
    #expect(problem(Pad(padding: [[0, 0], [1, 0]]), empty) == nil)
    #expect(
      problem(Pad(padding: [[1, 0]], value: 0.5), TensorType(.u8, [3]))
        == refused("value", "0.5 is not a value of the input's type, u8"))
    #expect(
      problem(Pad(padding: [[1, 0]], value: 2), TensorType(.bool, [3]))
        == refused("value", "2.0 is not a value of the input's type, bool"))
    #expect(Margins(-1, 0) == nil)
    #expect(Margins(json: [1]) == nil)
  }

  @Test func whatCannotBeCountedIsRefused() {
    let large = TensorType(.f32, [.known(1 << 40), .known(1 << 10)])
    func overflow(_ extents: [Int]) -> ModelError { ModelError(ModelProblem.shapeOverflow(extents)) }
    #expect(problem(Tile(repeats: [1, NonNegative(.max) ?? 0]), large) == overflow([1 << 10, .max]))
    #expect(problem(Tile(repeats: [1024, 1]), large) == overflow([1 << 50, 1 << 10]))
    let margins = Margins(.max, 1) ?? [0, 0]
    #expect(problem(Pad(padding: [[0, 0], margins]), pair) == overflow([.max, 1]))
    #expect(problem(Cropping(cropping: [[0, 0], margins]), pair) == overflow([.max, 1]))
    #expect(problem(RepeatVector(n: 1_048_576), large) == overflow([1 << 40, 1 << 20, 1 << 10]))
    #expect(
      problem(DepthToSpace(blockSize: Positive(1 << 32) ?? 1), TensorType(.f32, [1, 1, 1, 1]))
        == overflow([1 << 32, 1 << 32]))
    #expect(
      problem(Resize(axes: [0, 1], sizes: [1, Positive(1 << 50) ?? 1]), large) == overflow([1 << 40, 1 << 50]))
    let deep = TensorType(.f32, Array(repeating: .known(1), count: 32))
    #expect(problem(ExpandDims(axes: [0]), deep) == ModelError(ModelProblem.rankTooLarge(33)))
    #expect(
      problem(Gather(), deep, TensorType(.i64, [1, 1, 1])) == ModelError(ModelProblem.rankTooLarge(34)))
  }

  @Test func blocksMustDivide() {
    let image = TensorType(.f32, [1, 4, 6, 6])
    #expect(
      problem(SpaceToDepth(blockSize: 3), image)
        == refused("block_size", "blocks of 3 do not divide axis 1 of the input, which has 4"))
    #expect(
      problem(DepthToSpace(blockSize: 2), image)
        == refused("block_size", "the input has 6 channels, and blocks of 2 by 2 need a multiple of 4"))
    #expect(problem(SpaceToDepth(blockSize: 2), pair) == input("of rank 4", pair))
    #expect(problem(RepeatVector(n: 2), image) == input("of rank 2", image))
    #expect(
      problem(UpSampling(size: [2]), image)
        == input("of rank 3: batch, channels and a dimension for each factor", image))
    #expect(
      problem(Expand(targetShape: [2]), pair)
        == refused("target_shape", "the input, f32 [2, 3], does not broadcast with [2]"))
    #expect(
      problem(Tile(repeats: [2]), pair)
        == refused("repeats", "it must have a number for each of the input's 2 dimensions, and has 1"))
  }

  @Test func resizingNeedsOneOfSizesAndScales() {
    var layer = Resize(axes: [1], sizes: [7])
    layer.scales = [2.0]
    #expect(problem(layer, pair) == refused("scales", "'sizes' are given, too"))
    layer.sizes = []
    layer.scales = [1e300]
    #expect(problem(layer, pair) == refused("scales", "1e+300 times 3 is too large"))
    #expect(problem(Resize(axes: [1], sizes: []), pair) == refused("sizes", "it has 0 entries, and there are 1 axes"))
    let empty = TensorType(.f32, [2, 0])
    #expect(problem(Resize(axes: [1], sizes: [2]), empty) == input("of at least one element along axis 1", empty))
    let whole = TensorType(.i32, [2, 3])
    #expect(problem(Resize(axes: [1], sizes: [2], mode: .linear), whole) == input("of f32 or f64", whole))
    #expect(problem(Resize(axes: [1], sizes: [2]), whole) == nil)
    layer = Resize(axes: [1], sizes: [7])
    layer.excludeOutside = true
    #expect(problem(layer, pair) == refused("exclude_outside", "the mode 'nearest' has no weights"))
    layer.excludeOutside = false
    layer.antialias = true
    #expect(problem(layer, pair) == refused("antialias", "the mode 'nearest' has no weights"))
    layer.mode = .linear
    #expect(problem(layer, pair) == nil)
    #expect(Scale(0) == nil)
    #expect(Scale(json: "Infinity") == nil)
  }

  @Test func reshapesCopyWhatIsThere() {
    #expect(
      problem(Reshape(targetShape: [3, 0], zeroCopies: true), pair)
        == refused("target_shape", "it copies the input's extent 2, and the input is f32 [2, 3]"))
    #expect(
      problem(Reshape(targetShape: [-1, 0]), pair)
        == refused("target_shape", "beside an extent of 0 any number could stand for -1"))
    #expect(
      problem(Reshape(targetShape: [7], keepsBatch: false), pair)
        == refused("target_shape", "the input has 6 elements, and the target shape needs 7"))
    #expect(
      problem(Reshape(targetShape: [0, 2], keepsBatch: false, zeroCopies: true), pair)
        == refused("target_shape", "the input has 3 elements in what is not copied, and the target shape needs 2"))
  }

  @Test(arguments: [5, -6, Int.max, Int.min])
  func indicesOutsideOfTheAxisAreRefused(index: Int) throws {
    let data = try Tensor([1, 2, 3, 4, 5] as [Float], [5])
    let indices = try Tensor([0, Int64(index), 1] as [Int64], [3, 1])
    let run = LayerRun(layer: Gather(), inputs: [data, indices], parameters: [])
    #expect(
      throws: ModelError(
        LayerProblem.badElement(input: 1, position: [1, 0], found: "\(index)", expected: "from -5 to 4"))
    ) { try run.outputs() }
    #expect(
      problem(Gather(), pair, TensorType(.f32, [2])) == input("of i32 or i64", TensorType(.f32, [2]), index: 1))
    #expect(
      problem(Gather(), pair)
        == ModelError(LayerProblem.inputCount(kind: "gather", expected: "two inputs", found: 1)))
  }

  @Test func anIndexIntoNothingIsRefused() throws {
    let data = try Tensor([] as [Float], [0])
    let run = LayerRun(layer: Gather(), inputs: [data, try Tensor([0] as [Int64], [1])], parameters: [])
    #expect(
      throws: ModelError(
        LayerProblem.badElement(input: 1, position: [0], found: "0", expected: "absent, since axis 0 is empty"))
    ) { try run.outputs() }
  }
}
