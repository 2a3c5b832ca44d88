package import NNKernels

/// The continuously differentiable exponential unit: `y = x` where `x >= 0`, else
/// `alpha * expm1(x / alpha)`.
///
/// | value  | shape | notes             |
/// |--------|-------|-------------------|
/// | input  | any   | f32 or f64        |
/// | output | same  | same element type |
///
/// - Source: Keras 3 `celu`; ONNX `Celu`; PyTorch `CELU`.
public struct CELU: ElementwiseLayer, FunctionLayer {
  /// `celu`
  public static let kind = "celu"
  /// The settings.
  public static let fields: [Field<CELU>] = [
    Field("alpha", \.alpha, default: 1, "the size of the limit below: `y` tends to `-alpha`")
  ]
  /// Each step is rounded; expm1 in f64 is near, not exact.
  public static let precision = Precision.rounding(f32: 3, f64: 4)

  /// The size of the limit below: `y` tends to `-alpha`.
  public var alpha: Finite = 1

  /// The layer at its default.
  public init() {}

  /// The layer with the given setting.
  public init(alpha: Finite) {
    self.alpha = alpha
  }

  /// The formula, each step rounded.
  package var function: Elementwise? { .celu(alpha: alpha.value) }
}
