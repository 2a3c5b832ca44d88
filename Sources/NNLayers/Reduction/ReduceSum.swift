/// The sum along axes: `y = Σ x`.
///
/// | value  | shape                            | notes                               |
/// |--------|----------------------------------|-------------------------------------|
/// | input  | any                              | f32 or f64                          |
/// | output | without the axes, or with 1 there | same element type                  |
///
/// The order of the additions is that of `spec/numerics.md`, "Sums, means, variances".
/// The sum of no elements is 0.
///
/// - Source: ONNX `ReduceSum`; NumPy `np.sum`; Keras 3 `keras.ops.sum`.
public struct ReduceSum: ReductionLayer {
  /// `reduce_sum`
  public static let kind = "reduce_sum"
  /// The settings.
  public static let fields: [Field<ReduceSum>] = reductionFields(\.axes, \.keepdims)

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

  /// The sum.
  public func forward(_ values: borrowing LayerValues) {
    sum(values)
  }
}
