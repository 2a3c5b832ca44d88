import NNFormat
import NNLayers
import NNTestSupport

/// Compares a result with what another implementation gave, element by element.
struct Comparison {
  let precision: Precision
  let bound: LayerCase.Bound

  /// The first element that is too far, in words; nil if all pass.
  func departure(of found: Tensor, from expected: Tensor) -> String? {
    guard found.type == expected.type else { return "\(found.type) instead of \(expected.type)" }
    return switch found.dataType {
    case .f32: departure(found.elements(as: Float.self), expected.elements())
    case .f64: departure(found.elements(as: Double.self), expected.elements())
    default: found == expected ? nil : "other integers"
    }
  }

  private func departure<Scalar: BinaryFloatingPoint>(_ found: [Scalar], _ expected: [Scalar]) -> String? {
    for (index, (own, wanted)) in zip(found, expected).enumerated() where !passes(own, wanted) {
      return "element \(index): got \(own), want \(wanted), \(ulps(own, wanted)) ULP away"
    }
    return nil
  }

  private func passes<Scalar: BinaryFloatingPoint>(_ own: Scalar, _ wanted: Scalar) -> Bool {
    if own.isNaN && wanted.isNaN || own == wanted && own.sign == wanted.sign { return true }
    let isDouble = Scalar.significandBitCount == Double.significandBitCount
    let distance = (Double(own) - Double(wanted)).magnitude
    switch (bound, precision) {
    case (.declared, .exact): return false
    case (.declared, .rounding(let f32, let f64)):
      return ulps(own, wanted) <= (isDouble ? f64 : f32) || distance < Double(Scalar.leastNormalMagnitude)
    case (.declared, .cancelling(let f32, let f64)):
      let limit = isDouble ? f64 : f32
      return ulps(own, wanted) <= limit || distance <= Double(limit) * Double(Scalar.ulpOfOne)
    case (.tolerance(let tolerance), _):
      return tolerance.ulps.map { ulps(own, wanted) <= $0 } ?? false
        || tolerance.absolute.map { distance <= $0 } ?? false
        || tolerance.relative.map { distance <= $0 * Double(wanted.magnitude) } ?? false
    }
  }

  /// How many numbers of the type lie from one to the other; a NaN is as far as can be.
  private func ulps<Scalar: BinaryFloatingPoint>(_ left: Scalar, _ right: Scalar) -> Int {
    guard !left.isNaN, !right.isNaN else { return .max }
    let (difference, overflow) = place(left).subtractingReportingOverflow(place(right))
    return overflow || difference == .min ? .max : abs(difference)
  }

  private func place<Scalar: BinaryFloatingPoint>(_ value: Scalar) -> Int {
    let bits = Scalar.significandBitCount
    let magnitude = Int(value.exponentBitPattern) << bits + Int(value.significandBitPattern)
    return value.sign == .minus ? -magnitude : magnitude
  }
}
