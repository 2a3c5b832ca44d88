package import NNKernels

/// A piecewise sigmoid: `y = clip(x / 6 + 0.5, 0, 1)` as in Keras 3, or `y = clip(0.2 * x + 0.5, 0, 1)` as in Keras 2.
///
/// | value  | shape | notes             |
/// |--------|-------|-------------------|
/// | input  | any   | f32 or f64        |
/// | output | same  | same element type |
///
/// Keras changed the formula under the same name, so a file says which one it means.
///
/// - Source: Keras 3 `hard_sigmoid` (`keras3`); Keras 2 `hard_sigmoid` (`keras2`); ONNX `HardSigmoid`, whose defaults `alpha` 0.2
///   and `beta` 0.5 are `keras2`.
public struct HardSigmoid: ElementwiseLayer, FunctionLayer {
  /// The two formulas of that name.
  public enum Definition: String, FieldChoice {
    /// `clip(0.2 * x + 0.5, 0, 1)`.
    case keras2
    /// `clip(x / 6 + 0.5, 0, 1)`.
    case keras3
  }

  /// `hard_sigmoid`
  public static let kind = "hard_sigmoid"
  /// The settings.
  public static let fields: [Field<HardSigmoid>] = [
    Field("definition", \.definition, "which of the two formulas it is")
  ]

  /// Which of the two formulas it is.
  public var definition = Definition.keras3

  /// The formula of Keras 3.
  public init() {}

  /// The given formula.
  public init(definition: Definition) {
    self.definition = definition
  }

  /// The formula, each step rounded.
  package var function: Elementwise? { definition == .keras2 ? .hardSigmoidKeras2 : .hardSigmoidKeras3 }
}
