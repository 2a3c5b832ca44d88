package import NNKernels

/// The natural logarithm: `y = log(x)`.
///
/// | value  | shape | notes             |
/// |--------|-------|-------------------|
/// | input  | any   | f32 or f64        |
/// | output | same  | same element type |
///
/// -infinity at 0, NaN below.
///
/// - Source: ONNX `Log`; Keras 3 `keras.ops.log`; NumPy `np.log`, whose bits it has in f32.
public struct Log: ElementwiseLayer, FunctionLayer {
  /// `log`
  public static let kind = "log"
  /// NumPy's arithmetic in f32, within one unit in f64.
  public static let precision = Precision.rounding(f32: 4, f64: 1)

  /// The layer, which has no settings.
  public init() {}

  /// The function, as `spec/numerics.md` defines it.
  package var function: Elementwise? { .logarithm }
}
