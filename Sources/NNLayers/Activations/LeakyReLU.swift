package import NNKernels

/// The rectifier with a slope below zero: `y = x` where `x >= 0`, else `negative_slope * x`.
///
/// | value  | shape | notes             |
/// |--------|-------|-------------------|
/// | input  | any   | f32 or f64        |
/// | output | same  | same element type |
///
/// The default is that of the layer in Keras 3; the function there has 0.2, and ONNX has 0.01, so importers
/// write it out.
///
/// - Source: Keras 3 `LeakyReLU`; Keras 2 `LeakyReLU` with its `alpha`; ONNX `LeakyRelu` with its `alpha`.
public struct LeakyReLU: ElementwiseLayer, FunctionLayer {
  /// `leaky_relu`
  public static let kind = "leaky_relu"
  /// The settings.
  public static let fields: [Field<LeakyReLU>] = [
    Field("negative_slope", \.negativeSlope, default: 0.3, "the factor of inputs below 0")
  ]

  /// The factor of inputs below 0.
  public var negativeSlope: Finite = 0.3

  /// The layer at its default.
  public init() {}

  /// The layer with the given setting.
  public init(negativeSlope: Finite) {
    self.negativeSlope = negativeSlope
  }

  /// The formula, each step rounded.
  package var function: Elementwise? { .leakyReLU(slope: negativeSlope.value) }
}
