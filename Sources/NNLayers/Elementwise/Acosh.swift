package import NNKernels

/// The inverse of the hyperbolic cosine: `y = log(x + sqrt(x * x - 1))`.
///
/// | value  | shape | notes             |
/// |--------|-------|-------------------|
/// | input  | any   | f32 or f64        |
/// | output | same  | same element type |
///
/// NaN where `x < 1`.
///
/// - Source: ONNX `Acosh`; Keras 3 `keras.ops.arccosh`.
public struct Acosh: ElementwiseLayer, FunctionLayer {
  /// `acosh`
  public static let kind = "acosh"
  /// The nearest number in f32, and within one unit in f64.
  public static let precision = Precision.rounding(f32: 0, f64: 1)

  /// The layer, which has no settings.
  public init() {}

  /// The function, rounded once.
  package var function: Elementwise? { .acosh }
}
