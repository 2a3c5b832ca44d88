public import NNFormat

/// Repeats a value along its dimensions: the whole of it, `repeats` times one after another.
///
/// | value  | shape                       | notes                                   |
/// |--------|-----------------------------|-----------------------------------------|
/// | input  | `[a, b, ...]`               | any element type                        |
/// | output | `[a * r0, b * r1, ...]`     | same element type                       |
///
/// - Source: Keras 3 `keras.ops.tile`; ONNX `Tile`; NumPy `np.tile(x, repeats)`.
public struct Tile: Layer {
  /// `tile`
  public static let kind = "tile"
  /// The settings.
  public static let fields: [Field<Tile>] = [
    Field("repeats", \.repeats, "for each dimension of the input, how often it is repeated")
  ]

  /// For each dimension, how often it is repeated.
  public var repeats: [NonNegative] = []

  /// The layer of a single value.
  public init() {}

  /// The layer of the given repetitions.
  public init(repeats: [NonNegative]) {
    self.repeats = repeats
  }

  /// The extents times the repetitions.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    var output = try inputs.single(for: Self.kind)
    guard repeats.count == output.rank else {
      throw ModelError(
        LayerProblem.badSetting(
          reason: "it must have a number for each of the input's \(output.rank) dimensions, and has \(repeats.count)"),
        at: .field("repeats"))
    }
    for (axis, count) in repeats.enumerated() {
      output.shape[axis] = try output.shape[axis].times(count.value)
    }
    return [try output.countable()]
  }

  /// Room for the dimensions.
  public func scratchSize(for inputs: [TensorType]) -> Int { StridedCopy.scratchSize }

  /// Copies the elements over and over.
  public func forward(_ values: borrowing LayerValues) {
    let x = values.inputs[0]
    let y = values.outputs[0]
    guard y.shape.count > 0 else { return }
    var copy = StridedCopy(scratch: values.scratch)
    for axis in 0..<x.shape.rank {
      copy.append(repeats[axis].value, stride: 0)
      copy.append(x.shape[axis], stride: x.shape.count(of: axis + 1..<x.shape.rank))
    }
    copy.run(from: values.address(of: x), to: values.mutableAddress(of: y), size: x.dataType.byteSize, on: values.crew)
  }
}
