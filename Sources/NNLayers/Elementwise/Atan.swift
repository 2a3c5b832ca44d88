package import NNKernels

/// The angle, from -pi/2 to pi/2, with the given tangent: `y = atan(x)`.
///
/// | value  | shape | notes             |
/// |--------|-------|-------------------|
/// | input  | any   | f32 or f64        |
/// | output | same  | same element type |
///
/// - Source: ONNX `Atan`; Keras 3 `keras.ops.arctan`.
public struct Atan: ElementwiseLayer, FunctionLayer {
  /// `atan`
  public static let kind = "atan"
  /// The nearest number in f32, and within one unit in f64.
  public static let precision = Precision.rounding(f32: 0, f64: 1)

  /// The layer, which has no settings.
  public init() {}

  /// The function, rounded once.
  package var function: Elementwise? { .atan }
}
