public import NNFormat

/// The logarithm of softmax: `y = (x - max(x)) - log(sum(exp(x - max(x))))` along an axis.
///
/// | value  | shape          | notes             |
/// |--------|----------------|-------------------|
/// | input  | rank 1 or more | f32 or f64        |
/// | output | same           | same element type |
///
/// The sum runs as NumPy's does (`spec/numerics.md`): pairwise along the last axis, in order along others.
///
/// - Source: Keras 3 and Keras 2 `log_softmax` over one axis; ONNX `LogSoftmax` of opset 13 and later.
public struct LogSoftmax: Layer {
  /// `log_softmax`
  public static let kind = "log_softmax"
  /// The settings.
  public static let fields: [Field<LogSoftmax>] = [
    Field(
      "axis", \.axis, default: -1,
      "the axis that is normalised; negative ones count from the last, which is -1")
  ]
  /// Each step is rounded; the logarithm in f64 is near, not exact.
  public static let precision = Precision.cancelling(f32: 4, f64: 4)
  /// The output may lie where the input lies.
  public static let aliasing = Aliasing.inPlace

  /// The axis that is normalised.
  public var axis: Axis = -1

  /// The layer over the last axis.
  public init() {}

  /// The layer over the given axis.
  public init(axis: Axis) {
    self.axis = axis
  }

  /// The input's type.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    let input = try inputs.single(for: Self.kind)
    try input.requireFloat(index: 0)
    _ = try axis.resolved(rank: input.rank)
    return [input]
  }

  /// The formula, each step rounded.
  public func forward(_ values: borrowing LayerValues) {
    DividedSoftmax.run(values, axis: axis, isLogarithm: true)
  }
}
