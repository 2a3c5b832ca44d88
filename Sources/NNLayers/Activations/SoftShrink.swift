package import NNKernels

/// Moves towards 0 by a threshold, and drops what is nearer: `y = x - threshold` where
/// `x > threshold`, `x + threshold` where `x < -threshold`, else 0.
///
/// | value  | shape | notes             |
/// |--------|-------|-------------------|
/// | input  | any   | f32 or f64        |
/// | output | same  | same element type |
///
/// A NaN stays one.
///
/// - Source: Keras 3 `soft_shrink` with its `threshold`; PyTorch `Softshrink`; ONNX `Shrink` with `bias` equal to `lambd`.
public struct SoftShrink: ElementwiseLayer, FunctionLayer {
  /// `soft_shrink`
  public static let kind = "soft_shrink"
  /// The settings.
  public static let fields: [Field<SoftShrink>] = [
    Field(
      "threshold", \.threshold, default: 0.5,
      "the distance from 0 up to which elements are dropped, and by which others move")
  ]

  /// The distance from 0 up to which elements are dropped, and by which others move.
  public var threshold: Finite = 0.5

  /// The layer at its default.
  public init() {}

  /// The layer with the given setting.
  public init(threshold: Finite) {
    self.threshold = threshold
  }

  /// The formula, each step rounded.
  package var function: Elementwise? { .shrink(threshold: threshold.value, bias: threshold.value) }
}
