/// The index of the greatest element along an axis.
///
/// | value  | shape                             | notes                                  |
/// |--------|-----------------------------------|----------------------------------------|
/// | input  | rank 1 or more                    | f32 or f64, not empty along the axis   |
/// | output | without the axis, or with 1 there | i64                                    |
///
/// Of equal elements the first counts, or with `select_last_index` the last. A NaN counts as the greatest, as in NumPy.
///
/// - Source: ONNX `ArgMax`; NumPy `np.argmax`; Keras 3 `keras.ops.argmax`.
public struct ArgMax: IndexLayer {
  /// `argmax`
  public static let kind = "argmax"
  /// The settings.
  public static let fields: [Field<ArgMax>] = indexFields(\.axis, \.keepdims, \.selectLastIndex)

  /// The axis along which it looks.
  public var axis: Axis = -1
  /// Whether the dimension stays, with extent 1.
  public var keepdims = false
  /// Whether of equal elements the last counts.
  public var selectLastIndex = false

  /// The layer along the last axis.
  public init() {}

  /// The layer of the given settings.
  public init(axis: Axis, keepdims: Bool = false, selectLastIndex: Bool = false) {
    self.axis = axis
    self.keepdims = keepdims
    self.selectLastIndex = selectLastIndex
  }

  @inline(__always)
  static func isBetter<Scalar: BinaryFloatingPoint>(_ new: Scalar, than old: Scalar) -> Bool { new > old }
}
