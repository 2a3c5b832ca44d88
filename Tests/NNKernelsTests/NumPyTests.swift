import NNKernels
import Testing

/// Every variant gives the bits that NumPy gave (Fixtures/kernels, made by Fixtures/generate/kernels.py).
@Suite struct NumPyTests {
  /// Inputs of type `T`, then one output of NumPy for each function.
  private func check<T: Number>(_: T.Type, _ name: String, _ functions: [Elementwise]) throws {
    var fixture = try Fixture(name)
    let count = fixture.remaining(T.self) / (functions.count + 1)
    let x: [T] = try fixture.take(count)
    for function in functions {
      let expected: [T] = try fixture.take(count)
      for variant in KernelVariant.available {
        #expect(
          firstDifference(function(x, variant: variant), expected) == nil,
          "\(name), \(function), \(variant.name)")
      }
    }
    #expect(fixture.remaining(UInt8.self) == 0)
  }

  private let activations: [Elementwise] = [
    .sigmoid, .relu, .relu6, .leakyReLU(slope: 0.3), .softsign, .geluTanh, .silu, .hardSigmoidKeras2,
    .hardSigmoidKeras3, .hardSwish,
  ]

  @Test func elementaryFunctionsAreNumPys() throws {
    try check(Float.self, "exp_f32", [.exponential])
    try check(Float.self, "log_f32", [.logarithm])
    try check(Float.self, "tanh_f32", [.tanh])
    try check(Double.self, "tanh_f64", [.tanh])
  }

  @Test func activationsAreKerassFormulasInNumPy() throws {
    try check(Float.self, "activations_f32", activations)
  }

  private func checkReductions<T: Number>(_: T.Type, _ suffix: String) throws {
    var fixture = try Fixture("reductions_\(suffix)")
    let x: [T] = try fixture.take(5000)
    let reductions: [Reduction] = [.sum, .mean, .variance]
    for length in Array(1...299) + [1000, 4096, 5000] {
      for reduction in reductions {
        let expected: [T] = try fixture.take(1)
        for variant in KernelVariant.available {
          let found = reduction(x[..<length], 1, length, 1, variant: variant)
          #expect(firstDifference(found, expected) == nil, "\(reduction) of \(length), \(variant.name)")
        }
      }
    }
    #expect(fixture.remaining(UInt8.self) == 0)

    fixture = try Fixture("axis_\(suffix)")
    let cube: [T] = try fixture.take(3 * 37 * 5)
    for (outer, axis, inner) in [(1, 3, 185), (3, 37, 5), (111, 5, 1)] {
      for reduction in reductions {
        let expected: [T] = try fixture.take(outer * inner)
        for variant in KernelVariant.available {
          let found = reduction(cube[...], outer, axis, inner, variant: variant)
          #expect(firstDifference(found, expected) == nil, "\(reduction) over \(axis), \(variant.name)")
        }
      }
    }
    #expect(fixture.remaining(UInt8.self) == 0)
  }

  @Test func sumsMeansAndVariancesAreNumPys() throws {
    try checkReductions(Float.self, "f32")
    try checkReductions(Double.self, "f64")
  }

  private func checkSoftmax<T: Number>(_: T.Type, _ name: String) throws {
    var fixture = try Fixture(name)
    let x: [T] = try fixture.take(6 * 11 * 7)
    for (outer, axis, inner) in [(1, 6, 77), (6, 11, 7), (66, 7, 1)] {
      let expected: [T] = try fixture.take(x.count)
      for variant in KernelVariant.available {
        let found = Softmax.callAsFunction(x, outer, axis, inner, logarithm: false, variant: variant)
        #expect(firstDifference(found, expected) == nil, "\(name), axis of \(axis), \(variant.name)")
      }
    }
  }

  @Test func softmaxIsNumPysFormula() throws {
    try checkSoftmax(Float.self, "softmax_f32")
  }
}
