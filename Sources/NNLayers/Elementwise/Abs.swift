package import NNKernels

/// The number without its sign: `y = |x|`.
///
/// | value  | shape | notes             |
/// |--------|-------|-------------------|
/// | input  | any   | f32 or f64        |
/// | output | same  | same element type |
///
/// - Source: ONNX `Abs`; Keras 3 `keras.ops.abs`.
public struct Abs: ElementwiseLayer, FunctionLayer {
  /// `abs`
  public static let kind = "abs"

  /// The layer, which has no settings.
  public init() {}

  /// The function, which rounds nothing.
  package var function: Elementwise? { .abs }
}
