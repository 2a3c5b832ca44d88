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
    (.exponential, "exp", 1.0), (.tanh, "tanh", 1.1), (.sin, "sin", 0.502), (.cos, "cos", 0.502), (.tan, "tan", 0.502),
    (.asin, "asin", 0.502), (.acos, "acos", 0.502), (.atan, "atan", 0.502), (.sinh, "sinh", 0.502),
    (.cosh, "cosh", 0.502), (.asinh, "asinh", 0.502), (.acosh, "acosh", 0.502), (.atanh, "atanh", 0.502),
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

  @Test func log1pIsRoundedOnceWhereRoundingTwiceIsWrong() throws {
    var fixture = try Fixture("rounded_log1p")
    let count = fixture.remaining(Float.self) / 2
    let x: [Float] = try fixture.take(count)
    let expected: [Float] = try fixture.take(count)
    for variant in KernelVariant.available {
      #expect(firstDifference(Elementwise.log1p(x, variant: variant), expected) == nil, "\(variant.name)")
    }
    let twice = Elementwise.log1p(x.map(Double.init)).map(Float.init)
    #expect(zip(twice, expected).allSatisfy { $0 != $1 })
  }

  @Test func angleFunctionsAreOddOrEvenAndKnowTheirEdges() {
    func check<T: Number>(_: T.Type) {
      let infinity = T.infinity
      let edges: [(Elementwise, [T], [T])] = [
        (.sin, [0, -0.0, infinity], [0, -0.0, .nan]), (.cos, [0, -0.0, -infinity], [1, 1, .nan]),
        (.tan, [0, -0.0, infinity], [0, -0.0, .nan]), (.asin, [-0.0, 2, -1.5], [-0.0, .nan, .nan]),
        (.acos, [1, 2, -infinity], [0, .nan, .nan]), (.atan, [-0.0, .nan], [-0.0, .nan]),
        (.sinh, [-0.0, 800, -infinity], [-0.0, infinity, -infinity]),
        (.cosh, [0, -800, infinity], [1, infinity, infinity]),
        (.asinh, [-0.0, -infinity, .nan], [-0.0, -infinity, .nan]), (.acosh, [1, 0.5, infinity], [0, .nan, infinity]),
        (.atanh, [-0.0, 1, -1, 2], [-0.0, infinity, -infinity, .nan]), (.sign, [-0.0, -3, .nan], [0, -1, .nan]),
        (.round, [0.5, 1.5, -2.5, -0.25], [0, 2, -2, -0.0]), (.sqrt, [-0.0, -1, infinity], [-0.0, .nan, infinity]),
        (.rsqrt, [0, -0.0, infinity], [infinity, -infinity, 0]),
      ]
      for variant in KernelVariant.available {
        for (function, x, expected) in edges {
          #expect(firstDifference(function(x, variant: variant), expected) == nil, "\(function) \(variant.name)")
        }
      }
    }
    check(Float.self)
    check(Double.self)
  }

  @Test func singlePrecisionFunctionsRoundTheDoubleOnes() {
    var dice = Dice(state: 9)
    let x: [Float] = dice.numbers(20_000)
    for function in [Elementwise.expm1, .erf] {
      let expected = function(x.map(Double.init)).map(Float.init)
      #expect(firstDifference(function(x), expected) == nil, "\(function)")
    }
  }
}
