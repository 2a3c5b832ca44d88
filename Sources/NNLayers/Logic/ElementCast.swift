import NNFormat
import NNKernels

/// A cast of elements from one type to another, by the rules of ``Cast``.
struct ElementCast {
  let source: UnsafeRawPointer
  let target: UnsafeMutableRawPointer
  let count: Int

  init(from source: UnsafeRawPointer, to target: UnsafeMutableRawPointer, count: Int) {
    self.source = source
    self.target = target
    self.count = count
  }

  func run(_ from: DataType, _ to: DataType) {
    guard from != to else { return target.copyMemory(from: source, byteCount: count * from.byteSize) }
    switch from {
    case .bool: each(UInt8.self, to) { Int64($0) }
    case .u8: each(UInt8.self, to) { Int64($0) }
    case .i8: each(Int8.self, to) { Int64($0) }
    case .i16: each(Int16.self, to) { Int64($0) }
    case .u16: each(UInt16.self, to) { Int64($0) }
    case .i32: each(Int32.self, to) { Int64($0) }
    case .u32: each(UInt32.self, to) { Int64($0) }
    case .i64: each(Int64.self, to) { $0 }
    case .u64: each(UInt64.self, to) { $0 }
    case .f32: eachFloat(Float.self, to) { $0 }
    case .f64: eachFloat(Double.self, to) { $0 }
    case .f16: eachFloat(UInt16.self, to) { widened($0, .f16ToF32) }
    case .bf16: eachFloat(UInt16.self, to) { widened($0, .bf16ToF32) }
    }
  }

  /// From integers; `wide` is the same number as an integer of 64 bits.
  @inline(__always)
  private func each<From: BitwiseCopyable, Wide: FixedWidthInteger>(
    _ type: From.Type, _ to: DataType, _ wide: (From) -> Wide
  ) {
    switch to {
    case .bool: write(type, UInt8.self) { wide($0) == 0 ? 0 : 1 }
    case .u8: write(type, UInt8.self) { UInt8(truncatingIfNeeded: wide($0)) }
    case .i8: write(type, Int8.self) { Int8(truncatingIfNeeded: wide($0)) }
    case .i16: write(type, Int16.self) { Int16(truncatingIfNeeded: wide($0)) }
    case .u16: write(type, UInt16.self) { UInt16(truncatingIfNeeded: wide($0)) }
    case .i32: write(type, Int32.self) { Int32(truncatingIfNeeded: wide($0)) }
    case .u32: write(type, UInt32.self) { UInt32(truncatingIfNeeded: wide($0)) }
    case .i64: write(type, Int64.self) { Int64(truncatingIfNeeded: wide($0)) }
    case .u64: write(type, UInt64.self) { UInt64(truncatingIfNeeded: wide($0)) }
    case .f32: write(type, Float.self) { Float(wide($0)) }
    case .f64: write(type, Double.self) { Double(wide($0)) }
    case .f16: write(type, UInt16.self) { narrowed(sticky(wide($0)), .f64ToF16) }
    case .bf16: write(type, UInt16.self) { narrowed(sticky(wide($0)), .f64ToBF16) }
    }
  }

  /// From floats; `wide` is the same number as f32 or f64.
  @inline(__always)
  private func eachFloat<From: BitwiseCopyable, Wide: BinaryFloatingPoint>(
    _ type: From.Type, _ to: DataType, _ wide: (From) -> Wide
  ) {
    switch to {
    case .bool: write(type, UInt8.self) { wide($0) == 0 ? 0 : 1 }
    case .u8: write(type, UInt8.self) { saturated(wide($0)) }
    case .i8: write(type, Int8.self) { saturated(wide($0)) }
    case .i16: write(type, Int16.self) { saturated(wide($0)) }
    case .u16: write(type, UInt16.self) { saturated(wide($0)) }
    case .i32: write(type, Int32.self) { saturated(wide($0)) }
    case .u32: write(type, UInt32.self) { saturated(wide($0)) }
    case .i64: write(type, Int64.self) { saturated(wide($0)) }
    case .u64: write(type, UInt64.self) { saturated(wide($0)) }
    case .f32: write(type, Float.self) { Float(wide($0)) }
    case .f64: write(type, Double.self) { Double(wide($0)) }
    case .f16: write(type, UInt16.self) { narrowed(Double(wide($0)), .f64ToF16) }
    case .bf16: write(type, UInt16.self) { narrowed(Double(wide($0)), .f64ToBF16) }
    }
  }

  @inline(__always)
  private func write<From: BitwiseCopyable, To: BitwiseCopyable>(
    _ from: From.Type, _ to: To.Type, _ convert: (From) -> To
  ) {
    let x = source.assumingMemoryBound(to: from)
    let y = target.assumingMemoryBound(to: to)
    for index in 0..<count { y[index] = convert(x[index]) }
  }

  @inline(__always)
  private func saturated<Integer: FixedWidthInteger>(_ value: some BinaryFloatingPoint) -> Integer {
    guard value == value else { return 0 }
    let whole = value.rounded(.towardZero)
    return Integer(exactly: whole) ?? (whole < 0 ? .min : .max)
  }

  /// The integer as a double that rounds to f16 and bf16 as the integer does. Above 53 bits the last bit of the double
  /// stands for all those that are lost, so that nothing is rounded twice.
  @inline(__always)
  private func sticky(_ value: some FixedWidthInteger) -> Double {
    let magnitude = UInt64(value.magnitude)
    guard magnitude >> 53 != 0 else { return Double(value) }
    let kept = magnitude >> 11 | (magnitude & 0x7FF == 0 ? 0 : 1)
    let double = Double(kept) * 2048
    return value < 0 ? -double : double
  }

  @inline(__always)
  private func widened(_ bits: UInt16, _ cast: FloatCast) -> Float {
    var result: Float = 0
    withUnsafePointer(to: bits) { from in
      withUnsafeMutablePointer(to: &result) { cast.run(from: from, to: $0, count: 1) }
    }
    return result
  }

  @inline(__always)
  private func narrowed(_ value: Double, _ cast: FloatCast) -> UInt16 {
    var result: UInt16 = 0
    withUnsafePointer(to: value) { from in
      withUnsafeMutablePointer(to: &result) { cast.run(from: from, to: $0, count: 1) }
    }
    return result
  }
}
