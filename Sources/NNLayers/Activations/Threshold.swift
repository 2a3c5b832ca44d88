package import NNKernels

/// Replaces what does not exceed a threshold: `y = value` where `x <= threshold`, else `x`.
///
/// | value  | shape | notes             |
/// |--------|-------|-------------------|
/// | input  | any   | f32 or f64        |
/// | output | same  | same element type |
///
/// A NaN stays one.
///
/// - Source: Keras 3 `threshold` with its `threshold_value` and `value`; PyTorch `Threshold`.
public struct Threshold: ElementwiseLayer, FunctionLayer {
  /// `threshold`
  public static let kind = "threshold"
  /// The settings.
  public static let fields: [Field<Threshold>] = [
    Field("threshold", \.threshold, "the threshold, which is itself replaced"),
    Field("value", \.value, "what stands in for the elements up to the threshold"),
  ]

  /// The threshold, which is itself replaced.
  public var threshold: Finite = 0
  /// What stands in for the elements up to the threshold.
  public var value: Finite = 0

  /// The layer at its defaults.
  public init() {}

  /// The layer with the given settings.
  public init(threshold: Finite, value: Finite) {
    self.threshold = threshold
    self.value = value
  }

  /// The formula, which rounds nothing but the settings.
  package var function: Elementwise? { .threshold(threshold.value, otherwise: value.value) }
}
