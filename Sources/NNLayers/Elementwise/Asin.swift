public import NNFormat
import NNKernels

/// The angle, from -pi/2 to pi/2, with the given sine: `y = asin(x)`.
///
/// | value  | shape | notes             |
/// |--------|-------|-------------------|
/// | input  | any   | f32 or f64        |
/// | output | same  | same element type |
///
/// NaN where `|x| > 1`.
///
/// - Source: ONNX `Asin`; Keras 3 `keras.ops.arcsin`.
public struct Asin: ElementwiseLayer {
  /// `asin`
  public static let kind = "asin"
  /// The nearest number in f32, and within one unit in f64.
  public static let precision = Precision.rounding(f32: 0, f64: 1)

  /// The layer, which has no settings.
  public init() {}

  /// The function, rounded once.
  public func apply(_ type: DataType, from x: UnsafeRawPointer, to y: UnsafeMutableRawPointer, count: Int) {
    Elementwise.asin.run(FloatType(type), from: x, to: y, count: count)
  }
}
