package import NNKernels

/// The cosine of an angle in radians: `y = cos(x)`.
///
/// | value  | shape | notes             |
/// |--------|-------|-------------------|
/// | input  | any   | f32 or f64        |
/// | output | same  | same element type |
///
/// However large the angle is, it is reduced exactly. An infinite one gives NaN.
///
/// - Source: ONNX `Cos`; Keras 3 `keras.ops.cos`.
public struct Cos: ElementwiseLayer, FunctionLayer {
  /// `cos`
  public static let kind = "cos"
  /// The nearest number in f32, and within one unit in f64.
  public static let precision = Precision.rounding(f32: 0, f64: 1)

  /// The layer, which has no settings.
  public init() {}

  /// The function, rounded once.
  package var function: Elementwise? { .cos }
}
