/// The sum of magnitudes along axes: `y = Σ |x|`.
///
/// | value  | shape                            | notes                               |
/// |--------|----------------------------------|-------------------------------------|
/// | input  | any                              | f32 or f64                          |
/// | output | without the axes, or with 1 there | same element type                  |
///
/// The order of the additions is that of `spec/numerics.md`, "Sums, means, variances".
///
/// - Source: ONNX `ReduceL1`; NumPy `np.sum(np.abs(x))`.
public struct ReduceL1: MappedSumLayer {
  /// `reduce_l1`
  public static let kind = "reduce_l1"
  /// The settings.
  public static let fields: [Field<ReduceL1>] = reductionFields(\.axes, \.keepdims)

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

  /// The sum of the magnitudes.
  public func forward(_ values: borrowing LayerValues) {
    sum(values, of: .magnitude)
  }
}
