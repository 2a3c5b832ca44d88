import NNFormat

/// The mean along axes: `y = (Σ x) / n`.
///
/// | value  | shape                            | notes                               |
/// |--------|----------------------------------|-------------------------------------|
/// | input  | any                              | f32 or f64                          |
/// | output | without the axes, or with 1 there | same element type                  |
///
/// The order of the additions is that of `spec/numerics.md`, "Sums, means, variances".
/// The sum is divided by the number of elements; the mean of none is NaN.
///
/// - Source: ONNX `ReduceMean`; NumPy `np.mean`; Keras 3 `keras.ops.mean`.
public struct ReduceMean: ReductionLayer {
  /// `reduce_mean`
  public static let kind = "reduce_mean"
  /// The settings.
  public static let fields: [Field<ReduceMean>] = reductionFields(\.axes, \.keepdims)

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

  /// The sum, divided by the number of elements.
  public func forward(_ values: borrowing LayerValues) {
    sum(values)
    let count = reduced(values).count
    let output = values.outputs[0]
    if output.dataType == .f32 {
      let y = values.mutableElements(of: output, as: Float.self)
      for index in y.indices { y[index] /= Float(count) }
    } else {
      let y = values.mutableElements(of: output, as: Double.self)
      for index in y.indices { y[index] /= Double(count) }
    }
  }
}
