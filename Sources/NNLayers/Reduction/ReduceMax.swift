import NNFormat

/// The greatest element along axes: `y = max(x)`.
///
/// | value  | shape                            | notes                               |
/// |--------|----------------------------------|-------------------------------------|
/// | input  | any                              | f32 or f64                          |
/// | output | without the axes, or with 1 there | same element type                  |
///
/// A NaN among the elements gives NaN. Of zeros the result is the last one. Of no elements it is minus infinity.
///
/// - Source: ONNX `ReduceMax`; NumPy `np.max`; Keras 3 `keras.ops.max`.
public struct ReduceMax: ReductionLayer {
  /// `reduce_max`
  public static let kind = "reduce_max"
  /// The settings.
  public static let fields: [Field<ReduceMax>] = reductionFields(\.axes, \.keepdims)

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

  /// The greatest, one element after another.
  public func forward(_ values: borrowing LayerValues) {
    fold(values, by: .greatest)
  }
}
