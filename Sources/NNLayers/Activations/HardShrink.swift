package import NNKernels

/// Drops what is near 0: `y = x` where `|x| > threshold`, else 0.
///
/// | value  | shape | notes             |
/// |--------|-------|-------------------|
/// | input  | any   | f32 or f64        |
/// | output | same  | same element type |
///
/// A NaN stays one.
///
/// - Source: Keras 3 `hard_shrink` with its `threshold`; PyTorch `Hardshrink`; ONNX `Shrink` without bias.
public struct HardShrink: ElementwiseLayer, FunctionLayer {
  /// `hard_shrink`
  public static let kind = "hard_shrink"
  /// The settings.
  public static let fields: [Field<HardShrink>] = [
    Field("threshold", \.threshold, default: 0.5, "the distance from 0 up to which elements are dropped")
  ]

  /// The distance from 0 up to which elements are dropped.
  public var threshold: Finite = 0.5

  /// The layer at its default.
  public init() {}

  /// The layer with the given setting.
  public init(threshold: Finite) {
    self.threshold = threshold
  }

  /// The formula, which rounds nothing but the threshold.
  package var function: Elementwise? { .shrink(threshold: threshold.value, bias: 0) }
}
