public import NNFormat
import NNKernels

/// The square root: `y = sqrt(x)`.
///
/// | value  | shape | notes             |
/// |--------|-------|-------------------|
/// | input  | any   | f32 or f64        |
/// | output | same  | same element type |
///
/// NaN where `x < 0`; -0 stays -0.
///
/// - Source: ONNX `Sqrt`; Keras 3 `keras.ops.sqrt`.
public struct Sqrt: ElementwiseLayer {
  /// `sqrt`
  public static let kind = "sqrt"

  /// The layer, which has no settings.
  public init() {}

  /// One operation, rounded once.
  public func apply(_ type: DataType, from x: UnsafeRawPointer, to y: UnsafeMutableRawPointer, count: Int) {
    Elementwise.sqrt.run(FloatType(type), from: x, to: y, count: count)
  }
}
