public import NNFormat
import NNKernels

/// A piecewise silu: `y = x * clip(x / 6 + 0.5, 0, 1)`.
///
/// | value  | shape | notes             |
/// |--------|-------|-------------------|
/// | input  | any   | f32 or f64        |
/// | output | same  | same element type |
///
/// - Source: Keras 3 `hard_silu`, `hard_swish`; ONNX `HardSwish`.
public struct HardSwish: ElementwiseLayer {
  /// `hard_swish`
  public static let kind = "hard_swish"

  /// The layer, which has no settings.
  public init() {}

  /// The formula, each step rounded.
  public func apply(_ type: DataType, from x: UnsafeRawPointer, to y: UnsafeMutableRawPointer, count: Int) {
    Elementwise.hardSwish.run(FloatType(type), from: x, to: y, count: count)
  }
}
