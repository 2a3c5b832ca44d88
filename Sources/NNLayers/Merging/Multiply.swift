/// The product of values: `y = x0 * x1 * ...`.
///
/// | value  | shape       | notes                                                |
/// |--------|-------------|------------------------------------------------------|
/// | inputs | any         | two or more that broadcast, f32 or f64, all the same |
/// | output | their union | same element type                                    |
///
/// Inputs broadcast as NumPy's do: shapes are aligned at their ends, and an extent of 1 is repeated.
/// Further inputs are multiplied in order.
///
/// - Source: Keras 3 and Keras 2 `Multiply`; ONNX `Mul`; NumPy `x0 * x1`.
public struct Multiply: MergingLayer {
  /// `multiply`
  public static let kind = "multiply"
  static let isPair = false

  /// The layer, which has no settings.
  public init() {}

  /// The product, one input after another.
  public func forward(_ values: borrowing LayerValues) {
    merge(values, { $0 * $1 }, { $0 * $1 })
  }
}
