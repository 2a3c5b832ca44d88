import NNFormat
import NNKernels

/// The cosine between prediction and target with the sign changed, so that less is nearer: from -1 to 1.
///
/// | value   | shape      | notes                       |
/// |---------|------------|-----------------------------|
/// | input 0 | `[..., n]` | predictions, f32 or f64     |
/// | input 1 | `[..., n]` | targets, same element type  |
/// | output  | `[...]`    | same element type           |
///
/// `-sum((p / |p|) · (t / |t|))` along the last dimension, where a norm is `sqrt(sum(x · x))` and at least epsilon.
///
/// - Source: Keras 3 `cosine_similarity`, `CosineSimilarity`.
public struct CosineSimilarity: LossLayer {
  /// `cosine_similarity`
  public static let kind = "cosine_similarity"
  /// The settings.
  public static let fields: [Field<CosineSimilarity>] = [
    Field("epsilon", \.epsilon, default: 1e-7, "the least norm that is divided by")
  ]
  /// What becomes of the terms.
  public static let reduction = LossReduction.negatedSum

  /// The least norm that is divided by.
  public var epsilon: Amount = 1e-7

  /// The loss with Keras's epsilon.
  public init() {}

  /// The terms.
  public func terms<Scalar: LossScalar>(_ part: LossPart<Scalar>) {
    let (p, t) = (part.predictions, part.sameTargets)
    let epsilon = Scalar(epsilon.value)
    for row in 0..<part.rows {
      let start = row * part.extent
      let pNorm = Swift.max(norm(p + start, part, start), epsilon)
      let tNorm = Swift.max(norm(t + start, part, start), epsilon)
      for index in start..<start + part.extent { part.terms[index] = (p[index] / pNorm) * (t[index] / tNorm) }
    }
  }

  private func norm<Scalar: LossScalar>(_ x: UnsafePointer<Scalar>, _ part: LossPart<Scalar>, _ start: Int) -> Scalar {
    for index in 0..<part.extent { part.terms[start + index] = x[index] * x[index] }
    var sum: Scalar = 0
    withUnsafeMutablePointer(to: &sum) {
      NNKernels.Reduction.sum.run(
        FloatType(Scalar.dataType), outer: 1, axis: part.extent, from: part.terms + start, to: $0)
    }
    return sum.squareRoot()
  }
}
