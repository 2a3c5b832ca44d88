/// The difference of two values: `y = x0 - x1`.
///
/// | value  | shape       | notes                                         |
/// |--------|-------------|-----------------------------------------------|
/// | inputs | any         | two that broadcast, f32 or f64, both the same |
/// | output | their union | same element type                             |
///
/// Inputs broadcast as NumPy's do: shapes are aligned at their ends, and an extent of 1 is repeated.
///
/// - Source: Keras 3 and Keras 2 `Subtract`; ONNX `Sub`; NumPy `x0 - x1`.
public struct Subtract: MergingLayer {
  /// `subtract`
  public static let kind = "subtract"
  static let isPair = true

  /// The layer, which has no settings.
  public init() {}

  /// The formula, element by element.
  public func forward(_ values: borrowing LayerValues) {
    merge(values, { $0 - $1 }, { $0 - $1 })
  }
}
