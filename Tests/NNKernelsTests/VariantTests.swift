import NNKernels
import Testing

/// Every variant gives the bits of the plain one, which is the definition.
@Suite struct VariantTests {
  static let plain = KernelVariant.available[0]
  static let others = Array(KernelVariant.available.dropFirst())

  @Test func thePlainVariantIsAlwaysAvailable() {
    #expect(Self.plain.name == "plain")
    #expect(KernelVariant.available.contains { $0.name == KernelVariant.current.name })
  }

  @Test(arguments: everyFunction) func functionsGiveThePlainBits(_ function: Elementwise) {
    func check<T: Number>(_: T.Type) {
      var dice = Dice(state: 1)
      for count in [0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 64, 100, 1000, 20_000] {
        let x: [T] = dice.numbers(count)
        let expected = function(x, variant: Self.plain)
        for variant in Self.others {
          let difference = firstDifference(function(x, variant: variant), expected)
          #expect(difference == nil, "\(T.self) \(variant.name), \(count) elements")
        }
      }
    }
    check(Float.self)
    check(Double.self)
  }

  @Test func functionsTouchNothingBesideTheirElements() {
    func check<T: Number>(_: T.Type) {
      var dice = Dice(state: 2)
      for variant in KernelVariant.available {
        for count in 1...40 {
          let x: [T] = dice.numbers(count + 3)
          var result = [T](repeating: 42, count: count + 3)
          x.withUnsafeBufferPointer { x in
            result.withUnsafeMutableBufferPointer { result in
              guard let from = x.baseAddress, let to = result.baseAddress else { return }
              Elementwise.relu.run(T.type, from: from + 1, to: to + 1, count: count, variant: variant)
            }
          }
          #expect(result[0] == 42 && result[count + 1] == 42 && result[count + 2] == 42)
          let expected = Elementwise.relu(Array(x[1...count]), variant: Self.plain)
          #expect(firstDifference(Array(result[1...count]), expected) == nil)
        }
      }
    }
    check(Float.self)
    check(Double.self)
  }

  @Test func sumsOfVectorsGiveThePlainBits() {
    func check<T: Number>(_: T.Type) {
      var dice = Dice(state: 3)
      for (rows, columns) in [(1, 1), (3, 5), (4, 16), (2, 33), (7, 100)] {
        let x: [T] = dice.numbers(rows * columns)
        let y: [T] = dice.numbers(rows * columns)
        for variant in KernelVariant.available {
          var sum = x
          var withRow = x
          y.withUnsafeBytes { y in
            guard let y = y.baseAddress else { return }
            sum.withUnsafeMutableBytes { sum in
              guard let sum = sum.baseAddress else { return }
              Addition.run(T.type, sum, y, to: sum, count: rows * columns, variant: variant)
            }
            withRow.withUnsafeMutableBytes { sum in
              guard let sum = sum.baseAddress else { return }
              Addition.run(T.type, rows: rows, columns: columns, sum, row: y, to: sum, variant: variant)
            }
          }
          #expect(firstDifference(sum, zip(x, y).map { $0 + $1 }) == nil, "\(T.self) \(variant.name)")
          let expected = x.indices.map { x[$0] + y[$0 % columns] }
          #expect(firstDifference(withRow, expected) == nil, "\(T.self) \(variant.name)")
        }
      }
    }
    check(Float.self)
    check(Double.self)
  }

  @Test func softmaxAndReductionsGiveThePlainBits() {
    func check<T: Number>(_: T.Type) {
      var dice = Dice(state: 4)
      let shapes = [
        (1, 1, 1), (3, 2, 1), (2, 7, 1), (2, 8, 1), (3, 17, 1), (1, 127, 1), (2, 128, 1), (1, 129, 1),
        (1, 1000, 1),
        (1, 5000, 1), (2, 3, 2), (1, 9, 5), (2, 10, 33), (3, 1, 17), (2, 0, 3), (0, 4, 4), (2, 0, 1),
      ]
      for (outer, axis, inner) in shapes {
        for special in [false, true] {
          let x: [T] = dice.numbers(outer * axis * inner, special: special)
          for variant in Self.others {
            let what = "\(T.self) \(variant.name) \(outer)x\(axis)x\(inner)"
            for logarithm in [false, true] {
              let expected = Softmax.callAsFunction(
                x, outer, axis, inner, logarithm: logarithm, variant: Self.plain)
              let found = Softmax.callAsFunction(
                x, outer, axis, inner, logarithm: logarithm, variant: variant)
              #expect(firstDifference(found, expected) == nil, "\(what), logarithm \(logarithm)")
            }
            for reduction in [Reduction.sum, .mean, .variance] {
              let expected = reduction(x[...], outer, axis, inner, variant: Self.plain)
              #expect(
                firstDifference(reduction(x[...], outer, axis, inner, variant: variant), expected) == nil,
                "\(what), \(reduction)")
            }
          }
        }
      }
    }
    check(Float.self)
    check(Double.self)
  }

  @Test func productsGiveThePlainBitsForEveryShape() {
    func check<T: Number>(_: T.Type) {
      var dice = Dice(state: 5)
      let sizes = [1, 2, 3, 4, 5, 7, 8, 9, 12, 13, 16, 17, 24, 33, 64, 100, 129]
      let depths = [0, 1, 2, 3, 8, 9, 64, 255, 256, 257, 513, 700]
      for trial in 0..<400 {
        let rows = sizes.randomElement(using: &dice) ?? 1
        let columns = trial % 40 == 0 ? 1030 : sizes.randomElement(using: &dice) ?? 1
        let depth = depths.randomElement(using: &dice) ?? 1
        let special = trial % 5 == 0
        let a: [T] = dice.numbers(rows * depth, special: special)
        let b: [T] = dice.numbers(depth * columns, special: special)
        let bias: [T]? = trial % 2 == 0 ? nil : dice.numbers(columns, special: special)
        let expected = product(
          rows: rows, columns: columns, depth: depth, a: a, b: b, bias: bias, variant: Self.plain)
        for variant in Self.others {
          let found = product(
            rows: rows, columns: columns, depth: depth, a: a, b: b, bias: bias, offset: trial % 3, variant: variant)
          let what = "\(T.self) \(variant.name) \(rows)x\(depth)x\(columns)"
          #expect(firstDifference(found, expected) == nil, "\(what)")
        }
      }
    }
    check(Float.self)
    check(Double.self)
  }

  @Test func aTileOfAProductIsTheProductsTile() {
    let (rows, columns, depth) = (20, 40, 300)
    var dice = Dice(state: 6)
    let a: [Float] = dice.numbers(rows * depth, special: false)
    let b: [Float] = dice.numbers(depth * columns, special: false)
    let whole = product(
      rows: rows, columns: columns, depth: depth, a: a, b: b, bias: nil, variant: .current)
    var tile = [Float](repeating: 0, count: 5 * 9)
    a.withUnsafeBufferPointer { a in
      b.withUnsafeBufferPointer { b in
        tile.withUnsafeMutableBufferPointer { tile in
          guard let a = a.baseAddress, let b = b.baseAddress, let tile = tile.baseAddress else { return }
          MatrixProduct.run(
            .f32, rows: 5, columns: 9, depth: depth, a: a + 11 * depth, b: b + 23, bStride: columns,
            result: tile)
        }
      }
    }
    let expected = (0..<45).map { whole[(11 + $0 / 9) * columns + 23 + $0 % 9] }
    #expect(firstDifference(tile, expected) == nil)
  }
}
