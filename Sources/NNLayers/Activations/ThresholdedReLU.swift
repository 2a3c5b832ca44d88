package import NNKernels

/// The rectifier with a threshold: `y = 0` where `x <= alpha`, else `x`.
///
/// | value  | shape | notes             |
/// |--------|-------|-------------------|
/// | input  | any   | f32 or f64        |
/// | output | same  | same element type |
///
/// - Source: ONNX `ThresholdedRelu`; Keras 2 `ThresholdedReLU` with its `theta`.
public struct ThresholdedReLU: ElementwiseLayer, FunctionLayer {
  /// `thresholded_relu`
  public static let kind = "thresholded_relu"
  /// The settings.
  public static let fields: [Field<ThresholdedReLU>] = [
    Field("alpha", \.alpha, default: 1, "the threshold, which is itself below")
  ]

  /// The threshold, which is itself below.
  public var alpha: Finite = 1

  /// The layer at its default.
  public init() {}

  /// The layer with the given setting.
  public init(alpha: Finite) {
    self.alpha = alpha
  }

  /// The formula, which rounds nothing but the threshold.
  package var function: Elementwise? { .threshold(alpha.value, otherwise: 0) }
}
