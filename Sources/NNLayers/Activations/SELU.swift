package import NNKernels

/// The scaled exponential unit: `y = scale * x` where `x >= 0`, else `scale * (alpha * expm1(x))`.
///
/// | value  | shape | notes             |
/// |--------|-------|-------------------|
/// | input  | any   | f32 or f64        |
/// | output | same  | same element type |
///
/// `scale` is 1.0507009873554804934193349852946 and `alpha` 1.6732632423543772848170429916717, rounded to
/// the element type.
///
/// - Source: Keras 3 and Keras 2 `selu`; ONNX `Selu` at its defaults, which are these figures in f32.
public struct SELU: ElementwiseLayer, FunctionLayer {
  /// `selu`
  public static let kind = "selu"
  /// Each step is rounded; the elementary functions in f64 are near, not exact.
  public static let precision = Precision.rounding(f32: 3, f64: 4)

  /// The layer, which has no settings.
  public init() {}

  /// The formula, each step rounded.
  package var function: Elementwise? { .selu }
}
