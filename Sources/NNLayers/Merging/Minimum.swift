/// The least of values: `y = min(x0, x1, ...)`.
///
/// | value  | shape       | notes                                                |
/// |--------|-------------|------------------------------------------------------|
/// | inputs | any         | two or more that broadcast, f32 or f64, all the same |
/// | output | their union | same element type                                    |
///
/// Inputs broadcast as NumPy's do: shapes are aligned at their ends, and an extent of 1 is repeated.
/// A NaN in any input gives NaN. `min(x0, x1)` is `x0` where that is less or NaN, else `x1`; further inputs follow in order.
///
/// - Source: Keras 3 and Keras 2 `Minimum`; ONNX `Min`; NumPy `np.minimum`.
public struct Minimum: MergingLayer {
  /// `minimum`
  public static let kind = "minimum"
  static let isPair = false

  /// The layer, which has no settings.
  public init() {}

  /// The least, one input after another.
  public func forward(_ values: borrowing LayerValues) {
    merge(values, { $0 < $1 || $0.isNaN ? $0 : $1 }, { $0 < $1 || $0.isNaN ? $0 : $1 })
  }
}
