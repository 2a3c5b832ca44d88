package import NNKernels

/// Moves towards 0 what is far from it, and drops the rest: `y = x - bias` where `x > lambd`,
/// `x + bias` where `x < -lambd`, else 0.
///
/// | value  | shape | notes             |
/// |--------|-------|-------------------|
/// | input  | any   | f32 or f64        |
/// | output | same  | same element type |
///
/// A NaN stays one.
///
/// - Source: ONNX `Shrink`.
public struct Shrink: ElementwiseLayer, FunctionLayer {
  /// `shrink`
  public static let kind = "shrink"
  /// The settings.
  public static let fields: [Field<Shrink>] = [
    Field("lambd", \.lambd, default: 0.5, "the distance from 0 up to which elements are dropped"),
    Field("bias", \.bias, default: 0, "how far the others move towards 0"),
  ]

  /// The distance from 0 up to which elements are dropped.
  public var lambd: Finite = 0.5
  /// How far the others move towards 0.
  public var bias: Finite = 0

  /// The layer at its defaults.
  public init() {}

  /// The layer with the given settings.
  public init(lambd: Finite = 0.5, bias: Finite = 0) {
    self.lambd = lambd
    self.bias = bias
  }

  /// The formula, each step rounded.
  package var function: Elementwise? { .shrink(threshold: lambd.value, bias: bias.value) }
}
