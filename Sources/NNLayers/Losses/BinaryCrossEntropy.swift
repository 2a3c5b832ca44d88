import NNFormat
import NNKernels

/// The cross-entropy of probabilities of two classes, averaged along the last dimension.
///
/// | value   | shape      | notes                       |
/// |---------|------------|-----------------------------|
/// | input 0 | `[..., n]` | predictions, f32 or f64     |
/// | input 1 | `[..., n]` | targets, same element type  |
/// | output  | `[...]`    | same element type           |
///
/// t is `target · (1 - label_smoothing) + 0.5 · label_smoothing` where label_smoothing is not 0. A term is
///
///     p' = clip(p, epsilon, 1 - epsilon);  -(t · log(p') + (1 - t) · log(1 - p'))     of probabilities
///     (max(p, 0) - p · t) + log1p(exp(-|p|))                                          of logits
///
/// Figures are made of the settings in f64 and rounded to the element type.
///
/// - Source: Keras 3 and Keras 2 `binary_crossentropy`, `BinaryCrossentropy`.
public struct BinaryCrossEntropy: LossLayer {
  /// `binary_cross_entropy`
  public static let kind = "binary_cross_entropy"
  /// The settings.
  public static let fields: [Field<BinaryCrossEntropy>] = [
    Field("from_logits", \.fromLogits, default: false, "whether predictions are logits and not probabilities"),
    Field("label_smoothing", \.labelSmoothing, default: 0.0, "how far targets are moved towards 1/2"),
    Field("epsilon", \.epsilon, default: 1e-7, "how far probabilities are kept from 0 and 1"),
  ]
  /// What becomes of the terms.
  public static let reduction = LossReduction.mean
  /// What the terms need besides their own memory.
  public static let workPerElement = 1

  /// Whether predictions are logits and not probabilities.
  public var fromLogits = false
  /// How far targets are moved towards 1/2.
  public var labelSmoothing: Share = 0.0
  /// How far probabilities are kept from 0 and 1.
  public var epsilon: Share = 1e-7

  /// The loss of probabilities.
  public init() {}

  /// The loss of probabilities or of logits.
  public init(fromLogits: Bool, labelSmoothing: Share = 0.0) {
    self.fromLogits = fromLogits
    self.labelSmoothing = labelSmoothing
  }

  /// Probability and target lie on one side of 1/2.
  public var hit: LossHit? { .threshold(prediction: fromLogits ? 0 : 0.5, target: 0.5) }

  /// The terms.
  public func terms<Scalar: LossScalar>(_ part: LossPart<Scalar>) {
    let p = part.predictions
    if fromLogits {
      for index in 0..<part.count { part.terms[index] = -p[index].magnitude }
      part.apply(.exponential, part.terms, to: part.terms)
      part.apply(.log1p, part.terms, to: part.terms)
      for index in 0..<part.count {
        let positive = p[index] < 0 ? 0 : p[index]
        part.terms[index] = (positive - p[index] * target(part, index)) + part.terms[index]
      }
    } else {
      let (low, high) = (Scalar(epsilon.value), Scalar(1 - epsilon.value))
      for index in 0..<part.count {
        let clipped = p[index].clipped(low, high)
        part.terms[index] = clipped
        part.work[index] = 1 - clipped
      }
      part.apply(.logarithm, part.terms, to: part.terms)
      part.apply(.logarithm, part.work, to: part.work)
      for index in 0..<part.count {
        let t = target(part, index)
        part.terms[index] = -(t * part.terms[index] + (1 - t) * part.work[index])
      }
    }
  }

  @inline(__always)
  private func target<Scalar: LossScalar>(_ part: LossPart<Scalar>, _ index: Int) -> Scalar {
    let target = part.sameTargets[index]
    guard labelSmoothing.value != 0 else { return target }
    return target * Scalar(1 - labelSmoothing.value) + Scalar(0.5 * labelSmoothing.value)
  }
}
