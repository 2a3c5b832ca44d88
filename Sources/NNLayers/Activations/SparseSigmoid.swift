package import NNKernels

/// A piecewise sigmoid: `y = clip(0.5 * (x + 1), 0, 1)`.
///
/// | value  | shape | notes             |
/// |--------|-------|-------------------|
/// | input  | any   | f32 or f64        |
/// | output | same  | same element type |
///
/// - Source: Keras 3 `sparse_sigmoid`.
public struct SparseSigmoid: ElementwiseLayer, FunctionLayer {
  /// `sparse_sigmoid`
  public static let kind = "sparse_sigmoid"

  /// The layer, which has no settings.
  public init() {}

  /// The formula, each step rounded.
  package var function: Elementwise? { .sparseSigmoid }
}
