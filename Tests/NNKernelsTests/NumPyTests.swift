import NNKernels
import Testing

/// Every variant gives the bits that NumPy gave (Fixtures/kernels, made by Fixtures/generate/kernels.py).
@Suite struct NumPyTests {
  /// Where functions are not NumPy's, in a file of inputs of type `T` and then one output of NumPy for each function.
  private func differences<T: Number>(_: T.Type, _ name: String, _ functions: [Elementwise]) throws -> [String] {
    var differences: [String] = []
    var fixture = try Fixture(name)
    let count = fixture.remaining(T.self) / (functions.count + 1)
    let x: [T] = try fixture.take(count)
    for function in functions {
      let expected: [T] = try fixture.take(count)
      for variant in KernelVariant.available {
        guard let difference = firstDifference(function(x, variant: variant), expected) else { continue }
        differences.append("\(name), \(function), \(variant.name): \(difference)")
      }
    }
    if fixture.remaining(UInt8.self) != 0 { differences.append("\(name): \(fixture.remaining(UInt8.self)) bytes more") }
    return differences
  }

  private let activations: [Elementwise] = [
    .sigmoid, .relu, .relu6, .leakyReLU(slope: 0.3), .softsign, .geluTanh, .silu, .hardSigmoidKeras2,
    .hardSigmoidKeras3, .hardSwish,
  ]

  @Test func elementaryFunctionsAreNumPys() throws {
    #expect(try differences(Float.self, "exp_f32", [.exponential]) == [])
    #expect(try differences(Float.self, "log_f32", [.logarithm]) == [])
    #expect(try differences(Float.self, "tanh_f32", [.tanh]) == [])
    #expect(try differences(Double.self, "tanh_f64", [.tanh]) == [])
  }

  @Test func activationsAreKerassFormulasInNumPy() throws {
    #expect(try differences(Float.self, "activations_f32", activations) == [])
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
