import NNKernels
import Testing

/// How far the f64 functions are from the exact values (Fixtures/kernels, made by Fixtures/generate/kernels_exact.py).
@Suite struct ExactTests {
  /// The largest distance from the exact values, in units in the last place of those.
  private func worst(_ function: Elementwise, _ name: String, variant: KernelVariant) throws -> Double {
    var fixture = try Fixture("exact_\(name)")
    let count = fixture.remaining(Double.self) / 3
    let x: [Double] = try fixture.take(count)
    let heads: [Double] = try fixture.take(count)
    let tails: [Double] = try fixture.take(count)
    let found = function(x, variant: variant)
    return (0..<count).map { abs((found[$0] - heads[$0]) - tails[$0]) / heads[$0].ulp }.max() ?? .infinity
  }

  @Test(arguments: [
    (Elementwise.logarithm, "log", 0.52), (.log1p, "log1p", 0.53), (.expm1, "expm1", 0.53),
    (.erf, "erf", 0.70),
    (.exponential, "exp", 1.0), (.tanh, "tanh", 1.1),
  ])
  func functionsStayWithinTheirErrors(_ function: Elementwise, _ name: String, _ bound: Double) throws {
    for variant in KernelVariant.available {
      let error = try worst(function, name, variant: variant)
      #expect(error <= bound, "\(name) \(variant.name)")
    }
  }

  @Test func geluIsAccurateRelativeToItsInput() throws {
    // Where x < 0 the formula subtracts two near numbers: its error is small against x, not against the result.
    var fixture = try Fixture("exact_gelu")
    let count = fixture.remaining(Double.self) / 3
    let x: [Double] = try fixture.take(count)
    let heads: [Double] = try fixture.take(count)
    for variant in KernelVariant.available {
      let found = Elementwise.gelu(x, variant: variant)
      for index in 0..<count {
        #expect(
          abs(found[index] - heads[index]) <= 0x1p-52 * abs(x[index]), "gelu(\(x[index])) \(variant.name)")
      }
    }
  }

  @Test func singlePrecisionFunctionsRoundTheDoubleOnes() {
    var dice = Dice(state: 9)
    let x: [Float] = dice.numbers(20_000)
    for function in [Elementwise.log1p, .expm1, .erf] {
      let expected = function(x.map(Double.init)).map(Float.init)
      #expect(firstDifference(function(x), expected) == nil, "\(function)")
    }
  }
}
