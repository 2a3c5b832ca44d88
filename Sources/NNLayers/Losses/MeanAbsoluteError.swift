import NNKernels

/// The mean absolute error: `mean(|p - t|)` along the last dimension.
///
/// | value   | shape      | notes                       |
/// |---------|------------|-----------------------------|
/// | input 0 | `[..., n]` | predictions, f32 or f64     |
/// | input 1 | `[..., n]` | targets, same element type  |
/// | output  | `[...]`    | same element type           |
///
/// - Source: Keras 3 and Keras 2 `mean_absolute_error`, `MeanAbsoluteError`.
public struct MeanAbsoluteError: LossLayer {
  /// `mean_absolute_error`
  public static let kind = "mean_absolute_error"
  /// What becomes of the terms.
  public static let reduction = LossReduction.mean

  /// The layer, which has no settings.
  public init() {}

  /// The terms.
  public func terms<Scalar: LossScalar>(_ part: LossPart<Scalar>) {
    let (p, t) = (part.predictions, part.sameTargets)
    for index in 0..<part.count {
      part.terms[index] = (p[index] - t[index]).magnitude
    }
  }
}
