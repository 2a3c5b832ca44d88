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
  @Test(arguments: [Elementwise.exponential, .logarithm, .tanh, .log1p, .expm1, .erf] + roundedOnce)
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
}
