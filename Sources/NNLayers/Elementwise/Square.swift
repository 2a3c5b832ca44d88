package import NNKernels

/// The square: `y = x * x`.
///
/// | value  | shape | notes             |
/// |--------|-------|-------------------|
/// | input  | any   | f32 or f64        |
/// | output | same  | same element type |
///
/// - Source: Keras 3 `keras.ops.square`; ONNX `Mul` of a value with itself, `Pow` with 2.
public struct Square: ElementwiseLayer, FunctionLayer {
  /// `square`
  public static let kind = "square"

  /// The layer, which has no settings.
  public init() {}

  /// One operation, rounded once.
  package var function: Elementwise? { .square }
}
