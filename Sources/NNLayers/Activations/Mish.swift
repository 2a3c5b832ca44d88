public import NNFormat
import NNKernels

/// A smooth unit: `y = x * tanh(softplus(x))`, with `softplus` as the kind of that name has it.
///
/// | value  | shape | notes             |
/// |--------|-------|-------------------|
/// | input  | any   | f32 or f64        |
/// | output | same  | same element type |
///
/// - Source: Keras 3 `mish`; ONNX `Mish`.
public struct Mish: ElementwiseLayer {
  /// `mish`
  public static let kind = "mish"
  /// Each step is rounded; the elementary functions in f64 are near, not exact.
  public static let precision = Precision.rounding(f32: 4, f64: 6)

  /// The layer, which has no settings.
  public init() {}

  /// The formula, each step rounded.
  public func apply(_ type: DataType, from x: UnsafeRawPointer, to y: UnsafeMutableRawPointer, count: Int) {
    Elementwise.mish.run(FloatType(type), from: x, to: y, count: count)
  }
}
