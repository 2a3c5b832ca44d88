import NNKernels
import Testing

/// Powers: exact values, IEEE 754's special cases, and the same bits in every variant.
@Suite struct PowerTests {
  private func powers<T: Number>(_ x: [T], _ y: [T], variant: KernelVariant) -> [T] {
    var result = [T](repeating: 42, count: x.count)
    x.withUnsafeBytes { x in
      y.withUnsafeBytes { y in
        result.withUnsafeMutableBytes { result in
          guard let x = x.baseAddress, let y = y.baseAddress, let base = result.baseAddress else { return }
          Power.run(T.type, x, y, to: base, count: result.count / MemoryLayout<T>.size, variant: variant)
        }
      }
    }
    return result
  }

  @Test(arguments: KernelVariant.available.indices) func doublesAreNearTheExactValues(index: Int) throws {
    let variant = KernelVariant.available[index]
    var fixture = try Fixture("exact_pow")
    let count = fixture.remaining(Double.self) / 4
    let x: [Double] = try fixture.take(count)
    let y: [Double] = try fixture.take(count)
    let heads: [Double] = try fixture.take(count)
    let tails: [Double] = try fixture.take(count)
    let found = powers(x, y, variant: variant)
    let worst = (0..<count).map { abs((found[$0] - heads[$0]) - tails[$0]) / heads[$0].ulp }.max() ?? .infinity
    #expect(worst <= 0.56, "\(variant.name)")
  }

  @Test func specialCasesAreThoseOfTheStandard() {
    func check<T: Number>(_: T.Type) {
      let infinity = T.infinity
      let table: [(T, T, T)] = [
        (.nan, 0, 1), (.nan, -0.0, 1), (1, .nan, 1), (.nan, 1, .nan), (2, .nan, .nan), (-1, infinity, 1),
        (-1, -infinity, 1), (0, -1, infinity), (-0.0, -1, -infinity), (-0.0, -2, infinity), (-0.0, -0.5, infinity),
        (0, -infinity, infinity), (-0.0, 3, -0.0), (-0.0, 2, 0), (0, 0.5, 0), (0.5, infinity, 0),
        (0.5, -infinity, infinity), (-2, infinity, infinity), (2, -infinity, 0), (infinity, 2, infinity),
        (infinity, -2, 0), (-infinity, 3, -infinity), (-infinity, 2, infinity), (-infinity, 0.5, infinity),
        (-infinity, -1, -0.0), (-infinity, -2, 0), (-8, 0.5, .nan), (-2, 3, -8), (-2, -2, 0.25), (3, 5, 243),
        (2, 4000, infinity), (-2, 4001, -infinity), (2, -4000, 0), (-2, -4001, -0.0), (9, 0.5, 3),
      ]
      for variant in KernelVariant.available {
        let found = powers(table.map(\.0), table.map(\.1), variant: variant)
        for (result, (x, y, expected)) in zip(found, table) {
          #expect(firstDifference([result], [expected]) == nil, "\(T.self) \(variant.name): \(x) to the \(y)")
        }
      }
    }
    check(Float.self)
    check(Double.self)
  }

  @Test func singlePrecisionTiesGoToEven() {
    // Squares have 48 bits: many of them lie on a midpoint of f32 exactly.
    let x = (0..<4096).map { Float(4097 + 2 * $0) }
    let squares = x.map { $0 * $0 }
    for variant in KernelVariant.available {
      let found = powers(x, [Float](repeating: 2, count: x.count), variant: variant)
      #expect(firstDifference(found, squares) == nil, "\(variant.name)")
    }
  }

  @Test func everyVariantGivesThePlainBits() {
    func check<T: Number>(_: T.Type) {
      var dice = Dice(state: 11)
      for count in [0, 1, 3, 7, 8, 9, 16, 17, 5000] {
        let x: [T] = dice.numbers(count)
        let y: [T] = dice.numbers(count)
        let bases = count.isMultiple(of: 2) ? x : x.map { abs($0) }
        let expected = powers(bases, y, variant: VariantTests.plain)
        for variant in VariantTests.others {
          let difference = firstDifference(powers(bases, y, variant: variant), expected)
          #expect(difference == nil, "\(T.self) \(variant.name), \(count) elements")
        }
      }
    }
    check(Float.self)
    check(Double.self)
  }
}
