package import NNKernels

/// The reciprocal: `y = 1 / x`.
///
/// | value  | shape | notes             |
/// |--------|-------|-------------------|
/// | input  | any   | f32 or f64        |
/// | output | same  | same element type |
///
/// - Source: ONNX `Reciprocal`; Keras 3 `keras.ops.reciprocal`.
public struct Reciprocal: ElementwiseLayer, FunctionLayer {
  /// `reciprocal`
  public static let kind = "reciprocal"

  /// The layer, which has no settings.
  public init() {}

  /// One operation, rounded once.
  package var function: Elementwise? { .reciprocal }
}
