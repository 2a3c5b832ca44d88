/// Whether the elements of one value are at most those of another: `y = x0 <= x1`.
///
/// | value  | shape       | notes                                                                              |
/// |--------|-------------|------------------------------------------------------------------------------------|
/// | inputs | any         | two that broadcast, both of the same type: f32, f64, an integer type or bool       |
/// | output | their union | bool                                                                               |
///
/// Inputs broadcast as NumPy's do. Comparisons with NaN are false; false is below true.
///
/// - Source: ONNX `LessOrEqual`; NumPy `np.less_equal`; Keras 3 `keras.ops.less_equal`.
public struct LessEqual: ComparisonLayer {
  /// `less_equal`
  public static let kind = "less_equal"

  /// The layer, which has no settings.
  public init() {}

  @inline(__always)
  static func holds<Element: Comparable>(_ left: Element, _ right: Element) -> Bool { left <= right }
}
