package import NNKernels

/// The angle, from 0 to pi, with the given cosine: `y = acos(x)`.
///
/// | value  | shape | notes             |
/// |--------|-------|-------------------|
/// | input  | any   | f32 or f64        |
/// | output | same  | same element type |
///
/// NaN where `|x| > 1`.
///
/// - Source: ONNX `Acos`; Keras 3 `keras.ops.arccos`.
public struct Acos: ElementwiseLayer, FunctionLayer {
  /// `acos`
  public static let kind = "acos"
  /// The nearest number in f32, and within one unit in f64.
  public static let precision = Precision.rounding(f32: 0, f64: 1)

  /// The layer, which has no settings.
  public init() {}

  /// The function, rounded once.
  package var function: Elementwise? { .acos }
}
