/// The type of a tensor's elements. All are stored little-endian.
public enum DataType: String, Sendable, Hashable, CaseIterable {
  /// IEEE 754 half precision.
  case f16
  /// The upper half of a single-precision number ("brain float").
  case bf16
  /// IEEE 754 single precision.
  case f32
  /// IEEE 754 double precision.
  case f64
  /// Two's-complement integers.
  case i8, i16, i32, i64
  /// Unsigned integers.
  case u8, u16, u32, u64
  /// One byte, 0 for false and 1 for true; no other value is allowed.
  case bool

  /// The bytes of one element.
  public var byteSize: Int {
    switch self {
    case .i8, .u8, .bool: 1
    case .f16, .bf16, .i16, .u16: 2
    case .f32, .i32, .u32: 4
    case .f64, .i64, .u64: 8
    }
  }

  /// Whether it is one of the floating-point types.
  public var isFloat: Bool {
    switch self {
    case .f16, .bf16, .f32, .f64: true
    default: false
    }
  }

  /// The type of a name in a document.
  package init(name: String) throws(ModelError) {
    guard let type = DataType(rawValue: name) else {
      throw ModelError(ModelProblem.unknownDataType(name))
    }
    self = type
  }
}
