package import NNKernels

/// The least integer that is not below: `y = ceil(x)`.
///
/// | value  | shape | notes             |
/// |--------|-------|-------------------|
/// | input  | any   | f32 or f64        |
/// | output | same  | same element type |
///
/// Between -1 and 0 it gives -0.
///
/// - Source: ONNX `Ceil`; Keras 3 `keras.ops.ceil`.
public struct Ceil: ElementwiseLayer, FunctionLayer {
  /// `ceil`
  public static let kind = "ceil"

  /// The layer, which has no settings.
  public init() {}

  /// The function.
  package var function: Elementwise? { .ceil }
}
