package import NNKernels

/// The exponential function: `y = exp(x)`.
///
/// | value  | shape | notes             |
/// |--------|-------|-------------------|
/// | input  | any   | f32 or f64        |
/// | output | same  | same element type |
///
/// - Source: Keras 3 and Keras 2 `exponential`; ONNX `Exp`.
public struct Exponential: ElementwiseLayer, FunctionLayer {
  /// `exponential`
  public static let kind = "exponential"

  /// The layer, which has no settings.
  public init() {}

  /// The formula, each step rounded.
  package var function: Elementwise? { .exponential }
}
