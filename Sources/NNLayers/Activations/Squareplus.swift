package import NNKernels

/// A smooth rectifier without exponentials: `y = 0.5 * (x + sqrt(x * x + b))`.
///
/// | value  | shape | notes             |
/// |--------|-------|-------------------|
/// | input  | any   | f32 or f64        |
/// | output | same  | same element type |
///
/// - Source: Keras 3 `squareplus`; Barron, "Squareplus" (2021).
public struct Squareplus: ElementwiseLayer, FunctionLayer {
  /// `squareplus`
  public static let kind = "squareplus"
  /// The settings.
  public static let fields: [Field<Squareplus>] = [
    Field("b", \.b, default: 4, "how round the corner at 0 is; 0 gives the rectifier")
  ]

  /// How round the corner at 0 is; 0 gives the rectifier.
  public var b: Finite = 4

  /// The layer at its default.
  public init() {}

  /// The layer with the given setting.
  public init(b: Finite) {
    self.b = b
  }

  /// The formula, each step rounded.
  package var function: Elementwise? { .squareplus(b: b.value) }
}
