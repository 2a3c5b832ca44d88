package import NNKernels

/// The hyperbolic cosine: `y = (exp(x) + exp(-x)) / 2`.
///
/// | value  | shape | notes             |
/// |--------|-------|-------------------|
/// | input  | any   | f32 or f64        |
/// | output | same  | same element type |
///
/// - Source: ONNX `Cosh`; Keras 3 `keras.ops.cosh`.
public struct Cosh: ElementwiseLayer, FunctionLayer {
  /// `cosh`
  public static let kind = "cosh"
  /// The nearest number in f32, and within one unit in f64.
  public static let precision = Precision.rounding(f32: 0, f64: 1)

  /// The layer, which has no settings.
  public init() {}

  /// The function, rounded once.
  package var function: Elementwise? { .cosh }
}
