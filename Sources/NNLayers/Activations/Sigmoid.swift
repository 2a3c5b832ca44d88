package import NNKernels

/// The logistic function: `y = 1 / (1 + exp(-x))`.
///
/// | value  | shape | notes             |
/// |--------|-------|-------------------|
/// | input  | any   | f32 or f64        |
/// | output | same  | same element type |
///
/// Where `exp(-x)` overflows the result is 0.
///
/// - Source: Keras 3 and Keras 2 `sigmoid`; ONNX `Sigmoid`.
public struct Sigmoid: ElementwiseLayer, FunctionLayer {
  /// `sigmoid`
  public static let kind = "sigmoid"

  /// The layer, which has no settings.
  public init() {}

  /// The formula, each step rounded.
  package var function: Elementwise? { .sigmoid }
}
