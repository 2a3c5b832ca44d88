import NNKernels
import Testing

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The slow tier, run where NNM_EXHAUSTIVE is 1. Tests/Interop/exhaustive_f32.py compares with NumPy and the C library.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["NNM_EXHAUSTIVE"] == "1"))
struct ExhaustiveTests {
  @Test(arguments: [Elementwise.exponential, .logarithm, .tanh, .log1p, .expm1, .erf])
  func everySinglePrecisionInputGivesThePlainBits(_ function: Elementwise) {
    let plain = KernelVariant.available[0]
    let chunk: UInt32 = 1 << 20
    for start in stride(from: 0, through: UInt32.max, by: Int(chunk)) {
      let x = (start...(start + (chunk - 1))).map { Float(bitPattern: $0) }
      let expected = function(x, variant: plain)
      for variant in KernelVariant.available.dropFirst() {
        let difference = firstDifference(function(x, variant: variant), expected)
        #expect(difference == nil, "\(variant.name), inputs from bits \(start)")
      }
    }
  }
  /// These are one text for single numbers and vectors; a share of the inputs, spread evenly, tells what a compiler did to it.
  @Test(arguments: roundedOnce)
  func aShareOfTheSinglePrecisionInputsGivesThePlainBits(_ function: Elementwise) {
    let plain = KernelVariant.available[0]
    for start in stride(from: UInt32(0), to: 61 << 20, by: 1 << 20) {
      let x = (start..<start + (1 << 20)).map { Float(bitPattern: $0 &* 61) }
      let expected = function(x, variant: plain)
      for variant in KernelVariant.available.dropFirst() {
        let difference = firstDifference(function(x, variant: variant), expected)
        #expect(difference == nil, "\(variant.name), from \(start) times 61")
      }
    }
  }
}
