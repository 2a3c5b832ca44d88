/// Whether the elements of one value are different from those of another: `y = x0 != x1`.
///
/// | value  | shape       | notes                                                                              |
/// |--------|-------------|------------------------------------------------------------------------------------|
/// | inputs | any         | two that broadcast, both of the same type: f32, f64, an integer type or bool       |
/// | output | their union | bool                                                                               |
///
/// Inputs broadcast as NumPy's do. Comparisons with NaN are true; false is below true.
///
/// - Source: ONNX `Not` of `Equal`; NumPy `np.not_equal`; Keras 3 `keras.ops.not_equal`.
public struct NotEqual: ComparisonLayer {
  /// `not_equal`
  public static let kind = "not_equal"

  /// The layer, which has no settings.
  public init() {}

  @inline(__always)
  static func holds<Element: Comparable>(_ left: Element, _ right: Element) -> Bool { left != right }
}
