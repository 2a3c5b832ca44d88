package import NNKernels

/// The hyperbolic tangent: `y = tanh(x)`.
///
/// | value  | shape | notes             |
/// |--------|-------|-------------------|
/// | input  | any   | f32 or f64        |
/// | output | same  | same element type |
///
/// - Source: Keras 3 and Keras 2 `tanh`; ONNX `Tanh`.
public struct Tanh: ElementwiseLayer, FunctionLayer {
  /// `tanh`
  public static let kind = "tanh"

  /// The layer, which has no settings.
  public init() {}

  /// The formula, each step rounded.
  package var function: Elementwise? { .tanh }
}
