package import NNKernels

/// The rectifier: `y = max(x, 0)`.
///
/// | value  | shape | notes             |
/// |--------|-------|-------------------|
/// | input  | any   | f32 or f64        |
/// | output | same  | same element type |
///
/// A NaN stays one, and -0 becomes 0.
///
/// - Source: Keras 3 and Keras 2 `relu` without `max_value`, `negative_slope` and `threshold`; ONNX `Relu`.
public struct ReLU: ElementwiseLayer, FunctionLayer {
  /// `relu`
  public static let kind = "relu"

  /// The layer, which has no settings.
  public init() {}

  /// The formula, each step rounded.
  package var function: Elementwise { .relu }
}
