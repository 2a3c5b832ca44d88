public import NNFormat
import NNKernels

/// The nearest integer, of two equally near ones the even one: `y = round(x)`.
///
/// | value  | shape | notes             |
/// |--------|-------|-------------------|
/// | input  | any   | f32 or f64        |
/// | output | same  | same element type |
///
/// A zero result keeps the sign of `x`.
///
/// - Source: ONNX `Round`; Keras 3 `keras.ops.round`; NumPy `np.rint`.
public struct Round: ElementwiseLayer {
  /// `round`
  public static let kind = "round"

  /// The layer, which has no settings.
  public init() {}

  /// The function.
  public func apply(_ type: DataType, from x: UnsafeRawPointer, to y: UnsafeMutableRawPointer, count: Int) {
    Elementwise.round.run(FloatType(type), from: x, to: y, count: count)
  }
}
