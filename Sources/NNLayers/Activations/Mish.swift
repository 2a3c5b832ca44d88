package import NNKernels

/// A smooth unit: `y = x * tanh(softplus(x))`, with `softplus` as the kind of that name has it.
///
/// | value  | shape | notes             |
/// |--------|-------|-------------------|
/// | input  | any   | f32 or f64        |
/// | output | same  | same element type |
///
/// - Source: Keras 3 `mish`; ONNX `Mish`.
public struct Mish: ElementwiseLayer, FunctionLayer {
  /// `mish`
  public static let kind = "mish"
  /// Each step is rounded; the elementary functions in f64 are near, not exact.
  public static let precision = Precision.rounding(f32: 4, f64: 6)

  /// The layer, which has no settings.
  public init() {}

  /// The formula, each step rounded.
  package var function: Elementwise? { .mish }
}
