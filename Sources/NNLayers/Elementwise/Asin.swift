package import NNKernels

/// The angle, from -pi/2 to pi/2, with the given sine: `y = asin(x)`.
///
/// | value  | shape | notes             |
/// |--------|-------|-------------------|
/// | input  | any   | f32 or f64        |
/// | output | same  | same element type |
///
/// NaN where `|x| > 1`.
///
/// - Source: ONNX `Asin`; Keras 3 `keras.ops.arcsin`.
public struct Asin: ElementwiseLayer, FunctionLayer {
  /// `asin`
  public static let kind = "asin"
  /// The nearest number in f32, and within one unit in f64.
  public static let precision = Precision.rounding(f32: 0, f64: 1)

  /// The layer, which has no settings.
  public init() {}

  /// The function, rounded once.
  package var function: Elementwise? { .asin }
}
