public import NNFormat

/// Inserts dimensions of extent 1.
///
/// | value  | shape                 | notes                                                   |
/// |--------|-----------------------|---------------------------------------------------------|
/// | input  | any                   | any element type                                        |
/// | output | with 1 at each axis   | `axes` count in the output, negative ones from its end  |
///
/// - Source: Keras 3 `keras.ops.expand_dims`; ONNX `Unsqueeze`; NumPy `np.expand_dims(x, axes)`.
public struct ExpandDims: ViewLayer {
  /// `expand_dims`
  public static let kind = "expand_dims"
  /// The settings.
  public static let fields: [Field<ExpandDims>] = [
    Field("axes", \.axes, "the axes of the output that are new; negative ones count from the last, which is -1")
  ]

  /// The axes of the output that are new.
  public var axes: [Axis] = []

  /// The layer that inserts nothing.
  public init() {}

  /// The layer that inserts the given axes.
  public init(axes: [Axis]) {
    self.axes = axes
  }

  /// The input's extents with 1 at each new axis.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    let input = try inputs.single(for: Self.kind)
    let rank = input.rank + axes.count
    guard rank <= Shape.maximumRank else { throw ModelError(ModelProblem.rankTooLarge(rank)) }
    let new = try axes.resolved(rank: rank, of: "the output")
    var rest = input.shape.makeIterator()
    var shape: [Dimension] = []
    for axis in 0..<rank {
      shape.append(new.contains(axis) ? .known(1) : rest.next() ?? .known(1))
    }
    return [TensorType(input.dataType, shape)]
  }
}
