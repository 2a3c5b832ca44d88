package import NNKernels

/// The inverse of the hyperbolic tangent: `y = log((1 + x) / (1 - x)) / 2`.
///
/// | value  | shape | notes             |
/// |--------|-------|-------------------|
/// | input  | any   | f32 or f64        |
/// | output | same  | same element type |
///
/// Infinite at 1 and -1, NaN beyond.
///
/// - Source: ONNX `Atanh`; Keras 3 `keras.ops.arctanh`.
public struct Atanh: ElementwiseLayer, FunctionLayer {
  /// `atanh`
  public static let kind = "atanh"
  /// The nearest number in f32, and within one unit in f64.
  public static let precision = Precision.rounding(f32: 0, f64: 1)

  /// The layer, which has no settings.
  public init() {}

  /// The function, rounded once.
  package var function: Elementwise? { .atanh }
}
