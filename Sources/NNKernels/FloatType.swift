/// An element type that the arithmetic runs in.
public enum FloatType: Hashable, Sendable {
  /// IEEE 754 binary32.
  case f32
  /// IEEE 754 binary64.
  case f64

  /// The bytes of one element.
  public var byteSize: Int {
    switch self {
    case .f32: 4
    case .f64: 8
    }
  }
}
