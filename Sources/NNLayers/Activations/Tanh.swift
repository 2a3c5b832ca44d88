public import NNFormat
import NNKernels

/// The hyperbolic tangent: `y = tanh(x)`.
///
/// | value  | shape | notes             |
/// |--------|-------|-------------------|
/// | input  | any   | f32 or f64        |
/// | output | same  | same element type |
///
/// - Source: Keras 3 and Keras 2 `tanh`; ONNX `Tanh`.
public struct Tanh: ElementwiseLayer {
  /// `tanh`
  public static let kind = "tanh"

  /// The layer, which has no settings.
  public init() {}

  /// The formula, each step rounded.
  public func apply(_ type: DataType, from x: UnsafeRawPointer, to y: UnsafeMutableRawPointer, count: Int) {
    Elementwise.tanh.run(FloatType(type), from: x, to: y, count: count)
  }
}
