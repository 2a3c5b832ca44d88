package import NNKernels

/// The sigmoid-weighted unit, also called swish: `y = x * (1 / (1 + exp(-x)))`.
///
/// | value  | shape | notes             |
/// |--------|-------|-------------------|
/// | input  | any   | f32 or f64        |
/// | output | same  | same element type |
///
/// - Source: Keras 3 `silu`, `swish`; Keras 2 `swish`; ONNX `Swish` with `alpha` 1, or `Sigmoid` and `Mul`.
public struct SiLU: ElementwiseLayer, FunctionLayer {
  /// `silu`
  public static let kind = "silu"

  /// The layer, which has no settings.
  public init() {}

  /// The formula, each step rounded.
  package var function: Elementwise? { .silu }
}
