import NNFormat

/// Drops elements at random in a run with a seed, `y = x / (1 - rate)` or 0, and is the identity in a run without: `y = x`.
///
/// | value  | shape | notes             |
/// |--------|-------|-------------------|
/// | input  | any   | f32 or f64        |
/// | output | same  | same element type |
///
/// One uniform number is drawn for each element in row-major order (`spec/numerics.md`); an element whose number is at least
/// `rate` is kept and multiplied by 1 / (1 - rate), computed in f64 and rounded. Where `noise_shape` has 1, all places along
/// that axis share a draw: [-1, 1, 7] for an input [N, 5, 7] drops whole channels, as Keras's `SpatialDropout1D` does.
///
/// - Source: Keras 3 and Keras 2 `Dropout`, `SpatialDropout1D` to `3D`; ONNX `Dropout`.
public struct Dropout: DropLayer {
  /// `dropout`
  public static let kind = "dropout"
  /// The settings.
  public static let fields: [Field<Dropout>] = [
    Field("rate", \.rate, "the share of elements that are dropped"),
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

  /// Kept elements grow, so that the mean stays.
  public var change: DropChange { DropChange(scale: 1 / (1 - rate.value), dropped: 0) }
}
