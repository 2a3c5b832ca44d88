package import NNKernels

/// The reciprocal of the square root: `y = 1 / sqrt(x)`, two roundings.
///
/// | value  | shape | notes             |
/// |--------|-------|-------------------|
/// | input  | any   | f32 or f64        |
/// | output | same  | same element type |
///
/// NaN where `x < 0`.
///
/// - Source: Keras 3 `keras.ops.rsqrt`; ONNX `Reciprocal` of `Sqrt`.
public struct Rsqrt: ElementwiseLayer, FunctionLayer {
  /// `rsqrt`
  public static let kind = "rsqrt"

  /// The layer, which has no settings.
  public init() {}

  /// The formula, each step rounded.
  package var function: Elementwise? { .rsqrt }
}
