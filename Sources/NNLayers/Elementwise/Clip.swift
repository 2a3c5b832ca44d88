package import NNKernels

/// Limits on both sides: `y = min(max(x, min), max)`.
///
/// | value  | shape | notes             |
/// |--------|-------|-------------------|
/// | input  | any   | f32 or f64        |
/// | output | same  | same element type |
///
/// A side without a limit is open. Where `min > max` everything is `max`. A NaN stays one.
///
/// - Source: ONNX `Clip`; Keras 3 `keras.ops.clip`; NumPy `np.clip`.
public struct Clip: ElementwiseLayer, FunctionLayer {
  /// `clip`
  public static let kind = "clip"
  /// The settings.
  public static let fields: [Field<Clip>] = [
    Field("min", \.min, default: -.infinity, "the lower limit; -Infinity if that side is open"),
    Field("max", \.max, default: .infinity, "the upper limit; Infinity if that side is open"),
  ]

  /// The lower limit; -Infinity if that side is open.
  public var min: Bound = -.infinity
  /// The upper limit; Infinity if that side is open.
  public var max: Bound = .infinity

  /// The layer at its defaults.
  public init() {}

  /// The layer with the given settings.
  public init(min: Bound = -.infinity, max: Bound = .infinity) {
    self.min = min
    self.max = max
  }

  /// The formula, which rounds nothing but the limits.
  package var function: Elementwise? { .clip(from: min.value, to: max.value) }
}
