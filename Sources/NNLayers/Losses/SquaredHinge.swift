import NNFormat
import NNKernels

/// The mean of `max(1 - t · p, 0)²` along the last dimension, with t = -1 or 1.
///
/// | value   | shape      | notes                       |
/// |---------|------------|-----------------------------|
/// | input 0 | `[..., n]` | predictions, f32 or f64     |
/// | input 1 | `[..., n]` | targets, same element type  |
/// | output  | `[...]`    | same element type           |
///
/// With `labels` binary the targets are 0 and 1 and stand for -1 and 1: t is 2 · target - 1. (Keras looks at all targets and
/// takes them for binary if each is 0 or 1.)
///
/// - Source: Keras 3 and Keras 2 `squared_hinge`, `SquaredHinge`.
public struct SquaredHinge: LossLayer {
  /// `squared_hinge`
  public static let kind = "squared_hinge"
  /// The settings.
  public static let fields: [Field<SquaredHinge>] = [
    Field("labels", \.labels, default: .signs, "whether targets are -1 and 1, or 0 and 1")
  ]
  /// What becomes of the terms.
  public static let reduction = LossReduction.mean

  /// Whether targets are -1 and 1, or 0 and 1.
  public var labels: HingeLabels = .signs

  /// The loss for targets of -1 and 1.
  public init() {}

  /// The loss for the given targets.
  public init(labels: HingeLabels) {
    self.labels = labels
  }

  /// Prediction and target lie on one side.
  public var hit: LossHit? { .threshold(prediction: 0, target: labels == .binary ? 0.5 : 0) }

  /// The terms.
  public func terms<Scalar: LossScalar>(_ part: LossPart<Scalar>) {
    let (p, t) = (part.predictions, part.sameTargets)
    let isBinary = labels == .binary
    for index in 0..<part.count {
      let target = isBinary ? 2 * t[index] - 1 : t[index]
      let distance = 1 - target * p[index]
      // A NaN is above nothing and below nothing, and stays.
      let hinge = distance < 0 ? 0 : distance
      part.terms[index] = hinge * hinge
    }
  }
}
