package import NNKernels

/// The Gaussian error unit: `y = x * (0.5 * (erf(x / sqrt(2)) + 1))`, or its approximation by tanh.
///
/// | value  | shape | notes             |
/// |--------|-------|-------------------|
/// | input  | any   | f32 or f64        |
/// | output | same  | same element type |
///
/// With `approximate` `tanh`, `y = x * (0.5 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x * x * x))))`.
///
/// - Source: Keras 3 `gelu` (`approximate` false is `none`, true is `tanh`); ONNX `Gelu`.
public struct GELU: ElementwiseLayer, FunctionLayer {
  /// The two forms.
  public enum Approximation: String, FieldChoice {
    /// The exact form, with erf.
    case none
    /// The approximation with tanh.
    case tanh
  }

  /// `gelu`
  public static let kind = "gelu"
  /// The settings.
  public static let fields: [Field<GELU>] = [
    Field("approximate", \.approximate, default: .none, "the exact form, or the approximation with tanh")
  ]
  /// Each step is rounded; erf in f64 is near, not exact.
  public static let precision = Precision.cancelling(f32: 3, f64: 4)

  /// Which of the two forms it is.
  public var approximate = Approximation.none

  /// The exact form.
  public init() {}

  /// The given form.
  public init(approximate: Approximation) {
    self.approximate = approximate
  }

  /// The formula, each step rounded.
  package var function: Elementwise? { approximate == .tanh ? .geluTanh : .gelu }
}
