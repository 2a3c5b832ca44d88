package import NNKernels

/// The sign as a number: `y = 1` where `x > 0`, `-1` where `x < 0`, 0 at zeros.
///
/// | value  | shape | notes             |
/// |--------|-------|-------------------|
/// | input  | any   | f32 or f64        |
/// | output | same  | same element type |
///
/// A NaN stays one, and -0 becomes 0.
///
/// - Source: ONNX `Sign`; Keras 3 `keras.ops.sign`; NumPy `np.sign`.
public struct Sign: ElementwiseLayer, FunctionLayer {
  /// `sign`
  public static let kind = "sign"

  /// The layer, which has no settings.
  public init() {}

  /// The function, which rounds nothing.
  package var function: Elementwise? { .sign }
}
