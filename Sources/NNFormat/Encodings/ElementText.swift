/// How single elements of tensors are written as JSON, and read back to the same bits.
///
/// Integers are JSON integers and truth values `true` and `false`. A float is a number that, read as a double and rounded to
/// the element type, gives the same bits: the shortest such number for f64 and f32, the exact value for the others. NaN with the standard payload and the infinities are the strings that
/// ``JSONValue`` names. Other NaNs have no text; such tensors are written as base64.
package enum ElementText {
  /// The JSON value of the element at `index`; nil for a NaN that has no text.
  package static func value(_ bytes: UnsafeRawBufferPointer, _ index: Int, _ type: DataType) -> JSONValue? {
    func load<Integer: FixedWidthInteger>(_: Integer.Type) -> Integer {
      Integer(littleEndian: bytes.loadUnaligned(fromByteOffset: index * type.byteSize, as: Integer.self))
    }
    switch type {
    case .i8: return JSONValue(load(Int8.self))
    case .i16: return JSONValue(load(Int16.self))
    case .i32: return JSONValue(load(Int32.self))
    case .i64: return JSONValue(load(Int64.self))
    case .u8: return JSONValue(load(UInt8.self))
    case .u16: return JSONValue(load(UInt16.self))
    case .u32: return JSONValue(load(UInt32.self))
    case .u64: return JSONValue(load(UInt64.self))
    case .bool: return .bool(bytes[index] != 0)
    case .f64:
      let bits = load(UInt64.self)
      return float(Double(bitPattern: bits), hasStandardBits: bits == 0x7FF8_0000_0000_0000)
    case .f32:
      let bits = load(UInt32.self)
      return single(Float(bitPattern: bits), hasStandardBits: bits == 0x7FC0_0000)
    case .bf16:
      let bits = load(UInt16.self)
      return single(Float(bitPattern: UInt32(bits) << 16), hasStandardBits: bits == 0x7FC0)
    case .f16:
      let bits = load(UInt16.self)
      return float(HalfPrecision.double(bits), hasStandardBits: bits == 0x7E00)
    }
  }

  private static func float(_ value: Double, hasStandardBits: Bool) -> JSONValue? {
    value.isNaN && !hasStandardBits ? nil : JSONValue(number: value)
  }

  // The shortest text of a single may, read as a double, lie so near to the middle of two singles that rounding goes wrong.
  private static func single(_ value: Float, hasStandardBits: Bool) -> JSONValue? {
    guard value.isFinite else { return float(Double(value), hasStandardBits: hasStandardBits) }
    let short = Double(value.description) ?? Double(value)
    return .double(Float(short).bitPattern == value.bitPattern ? short : Double(value))
  }

  /// Appends the bytes of the element that a JSON value stands for.
  ///
  /// - Throws: ``ContainerProblem/valueOutOfRange(_:_:)`` if it stands for none.
  package static func append(_ value: JSONValue, _ type: DataType, to bytes: inout [UInt8]) throws(ModelError) {
    func put(_ bits: some FixedWidthInteger) {
      withUnsafeBytes(of: bits.littleEndian) { bytes += $0 }
    }
    func integer<Integer: FixedWidthInteger>(_: Integer.Type) throws(ModelError) {
      switch value {
      case .integer(let wide):
        guard let narrow = Integer(exactly: wide) else { throw outOfRange(value, type) }
        put(narrow)
      case .unsigned(let wide):
        guard let narrow = Integer(exactly: wide) else { throw outOfRange(value, type) }
        put(narrow)
      default: throw outOfRange(value, type)
      }
    }
    switch type {
    case .i8: try integer(Int8.self)
    case .i16: try integer(Int16.self)
    case .i32: try integer(Int32.self)
    case .i64: try integer(Int64.self)
    case .u8: try integer(UInt8.self)
    case .u16: try integer(UInt16.self)
    case .u32: try integer(UInt32.self)
    case .u64: try integer(UInt64.self)
    case .bool:
      guard let truth = value.bool else { throw outOfRange(value, type) }
      bytes.append(truth ? 1 : 0)
    case .f64, .f32, .f16, .bf16:
      guard let number = value.number else { throw outOfRange(value, type) }
      let rounded: Double
      switch type {
      case .f64:
        rounded = number
        put(number.isNaN ? 0x7FF8_0000_0000_0000 : number.bitPattern)
      case .f32:
        rounded = Double(Float(number))
        put(number.isNaN ? 0x7FC0_0000 : Float(number).bitPattern)
      case .f16:
        rounded = HalfPrecision.rounded(number)
        put(number.isNaN ? 0x7E00 : HalfPrecision.bits(rounded))
      default:
        rounded = BrainFloat.rounded(number)
        put(number.isNaN ? 0x7FC0 : UInt16(Float(rounded).bitPattern >> 16))
      }
      guard rounded.isFinite || !number.isFinite else { throw outOfRange(value, type) }
    }
  }

  private static func outOfRange(_ value: JSONValue, _ type: DataType) -> ModelError {
    let text = (try? JSONWriter.text(value, style: .compact)).map { String(decoding: $0, as: UTF8.self) }
    return ModelError(ContainerProblem.valueOutOfRange(text ?? "NaN", type))
  }
}

/// IEEE half precision: 1 sign bit, 5 exponent bits, 10 fraction bits.
enum HalfPrecision {
  /// The number that 16 bits stand for, exactly.
  static func double(_ bits: UInt16) -> Double {
    let exponent = Int(bits >> 10 & 0x1F)
    let fraction = Double(bits & 0x3FF)
    let magnitude: Double =
      switch exponent {
      case 0x1F: fraction == 0 ? .infinity : .nan
      case 0: fraction * 0x1p-24
      default: Double(sign: .plus, exponent: exponent - 25, significand: 1024 + fraction)
      }
    return bits & 0x8000 == 0 ? magnitude : -magnitude
  }

  /// The nearest number that 16 bits can hold, ties to even.
  static func rounded(_ value: Double) -> Double {
    roundedToFraction(value, bits: 10, leastExponent: -14, greatest: 65504)
  }

  /// The bits of a number that ``rounded(_:)`` gave.
  static func bits(_ value: Double) -> UInt16 {
    let sign: UInt16 = value.sign == .minus ? 0x8000 : 0
    let magnitude = value.magnitude
    if magnitude.isInfinite { return sign | 0x7C00 }
    if magnitude < 0x1p-14 { return sign | UInt16(magnitude * 0x1p24) }
    let fraction = UInt16((magnitude.significand - 1) * 1024)
    return sign | UInt16(Int(magnitude.exponent) + 15) << 10 | fraction
  }
}

/// The upper half of a single-precision number: 1 sign bit, 8 exponent bits, 7 fraction bits.
enum BrainFloat {
  /// The nearest number that 16 bits can hold, ties to even.
  static func rounded(_ value: Double) -> Double {
    roundedToFraction(value, bits: 7, leastExponent: -126, greatest: 0x1.fep127)
  }
}

/// The nearest number with so many fraction bits, ties to even; scaling by powers of two keeps the rounding a single one.
private func roundedToFraction(_ value: Double, bits: Int, leastExponent: Int, greatest: Double) -> Double {
  guard value.isFinite, value != 0 else { return value }
  let quantum = Double(sign: .plus, exponent: max(Int(value.exponent), leastExponent) - bits, significand: 1)
  let rounded = (value / quantum).rounded(.toNearestOrEven) * quantum
  return rounded.magnitude > greatest ? (value < 0 ? -.infinity : .infinity) : rounded
}
