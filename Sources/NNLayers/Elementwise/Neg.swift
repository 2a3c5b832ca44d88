package import NNKernels

/// The number with the other sign: `y = -x`.
///
/// | value  | shape | notes             |
/// |--------|-------|-------------------|
/// | input  | any   | f32 or f64        |
/// | output | same  | same element type |
///
/// - Source: ONNX `Neg`; Keras 3 `keras.ops.negative`.
public struct Neg: ElementwiseLayer, FunctionLayer {
  /// `neg`
  public static let kind = "neg"

  /// The layer, which has no settings.
  public init() {}

  /// The function, which rounds nothing.
  package var function: Elementwise? { .neg }
}
