import NNFormat
import NNKernels

/// The mean of `p - t · log(p + epsilon)` along the last dimension.
///
/// | value   | shape      | notes                       |
/// |---------|------------|-----------------------------|
/// | input 0 | `[..., n]` | predictions, f32 or f64     |
/// | input 1 | `[..., n]` | targets, same element type  |
/// | output  | `[...]`    | same element type           |
///
/// - Source: Keras 3 and Keras 2 `poisson`, `Poisson`.
public struct Poisson: LossLayer {
  /// `poisson`
  public static let kind = "poisson"
  /// The settings.
  public static let fields: [Field<Poisson>] = [
    Field("epsilon", \.epsilon, default: 1e-7, "what keeps the logarithm's argument from 0")
  ]
  /// What becomes of the terms.
  public static let reduction = LossReduction.mean

  /// What keeps the logarithm's argument from 0.
  public var epsilon: Amount = 1e-7

  /// The loss with Keras's epsilon.
  public init() {}

  /// The terms.
  public func terms<Scalar: LossScalar>(_ part: LossPart<Scalar>) {
    let (p, t) = (part.predictions, part.sameTargets)
    let epsilon = Scalar(epsilon.value)
    for index in 0..<part.count { part.terms[index] = p[index] + epsilon }
    part.apply(.logarithm, part.terms, to: part.terms)
    for index in 0..<part.count { part.terms[index] = p[index] - t[index] * part.terms[index] }
  }
}
