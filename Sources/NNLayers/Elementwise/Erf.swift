package import NNKernels

/// The error function: `y = 2 / sqrt(pi) * integral of exp(-t * t) from 0 to x`.
///
/// | value  | shape | notes             |
/// |--------|-------|-------------------|
/// | input  | any   | f32 or f64        |
/// | output | same  | same element type |
///
/// - Source: ONNX `Erf`; Keras 3 `keras.ops.erf`.
public struct Erf: ElementwiseLayer, FunctionLayer {
  /// `erf`
  public static let kind = "erf"
  /// The nearest number in f32, and within one unit in f64.
  public static let precision = Precision.rounding(f32: 0, f64: 1)

  /// The layer, which has no settings.
  public init() {}

  /// The function, rounded once.
  package var function: Elementwise? { .erf }
}
