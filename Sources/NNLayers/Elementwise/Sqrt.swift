package import NNKernels

/// The square root: `y = sqrt(x)`.
///
/// | value  | shape | notes             |
/// |--------|-------|-------------------|
/// | input  | any   | f32 or f64        |
/// | output | same  | same element type |
///
/// NaN where `x < 0`; -0 stays -0.
///
/// - Source: ONNX `Sqrt`; Keras 3 `keras.ops.sqrt`.
public struct Sqrt: ElementwiseLayer, FunctionLayer {
  /// `sqrt`
  public static let kind = "sqrt"

  /// The layer, which has no settings.
  public init() {}

  /// One operation, rounded once.
  package var function: Elementwise? { .sqrt }
}
