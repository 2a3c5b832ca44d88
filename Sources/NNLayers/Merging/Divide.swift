/// The quotient of two values: `y = x0 / x1`.
///
/// | value  | shape       | notes                                         |
/// |--------|-------------|-----------------------------------------------|
/// | inputs | any         | two that broadcast, f32 or f64, both the same |
/// | output | their union | same element type                             |
///
/// Inputs broadcast as NumPy's do: shapes are aligned at their ends, and an extent of 1 is repeated.
/// A division by zero gives an infinity, or NaN for 0 / 0.
///
/// - Source: ONNX `Div` of floats; NumPy `x0 / x1`; Keras 3 `keras.ops.divide`.
public struct Divide: MergingLayer {
  /// `divide`
  public static let kind = "divide"
  static let isPair = true

  /// The layer, which has no settings.
  public init() {}

  /// The formula, element by element.
  public func forward(_ values: borrowing LayerValues) {
    merge(values, { $0 / $1 }, { $0 / $1 })
  }
}
