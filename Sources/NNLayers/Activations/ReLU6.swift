package import NNKernels

/// The rectifier with a ceiling: `y = min(max(x, 0), 6)`.
///
/// | value  | shape | notes             |
/// |--------|-------|-------------------|
/// | input  | any   | f32 or f64        |
/// | output | same  | same element type |
///
/// A NaN stays one, and -0 becomes 0.
///
/// - Source: Keras 3 `relu6`; Keras 2 `ReLU` with `max_value` 6; ONNX `Clip` from 0 to 6.
public struct ReLU6: ElementwiseLayer, FunctionLayer {
  /// `relu6`
  public static let kind = "relu6"

  /// The layer, which has no settings.
  public init() {}

  /// The formula, each step rounded.
  package var function: Elementwise? { .relu6 }
}
