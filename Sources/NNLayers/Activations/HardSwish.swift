package import NNKernels

/// A piecewise silu: `y = x * clip(x / 6 + 0.5, 0, 1)`.
///
/// | value  | shape | notes             |
/// |--------|-------|-------------------|
/// | input  | any   | f32 or f64        |
/// | output | same  | same element type |
///
/// - Source: Keras 3 `hard_silu`, `hard_swish`; ONNX `HardSwish`.
public struct HardSwish: ElementwiseLayer, FunctionLayer {
  /// `hard_swish`
  public static let kind = "hard_swish"

  /// The layer, which has no settings.
  public init() {}

  /// The formula, each step rounded.
  package var function: Elementwise? { .hardSwish }
}
