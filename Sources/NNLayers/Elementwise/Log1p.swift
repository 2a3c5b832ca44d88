package import NNKernels

/// The natural logarithm of one more: `y = log(1 + x)`, without the loss of small `x` beside 1.
///
/// | value  | shape | notes             |
/// |--------|-------|-------------------|
/// | input  | any   | f32 or f64        |
/// | output | same  | same element type |
///
/// -infinity at -1, NaN below.
///
/// - Source: Keras 3 `keras.ops.log1p`; NumPy `np.log1p`.
public struct Log1p: ElementwiseLayer, FunctionLayer {
  /// `log1p`
  public static let kind = "log1p"
  /// The nearest number in f32, and within one unit in f64.
  public static let precision = Precision.rounding(f32: 0, f64: 1)

  /// The layer, which has no settings.
  public init() {}

  /// The function, rounded once in f32.
  package var function: Elementwise? { .log1p }
}
