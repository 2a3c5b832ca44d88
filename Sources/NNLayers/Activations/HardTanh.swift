public import NNFormat
import NNKernels

/// A piecewise hyperbolic tangent: `y = min(max(x, -1), 1)`.
///
/// | value  | shape | notes             |
/// |--------|-------|-------------------|
/// | input  | any   | f32 or f64        |
/// | output | same  | same element type |
///
/// - Source: Keras 3 `hard_tanh`; PyTorch `Hardtanh` at its defaults.
public struct HardTanh: ElementwiseLayer {
  /// `hard_tanh`
  public static let kind = "hard_tanh"

  /// The layer, which has no settings.
  public init() {}

  /// The formula, which rounds nothing.
  public func apply(_ type: DataType, from x: UnsafeRawPointer, to y: UnsafeMutableRawPointer, count: Int) {
    Elementwise.clip(from: -1, to: 1).run(FloatType(type), from: x, to: y, count: count)
  }
}
