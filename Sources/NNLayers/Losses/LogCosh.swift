import NNKernels

/// The mean of `log(cosh(p - t))` along the last dimension.
///
/// | value   | shape      | notes                       |
/// |---------|------------|-----------------------------|
/// | input 0 | `[..., n]` | predictions, f32 or f64     |
/// | input 1 | `[..., n]` | targets, same element type  |
/// | output  | `[...]`    | same element type           |
///
/// A term is `(x + log1p(exp(-2 · x))) - log(2)` with x = |p - t|, each step rounded: below 1 its error is that of numbers
/// around 1.
///
/// - Source: Keras 3 and Keras 2 `log_cosh`, `LogCosh`.
public struct LogCosh: LossLayer {
  /// `log_cosh`
  public static let kind = "log_cosh"
  /// What becomes of the terms.
  public static let reduction = LossReduction.mean
  /// What the terms need besides their own memory.
  public static let workPerElement = 1

  /// The layer, which has no settings.
  public init() {}

  /// The terms.
  public func terms<Scalar: LossScalar>(_ part: LossPart<Scalar>) {
    let (p, t) = (part.predictions, part.sameTargets)
    for index in 0..<part.count {
      let size = (p[index] - t[index]).magnitude
      part.work[index] = size
      part.terms[index] = -2 * size
    }
    part.apply(.exponential, part.terms, to: part.terms)
    part.apply(.log1p, part.terms, to: part.terms)
    let log2 = Scalar(0.693147180559945309417)
    for index in 0..<part.count { part.terms[index] = (part.work[index] + part.terms[index]) - log2 }
  }
}
