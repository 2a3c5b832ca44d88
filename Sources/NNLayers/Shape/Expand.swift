public import NNFormat

/// Repeats a value so that it has a shape, by the rule of broadcasting.
///
/// | value  | shape                                | notes                                                      |
/// |--------|--------------------------------------|------------------------------------------------------------|
/// | input  | broadcasts with `target_shape`       | any element type                                           |
/// | output | what both broadcast to               | same element type; a 1 in `target_shape` keeps an extent   |
///
/// Shapes are aligned at their ends, and an extent of 1 is repeated.
///
/// - Source: Keras 3 `keras.ops.broadcast_to`; ONNX `Expand`; NumPy `np.broadcast_to`.
public struct Expand: Layer {
  /// `expand`
  public static let kind = "expand"
  /// The settings.
  public static let fields: [Field<Expand>] = [
    Field("target_shape", \.targetShape, "the extents with which the input broadcasts")
  ]

  /// The extents with which the input broadcasts.
  public var targetShape: [NonNegative] = []

  /// The layer that changes nothing.
  public init() {}

  /// The layer of the given extents.
  public init(targetShape: [NonNegative]) {
    self.targetShape = targetShape
  }

  /// The union of the input's extents and the target's.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    let input = try inputs.single(for: Self.kind)
    guard let shape = Broadcast.shape(of: input.shape, targetShape.map { .known($0.value) }) else {
      let target = targetShape.map { String($0.value) }.joined(separator: ", ")
      throw ModelError(
        LayerProblem.badSetting(reason: "the input, \(input), does not broadcast with [\(target)]"),
        at: .field("target_shape"))
    }
    return [try TensorType(input.dataType, shape).countable()]
  }

  /// Room for the dimensions.
  public func scratchSize(for inputs: [TensorType]) -> Int { StridedCopy.scratchSize }

  /// Copies the elements over and over.
  public func forward(_ values: borrowing LayerValues) {
    let x = values.inputs[0]
    let y = values.outputs[0]
    guard y.shape.count > 0 else { return }
    let missing = y.shape.rank - x.shape.rank
    var copy = StridedCopy(scratch: values.scratch)
    for axis in 0..<y.shape.rank {
      let own = axis - missing
      let isRepeated = own < 0 || x.shape[own] == 1
      copy.append(y.shape[axis], stride: isRepeated ? 0 : x.shape.count(of: own + 1..<x.shape.rank))
    }
    copy.run(from: values.address(of: x), to: values.mutableAddress(of: y), size: x.dataType.byteSize, on: values.crew)
  }
}
