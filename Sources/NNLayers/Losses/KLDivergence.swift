import NNFormat
import NNKernels

/// The divergence of Kullback and Leibler, `sum(t · log(t / p))` along the last dimension.
///
/// | value   | shape      | notes                       |
/// |---------|------------|-----------------------------|
/// | input 0 | `[..., n]` | predictions, f32 or f64     |
/// | input 1 | `[..., n]` | targets, same element type  |
/// | output  | `[...]`    | same element type           |
///
/// Both are first clipped to [epsilon, 1].
///
/// - Source: Keras 3 and Keras 2 `kl_divergence`, `KLDivergence`.
public struct KLDivergence: LossLayer {
  /// `kl_divergence`
  public static let kind = "kl_divergence"
  /// The settings.
  public static let fields: [Field<KLDivergence>] = [
    Field("epsilon", \.epsilon, default: 1e-7, "the least probability that is used")
  ]
  /// What becomes of the terms.
  public static let reduction = LossReduction.sum

  /// The least probability that is used.
  public var epsilon: Amount = 1e-7

  /// The loss with Keras's epsilon.
  public init() {}

  /// The greatest probabilities meet.
  public var hit: LossHit? { .greatest }

  /// The terms.
  public func terms<Scalar: LossScalar>(_ part: LossPart<Scalar>) {
    let (p, t) = (part.predictions, part.sameTargets)
    let epsilon = Scalar(epsilon.value)
    for index in 0..<part.count {
      part.terms[index] = t[index].clipped(epsilon, 1) / p[index].clipped(epsilon, 1)
    }
    part.apply(.logarithm, part.terms, to: part.terms)
    for index in 0..<part.count { part.terms[index] = t[index].clipped(epsilon, 1) * part.terms[index] }
  }
}

extension BinaryFloatingPoint {
  /// The number, or the bound that it passes; NaN stays.
  @inline(__always)
  func clipped(_ low: Self, _ high: Self) -> Self { self < low ? low : self > high ? high : self }
}
