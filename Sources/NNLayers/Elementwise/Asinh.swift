package import NNKernels

/// The inverse of the hyperbolic sine: `y = log(x + sqrt(x * x + 1))`.
///
/// | value  | shape | notes             |
/// |--------|-------|-------------------|
/// | input  | any   | f32 or f64        |
/// | output | same  | same element type |
///
/// - Source: ONNX `Asinh`; Keras 3 `keras.ops.arcsinh`.
public struct Asinh: ElementwiseLayer, FunctionLayer {
  /// `asinh`
  public static let kind = "asinh"
  /// The nearest number in f32, and within one unit in f64.
  public static let precision = Precision.rounding(f32: 0, f64: 1)

  /// The layer, which has no settings.
  public init() {}

  /// The function, rounded once.
  package var function: Elementwise? { .asinh }
}
