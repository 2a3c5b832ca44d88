package import NNKernels

/// The logarithm of the sigmoid: `y = -softplus(-x)`, which is `log(1 / (1 + exp(-x)))`.
///
/// | value  | shape | notes             |
/// |--------|-------|-------------------|
/// | input  | any   | f32 or f64        |
/// | output | same  | same element type |
///
/// - Source: Keras 3 `log_sigmoid`; PyTorch `LogSigmoid`.
public struct LogSigmoid: ElementwiseLayer, FunctionLayer {
  /// `log_sigmoid`
  public static let kind = "log_sigmoid"
  /// Each step is rounded; the elementary functions in f64 are near, not exact.
  public static let precision = Precision.rounding(f32: 2, f64: 3)

  /// The layer, which has no settings.
  public init() {}

  /// The formula, each step rounded.
  package var function: Elementwise? { .logSigmoid }
}
