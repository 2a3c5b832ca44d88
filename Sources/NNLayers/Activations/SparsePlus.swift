package import NNKernels

/// A quadratic rectifier: `y = 0` where `x <= -1`, `0.25 * ((x + 1) * (x + 1))` where `x < 1`, else `x`.
///
/// | value  | shape | notes             |
/// |--------|-------|-------------------|
/// | input  | any   | f32 or f64        |
/// | output | same  | same element type |
///
/// - Source: Keras 3 `sparse_plus`.
public struct SparsePlus: ElementwiseLayer, FunctionLayer {
  /// `sparse_plus`
  public static let kind = "sparse_plus"

  /// The layer, which has no settings.
  public init() {}

  /// The formula, each step rounded.
  package var function: Elementwise? { .sparsePlus }
}
