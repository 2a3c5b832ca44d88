package import NNKernels

/// A smooth rectifier: `y = max(x, 0) + log1p(exp(-|x|))`, which is `log(1 + exp(x))`.
///
/// | value  | shape | notes             |
/// |--------|-------|-------------------|
/// | input  | any   | f32 or f64        |
/// | output | same  | same element type |
///
/// - Source: Keras 3 and Keras 2 `softplus`; ONNX `Softplus`.
public struct Softplus: ElementwiseLayer, FunctionLayer {
  /// `softplus`
  public static let kind = "softplus"
  /// Each step is rounded; the elementary functions in f64 are near, not exact.
  public static let precision = Precision.rounding(f32: 2, f64: 3)

  /// The layer, which has no settings.
  public init() {}

  /// The formula, each step rounded.
  package var function: Elementwise? { .softplus }
}
