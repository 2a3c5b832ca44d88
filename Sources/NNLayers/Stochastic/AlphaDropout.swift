public import NNFormat

/// Drops elements at random in a run with a seed so that mean and variance stay those that `selu` aims at; without one `y = x`.
///
/// | value  | shape | notes             |
/// |--------|-------|-------------------|
/// | input  | any   | f32 or f64        |
/// | output | same  | same element type |
///
/// With p = -1.0507009873554804934193349852946 · 1.6732632423543772848170429916717, a = 1 / sqrt((1 - rate) · (1 + rate · p²))
/// and b = -a · p · rate, all in f64 and then rounded to the element type, a kept element becomes a · x + b, a dropped one
/// a · p + b, each step rounded. Draws and `noise_shape` are those of `dropout`.
///
/// - Source: Keras 3 and Keras 2 `AlphaDropout`; G. Klambauer and others, "Self-normalizing neural networks", 2017.
public struct AlphaDropout: DropLayer {
  /// `alpha_dropout`
  public static let kind = "alpha_dropout"
  /// The settings.
  public static let fields: [Field<AlphaDropout>] = [
    Field("rate", \.rate, "the share of elements that are dropped, below 1"),
    Field(
      "noise_shape", \.noiseShape, default: [],
      "for each axis 1 where its places share a draw, else -1 or its extent; without it each element has its own"),
  ]

  /// The share of elements that are dropped.
  public var rate: Share = 0.5
  /// For each axis -1 where every place draws of its own, 1 where all share a draw, or the extent; empty for -1 everywhere.
  public var noiseShape: [Int] = []

  /// A layer that drops half of the elements.
  public init() {}

  /// A layer that drops the given share.
  public init(rate: Share, noiseShape: [Int] = []) {
    self.rate = rate
    self.noiseShape = noiseShape
  }

  /// The input's type.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    let outputs = try outputsOfDropping(inputs)
    try rate.requireBelowOne()
    return outputs
  }

  /// The affine map that brings mean and variance back.
  public var change: DropChange {
    let p = -1.6732632423543772848170429916717 * 1.0507009873554804934193349852946
    let a = 1 / ((1 - rate.value) * (1 + rate.value * (p * p))).squareRoot()
    return DropChange(scale: a, shift: -a * p * rate.value, dropped: p)
  }
}

extension Share {
  /// Demands that something is left, where the formula divides by 1 - rate.
  func requireBelowOne() throws(ModelError) {
    guard value < 1 else {
      throw ModelError(LayerProblem.badSetting(reason: "must be below 1, found 1"), at: .field("rate"))
    }
  }
}
