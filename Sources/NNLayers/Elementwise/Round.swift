package import NNKernels

/// The nearest integer, of two equally near ones the even one: `y = round(x)`.
///
/// | value  | shape | notes             |
/// |--------|-------|-------------------|
/// | input  | any   | f32 or f64        |
/// | output | same  | same element type |
///
/// A zero result keeps the sign of `x`.
///
/// - Source: ONNX `Round`; Keras 3 `keras.ops.round`; NumPy `np.rint`.
public struct Round: ElementwiseLayer, FunctionLayer {
  /// `round`
  public static let kind = "round"

  /// The layer, which has no settings.
  public init() {}

  /// The function.
  package var function: Elementwise? { .round }
}
