import NNFormat
import NNKernels

/// Huber's loss, squared near the target and linear far from it, averaged along the last dimension.
///
/// | value   | shape      | notes                       |
/// |---------|------------|-----------------------------|
/// | input 0 | `[..., n]` | predictions, f32 or f64     |
/// | input 1 | `[..., n]` | targets, same element type  |
/// | output  | `[...]`    | same element type           |
///
/// With e = p - t a term is `0.5 · (e · e)` where `|e| <= delta`, else `delta · |e| - 0.5 · (delta · delta)`.
///
/// - Source: Keras 3 and Keras 2 `huber`, `Huber`; P. J. Huber, 1964.
public struct Huber: LossLayer {
  /// `huber`
  public static let kind = "huber"
  /// The settings.
  public static let fields: [Field<Huber>] = [
    Field("delta", \.delta, default: 1.0, "the distance from which the loss is linear")
  ]
  /// What becomes of the terms.
  public static let reduction = LossReduction.mean

  /// The distance from which the loss is linear.
  public var delta: Amount = 1.0

  /// The loss that is linear from a distance of 1 on.
  public init() {}

  /// The loss that is linear from the given distance on.
  public init(delta: Amount) {
    self.delta = delta
  }

  /// The terms.
  public func terms<Scalar: LossScalar>(_ part: LossPart<Scalar>) {
    let (p, t) = (part.predictions, part.sameTargets)
    let delta = Scalar(delta.value)
    let offset = (delta * delta) / 2
    for index in 0..<part.count {
      let error = p[index] - t[index]
      let size = error.magnitude
      part.terms[index] = size <= delta ? (error * error) / 2 : delta * size - offset
    }
  }
}
