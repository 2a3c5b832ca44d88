public import NNFormat
import NNKernels

/// The reciprocal: `y = 1 / x`.
///
/// | value  | shape | notes             |
/// |--------|-------|-------------------|
/// | input  | any   | f32 or f64        |
/// | output | same  | same element type |
///
/// - Source: ONNX `Reciprocal`; Keras 3 `keras.ops.reciprocal`.
public struct Reciprocal: ElementwiseLayer {
  /// `reciprocal`
  public static let kind = "reciprocal"

  /// The layer, which has no settings.
  public init() {}

  /// One operation, rounded once.
  public func apply(_ type: DataType, from x: UnsafeRawPointer, to y: UnsafeMutableRawPointer, count: Int) {
    Elementwise.reciprocal.run(FloatType(type), from: x, to: y, count: count)
  }
}
