package import NNKernels

/// A piecewise hyperbolic tangent: `y = min(max(x, -1), 1)`.
///
/// | value  | shape | notes             |
/// |--------|-------|-------------------|
/// | input  | any   | f32 or f64        |
/// | output | same  | same element type |
///
/// - Source: Keras 3 `hard_tanh`; PyTorch `Hardtanh` at its defaults.
public struct HardTanh: ElementwiseLayer, FunctionLayer {
  /// `hard_tanh`
  public static let kind = "hard_tanh"

  /// The layer, which has no settings.
  public init() {}

  /// The formula, which rounds nothing.
  package var function: Elementwise? { .clip(from: -1, to: 1) }
}
