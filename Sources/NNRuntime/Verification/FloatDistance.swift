import NNFormat
import NNKernels

/// A floating-point element: its bits and its value.
protocol ComparedFloat: ComparedElement {
  /// The bits as an integer in which numbers of one sign are in order, the sign in the highest bit of `bitWidth`.
  var orderedBits: UInt64 { get }
  /// How many bits there are.
  static var bitWidth: Int { get }
  /// The value, exactly.
  var value: Double { get }
}

extension ComparedFloat {
  func isSame(as other: Self) -> Bool {
    orderedBits == other.orderedBits || value.isNaN && other.value.isNaN
  }

  func ulps(to other: Self) -> UInt64? {
    guard !value.isNaN, !other.value.isNaN else { return nil }
    // Steps from zero, by sign; both zeros are 0 steps away.
    let sign = UInt64(1) << UInt64(Self.bitWidth - 1)
    let (a, b) = (orderedBits & (sign - 1), other.orderedBits & (sign - 1))
    let isSameSign = (orderedBits ^ other.orderedBits) & sign == 0
    return isSameSign ? (a > b ? a - b : b - a) : a + b
  }

  func difference(from other: Self) -> Double {
    guard value.isFinite, other.value.isFinite else { return value == other.value ? 0 : .infinity }
    return (value - other.value).magnitude
  }

  var magnitudeAsDouble: Double { value.magnitude }
}

extension Double: ComparedFloat {
  var orderedBits: UInt64 { bitPattern }
  static var bitWidth: Int { 64 }
  var value: Double { self }
  var text: String { description }
}

extension Float: ComparedFloat {
  var orderedBits: UInt64 { UInt64(bitPattern) }
  static var bitWidth: Int { 32 }
  var value: Double { Double(self) }
  var text: String { description }
}

/// The bits of an IEEE half.
struct HalfElement: ComparedFloat {
  let bits: UInt16
  var orderedBits: UInt64 { UInt64(bits) }
  static var bitWidth: Int { 16 }
  var value: Double { Double(single) }
  var text: String { single.description }

  private var single: Float {
    var result: Float = 0
    withUnsafePointer(to: bits) { FloatCast.f16ToF32.run(from: $0, to: &result, count: 1) }
    return result
  }
}

/// The bits of a brain float.
struct BrainElement: ComparedFloat {
  let bits: UInt16
  var orderedBits: UInt64 { UInt64(bits) }
  static var bitWidth: Int { 16 }
  var value: Double { Double(single) }
  var text: String { single.description }

  private var single: Float { Float(bitPattern: UInt32(bits) << 16) }
}
