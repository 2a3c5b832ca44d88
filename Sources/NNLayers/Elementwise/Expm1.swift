package import NNKernels

/// The exponential function less one: `y = exp(x) - 1`, without the loss of small results beside 1.
///
/// | value  | shape | notes             |
/// |--------|-------|-------------------|
/// | input  | any   | f32 or f64        |
/// | output | same  | same element type |
///
/// - Source: Keras 3 `keras.ops.expm1`; NumPy `np.expm1`.
public struct Expm1: ElementwiseLayer, FunctionLayer {
  /// `expm1`
  public static let kind = "expm1"
  /// The nearest number in f32, and within one unit in f64.
  public static let precision = Precision.rounding(f32: 0, f64: 1)

  /// The layer, which has no settings.
  public init() {}

  /// The function, rounded once in f32.
  package var function: Elementwise? { .expm1 }
}
