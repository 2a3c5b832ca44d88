import NNFormat

/// The least element along axes: `y = min(x)`.
///
/// | value  | shape                            | notes                               |
/// |--------|----------------------------------|-------------------------------------|
/// | input  | any                              | f32 or f64                          |
/// | output | without the axes, or with 1 there | same element type                  |
///
/// A NaN among the elements gives NaN. Of zeros the result is the last one. Of no elements it is infinity.
///
/// - Source: ONNX `ReduceMin`; NumPy `np.min`; Keras 3 `keras.ops.min`.
public struct ReduceMin: ReductionLayer {
  /// `reduce_min`
  public static let kind = "reduce_min"
  /// The settings.
  public static let fields: [Field<ReduceMin>] = reductionFields(\.axes, \.keepdims)

  /// The axes that are reduced; none stands for all.
  public var axes: [Axis] = []
  /// Whether reduced dimensions stay, with extent 1.
  public var keepdims = false

  /// The layer over all axes.
  public init() {}

  /// The layer of the given settings.
  public init(axes: [Axis], keepdims: Bool = false) {
    self.axes = axes
    self.keepdims = keepdims
  }

  /// The least, one element after another.
  public func forward(_ values: borrowing LayerValues) {
    fold(values, by: .least)
  }
}
