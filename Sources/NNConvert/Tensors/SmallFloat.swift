/// A floating-point format of 16 bits: sign, exponent, fraction, with subnormals, infinities and NaNs as IEEE 754 has them.
///
/// Written out in integers, because Swift's `Float16` does not exist on every platform and there is no bfloat16.
package struct SmallFloat {
  private let exponentBits: Int
  private let fractionBits: Int

  /// IEEE 754 binary16.
  package static let half = SmallFloat(exponentBits: 5, fractionBits: 10)
  /// bfloat16.
  package static let brain = SmallFloat(exponentBits: 8, fractionBits: 7)

  private var bias: Int { 1 << (exponentBits - 1) - 1 }
  private var topExponent: Int { 1 << exponentBits - 1 }

  /// The bits of the nearest number, ties to even. A NaN keeps its sign and becomes the quiet one without payload.
  package func bits(_ value: Double) -> UInt16 {
    let sign: UInt16 = value.sign == .minus ? 0x8000 : 0
    let infinity = UInt16(topExponent << fractionBits)
    if value.isNaN { return sign | infinity | 1 << UInt16(fractionBits - 1) }
    if value.isInfinite { return sign | infinity }
    if value.isZero { return sign }

    // The value is significand * 2^-52 * 2^exponent, with 53 bits in the significand.
    let exponent = max(Int(value.exponent), -1022)
    let isNormal = value.isNormal
    let significand = value.significandBitPattern | (isNormal ? 1 << 52 : 0)
    // Below the smallest normal exponent, the fraction loses a bit for each step.
    let surplus = 52 - fractionBits + max(0, 1 - bias - exponent)
    guard surplus < 55 else { return sign }
    let kept = significand >> UInt64(surplus)
    let rest = significand & (1 << UInt64(surplus) - 1)
    let half: UInt64 = 1 << UInt64(surplus - 1)
    let rounded = kept + (rest > half || rest == half && kept & 1 == 1 ? 1 : 0)
    // A carry out of the fraction moves into the exponent by itself; the leading bit of the significand counts as one step.
    let stored = rounded + UInt64(max(0, exponent + bias - 1)) << UInt64(fractionBits)
    return stored >= UInt64(infinity) ? sign | infinity : sign | UInt16(stored)
  }

  /// The number that bits stand for.
  package func value(_ bits: UInt16) -> Double {
    let fraction = Int(bits) & (1 << fractionBits - 1)
    let exponent = Int(bits & 0x7FFF) >> fractionBits
    let magnitude: Double
    if exponent == topExponent {
      magnitude = fraction == 0 ? .infinity : .nan
    } else if exponent == 0 {
      magnitude = Double(fraction) * SmallFloat.power(1 - bias - fractionBits)
    } else {
      magnitude = Double(fraction | 1 << fractionBits) * SmallFloat.power(exponent - bias - fractionBits)
    }
    return bits & 0x8000 == 0 ? magnitude : -magnitude
  }

  /// Two to a power that a normal double has.
  private static func power(_ exponent: Int) -> Double {
    Double(bitPattern: UInt64(1023 + exponent) << 52)
  }
}
