package import NNKernels

/// The sine of an angle in radians: `y = sin(x)`.
///
/// | value  | shape | notes             |
/// |--------|-------|-------------------|
/// | input  | any   | f32 or f64        |
/// | output | same  | same element type |
///
/// However large the angle is, it is reduced exactly. An infinite one gives NaN.
///
/// - Source: ONNX `Sin`; Keras 3 `keras.ops.sin`.
public struct Sin: ElementwiseLayer, FunctionLayer {
  /// `sin`
  public static let kind = "sin"
  /// The nearest number in f32, and within one unit in f64.
  public static let precision = Precision.rounding(f32: 0, f64: 1)

  /// The layer, which has no settings.
  public init() {}

  /// The function, rounded once.
  package var function: Elementwise? { .sin }
}
