import NNKernels
import Testing

/// Matrix products with every form of their right side, and the steps behind them.
@Suite struct ProductTests {
  static let plain = KernelVariant.available[0]

  @Test func everyFormOfTheRightSideGivesThePlainBits() {
    func check<T: Number>(_: T.Type, _ weightTypes: [WeightType]) {
      var dice = Dice(state: 11)
      for trial in 0..<400 {
        let product = RandomProduct<T>(weightTypes, trial: trial, using: &dice)
        let expected = product.run(packed: false, Self.plain)
        for variant in KernelVariant.available {
          for packed in [false, true] {
            let found = product.run(packed: packed, variant)
            #expect(
              firstDifference(found, expected) == nil, "\(product), \(variant.name), packed \(packed)")
          }
        }
      }
    }
    check(Float.self, [.same, .f16, .bf16, .i8])
    check(Double.self, [.same])
  }

  @Test func aProductIsItsPartsOneAfterAnother() {
    func check<T: Number>(_: T.Type, _ weightTypes: [WeightType]) {
      var dice = Dice(state: 12)
      for trial in 0..<150 {
        let product = RandomProduct<T>(weightTypes, trial: trial, using: &dice)
        let found = product.run(packed: false, Self.plain)
        #expect(firstDifference(found, product.inParts()) == nil, "\(product)")
      }
    }
    check(Float.self, [.same, .f16, .bf16, .i8])
    check(Double.self, [.same])
  }

  @Test func columnsOfAPackedSideCanBeShared() {
    let (rows, columns, depth) = (13, 150, 300)
    var dice = Dice(state: 13)
    let a = Memory<Float>(dice.numbers(rows * depth, special: false))
    let b = Memory<Float>(dice.numbers(depth * columns, special: false))
    for variant in KernelVariant.available {
      let packed = Memory<UInt8>(
        [UInt8](
          repeating: 0,
          count: MatrixProduct.packedByteCount(.f32, columns: columns, depth: depth, variant: variant)))
      MatrixProduct.pack(.f32, columns: columns, depth: depth, b: b.address, to: packed.address, variant: variant)
      let whole = Memory<Float>([Float](repeating: 0, count: rows * columns))
      MatrixProduct.run(
        .f32, rows: rows, columns: columns, depth: depth, a: a.address, b: b.address, result: whole.address,
        variant: variant)
      let shared = Memory<Float>([Float](repeating: 0, count: rows * columns))
      let split = 2 * MatrixProduct.tileColumns(.f32, variant: variant)
      for part in [0..<split, split..<columns] {
        let offset = MatrixProduct.packedOffset(.f32, column: part.lowerBound, depth: depth)
        MatrixProduct.run(
          .f32, rows: rows, columns: part.count, depth: depth, a: a.address, b: nil, packed: packed.address + offset,
          result: shared.address + part.lowerBound * 4, resultStride: columns, variant: variant)
      }
      #expect(firstDifference(shared.elements, whole.elements) == nil, "\(variant.name)")
    }
  }

  @Test func chainsOfStepsAreTheirStepsOneAfterAnother() {
    func check<T: Number>(_: T.Type) {
      var dice = Dice(state: 14)
      for (rows, columns) in [(0, 3), (3, 0), (1, 1), (2, 5), (7, 16), (3, 33), (40, 100), (2, 5000), (300, 31)] {
        for _ in 0..<8 {
          let steps = RandomSteps<T>(rows: rows, columns: columns, using: &dice)
          let x: [T] = dice.numbers(rows * columns)
          let expected = steps.oneAfterAnother(x)
          for variant in KernelVariant.available {
            let result = Memory<T>([T](repeating: 42, count: rows * columns + 1))
            let source = Memory(x)
            steps.withSteps { steps in
              ElementChain.run(
                T.type, rows: rows, columns: columns, steps: steps, from: source.address, to: result.address,
                variant: variant)
              ElementChain.run(
                T.type, rows: rows, columns: columns, steps: steps, from: source.address, to: source.address,
                variant: variant)
            }
            let what = "\(T.self) \(rows)x\(columns), \(steps), \(variant.name)"
            #expect(firstDifference(result.elements, expected + [42]) == nil, "\(what)")
            #expect(firstDifference(source.elements, expected) == nil, "\(what), in place")
          }
        }
      }
    }
    check(Float.self)
    check(Double.self)
  }

  @Test func aPartOfAMatrixTakesItsPartOfTheOperands() {
    let (rows, columns) = (9, 40)
    var dice = Dice(state: 15)
    let steps = RandomSteps<Float>(rows: rows, columns: columns, count: 3, using: &dice)
    let x: [Float] = dice.numbers(rows * columns, special: false)
    let expected = steps.oneAfterAnother(x)
    for variant in KernelVariant.available {
      let result = Memory(x)
      for (row, column, height, width) in [(0, 0, 4, 40), (4, 0, 5, 17), (4, 17, 5, 23)] {
        let part = result.address + (row * columns + column) * 4
        steps.withSteps { steps in
          ElementChain.run(
            .f32, rows: height, columns: width, steps: steps, from: part, stride: columns, to: part,
            resultStride: columns, firstRow: row, firstColumn: column, variant: variant)
        }
      }
      #expect(firstDifference(result.elements, expected) == nil, "\(variant.name)")
    }
  }
}
