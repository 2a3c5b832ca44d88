/// Whether the elements of one value are less than those of another: `y = x0 < x1`.
///
/// | value  | shape       | notes                                                                              |
/// |--------|-------------|------------------------------------------------------------------------------------|
/// | inputs | any         | two that broadcast, both of the same type: f32, f64, an integer type or bool       |
/// | output | their union | bool                                                                               |
///
/// Inputs broadcast as NumPy's do. Comparisons with NaN are false; false is below true.
///
/// - Source: ONNX `Less`; NumPy `np.less`; Keras 3 `keras.ops.less`.
public struct Less: ComparisonLayer {
  /// `less`
  public static let kind = "less"

  /// The layer, which has no settings.
  public init() {}

  @inline(__always)
  static func holds<Element: Comparable>(_ left: Element, _ right: Element) -> Bool { left < right }
}
