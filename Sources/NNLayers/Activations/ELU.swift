package import NNKernels

/// The exponential unit: `y = x` where `x >= 0`, else `alpha * expm1(x)`.
///
/// | value  | shape | notes             |
/// |--------|-------|-------------------|
/// | input  | any   | f32 or f64        |
/// | output | same  | same element type |
///
/// - Source: Keras 3 and Keras 2 `elu`; ONNX `Elu`.
public struct ELU: ElementwiseLayer, FunctionLayer {
  /// `elu`
  public static let kind = "elu"
  /// The settings.
  public static let fields: [Field<ELU>] = [
    Field("alpha", \.alpha, default: 1, "the size of the limit below: `y` tends to `-alpha`")
  ]
  /// Each step is rounded; the elementary functions in f64 are near, not exact.
  public static let precision = Precision.rounding(f32: 2, f64: 3)

  /// The size of the limit below.
  public var alpha: Finite = 1

  /// The layer at its default.
  public init() {}

  /// The layer with the given setting.
  public init(alpha: Finite) {
    self.alpha = alpha
  }

  /// The formula, each step rounded.
  package var function: Elementwise? { .elu(alpha: alpha.value) }
}
