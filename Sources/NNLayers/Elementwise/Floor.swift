package import NNKernels

/// The greatest integer that is not above: `y = floor(x)`.
///
/// | value  | shape | notes             |
/// |--------|-------|-------------------|
/// | input  | any   | f32 or f64        |
/// | output | same  | same element type |
///
/// -0 stays -0.
///
/// - Source: ONNX `Floor`; Keras 3 `keras.ops.floor`.
public struct Floor: ElementwiseLayer, FunctionLayer {
  /// `floor`
  public static let kind = "floor"

  /// The layer, which has no settings.
  public init() {}

  /// The function.
  package var function: Elementwise? { .floor }
}
