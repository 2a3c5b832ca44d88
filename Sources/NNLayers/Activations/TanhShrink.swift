package import NNKernels

/// The distance from the hyperbolic tangent: `y = x - tanh(x)`.
///
/// | value  | shape | notes             |
/// |--------|-------|-------------------|
/// | input  | any   | f32 or f64        |
/// | output | same  | same element type |
///
/// - Source: Keras 3 `tanh_shrink`; PyTorch `Tanhshrink`.
public struct TanhShrink: ElementwiseLayer, FunctionLayer {
  /// `tanh_shrink`
  public static let kind = "tanh_shrink"

  /// The layer, which has no settings.
  public init() {}

  /// The formula, each step rounded.
  package var function: Elementwise? { .tanhShrink }
}
