package import NNFormat

/// What a change of element type did to the values of a tensor.
public struct CastLoss: Sendable, Equatable {
  /// How many elements there are.
  public var count: Int
  /// How many kept their value exactly; a NaN that stays a NaN counts as kept.
  public var exact: Int
  /// How many finite values became infinite.
  public var overflows: Int
  /// How many values other than zero became zero.
  public var underflows: Int
  /// The largest absolute error of those that stayed finite.
  public var maximumAbsoluteError: Double
  /// The largest error as a part of the value, of those that stayed finite and did not become zero.
  public var maximumRelativeError: Double

  package init(
    count: Int = 0, exact: Int = 0, overflows: Int = 0, underflows: Int = 0, maximumAbsoluteError: Double = 0,
    maximumRelativeError: Double = 0
  ) {
    self.count = count
    self.exact = exact
    self.overflows = overflows
    self.underflows = underflows
    self.maximumAbsoluteError = maximumAbsoluteError
    self.maximumRelativeError = maximumRelativeError
  }

  /// Whether every element kept its value.
  public var isLossless: Bool { exact == count }

  @inline(__always)
  mutating func note(_ value: Double, became result: Double) {
    count += 1
    if value == result || value.isNaN && result.isNaN {
      exact += 1
    } else if result.isInfinite {
      overflows += 1
    } else {
      let error = (result - value).magnitude
      maximumAbsoluteError = max(maximumAbsoluteError, error)
      if result == 0 {
        underflows += 1
      } else {
        maximumRelativeError = max(maximumRelativeError, error / value.magnitude)
      }
    }
  }

  /// The sum of two parts.
  fileprivate mutating func add(_ other: CastLoss) {
    count += other.count
    exact += other.exact
    overflows += other.overflows
    underflows += other.underflows
    maximumAbsoluteError = max(maximumAbsoluteError, other.maximumAbsoluteError)
    maximumRelativeError = max(maximumRelativeError, other.maximumRelativeError)
  }
}

extension Tensor {
  /// The tensor with elements of another floating-point type, rounded to nearest, ties to even, in one rounding.
  ///
  /// - Precondition: `type` is a floating-point type.
  package func cast(to type: DataType) -> (tensor: Tensor, loss: CastLoss) {
    precondition(type.isFloat, "a cast gives floating-point numbers")
    var loss = CastLoss()
    let tensor = Tensor(type, shape) { target in
      bytes.withUnsafeBytes { source in
        // In parts, so that the buffer between reading and writing stays in the cache.
        let part = 4096
        var values = [Double](repeating: 0, count: part)
        for start in stride(from: 0, to: shape.count, by: part) {
          let range = start..<min(start + part, shape.count)
          Widening.read(source, dataType, range, into: &values, for: type)
          loss.add(Narrowing.write(values, type, range, into: target))
        }
      }
    }
    return (tensor, loss)
  }
}

/// Reads elements of any type as doubles.
private enum Widening {
  static func read(
    _ source: UnsafeRawBufferPointer, _ type: DataType, _ range: Range<Int>, into values: inout [Double],
    for target: DataType
  ) {
    // A 64-bit integer goes to f64 directly; for narrower types its last bit remembers what does not fit 53 bits, so that
    // the second rounding is right.
    let isOdd = target != .f64
    switch type {
    case .f64: copy(source, range, &values) { (value: UInt64) in Double(bitPattern: value) }
    case .f32: copy(source, range, &values) { (value: UInt32) in Double(Float(bitPattern: value)) }
    case .bf16: copy(source, range, &values) { (value: UInt16) in Double(Float(bitPattern: UInt32(value) << 16)) }
    case .f16: copy(source, range, &values, SmallFloat.half.value)
    case .i8: copy(source, range, &values) { (value: Int8) in Double(value) }
    case .i16: copy(source, range, &values) { (value: Int16) in Double(value) }
    case .i32: copy(source, range, &values) { (value: Int32) in Double(value) }
    case .i64:
      copy(source, range, &values) { (value: Int64) in
        isOdd ? (value < 0 ? -odd(value.magnitude) : odd(value.magnitude)) : Double(value)
      }
    case .u8, .bool: copy(source, range, &values) { (value: UInt8) in Double(value) }
    case .u16: copy(source, range, &values) { (value: UInt16) in Double(value) }
    case .u32: copy(source, range, &values) { (value: UInt32) in Double(value) }
    case .u64: copy(source, range, &values) { (value: UInt64) in isOdd ? odd(value) : Double(value) }
    }
  }

  @inline(__always)
  private static func copy<Element: BitwiseCopyable>(
    _ source: UnsafeRawBufferPointer, _ range: Range<Int>, _ values: inout [Double], _ widen: (Element) -> Double
  ) {
    let size = MemoryLayout<Element>.size
    for position in range {
      let element = source.loadUnaligned(fromByteOffset: position * size, as: Element.self)
      values[position - range.lowerBound] = widen(element)
    }
  }

  /// The nearest double towards zero, with its last bit set if that is not exact.
  private static func odd(_ value: UInt64) -> Double {
    let surplus = 64 - value.leadingZeroBitCount - 53
    guard surplus > 0 else { return Double(value) }
    let kept = value >> surplus
    let isExact = kept << surplus == value
    return Double((isExact ? kept : kept | 1) << surplus)
  }
}

/// Writes doubles as elements of floating-point types.
private enum Narrowing {
  static func write(
    _ values: [Double], _ type: DataType, _ range: Range<Int>, into target: UnsafeMutableRawBufferPointer
  ) -> CastLoss {
    switch type {
    case .f32:
      copy(values, range, target) { value in
        let result = Float(value)
        return (result.bitPattern, Double(result))
      }
    case .f16: small(values, range, target, .half)
    case .bf16: small(values, range, target, .brain)
    default: copy(values, range, target) { value in (value.bitPattern, value) }
    }
  }

  private static func small(
    _ values: [Double], _ range: Range<Int>, _ target: UnsafeMutableRawBufferPointer, _ format: SmallFloat
  ) -> CastLoss {
    copy(values, range, target) { value in
      let bits = format.bits(value)
      return (bits, format.value(bits))
    }
  }

  @inline(__always)
  private static func copy<Element: FixedWidthInteger & BitwiseCopyable>(
    _ values: [Double], _ range: Range<Int>, _ target: UnsafeMutableRawBufferPointer,
    _ narrow: (Double) -> (Element, Double)
  ) -> CastLoss {
    var loss = CastLoss()
    for position in range {
      let value = values[position - range.lowerBound]
      let (bits, result) = narrow(value)
      target.storeBytes(of: bits.littleEndian, toByteOffset: position * MemoryLayout<Element>.size, as: Element.self)
      loss.note(value, became: result)
    }
    return loss
  }
}
