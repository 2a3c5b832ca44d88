import NNKernels
import Testing

/// Steps of recurrent layers: every variant gives the bits of the plain one, and that those of the parts one after another.
@Suite struct GatedStepTests {
  static let plain = KernelVariant.available[0]

  @Test func everyVariantGivesThePlainBits() {
    func check<T: Number>(_: T.Type) {
      var dice = Dice(state: 21)
      for trial in 0..<400 {
        let step = RandomGatedStep<T>(trial: trial, using: &dice)
        let expected = step.run(packed: false, Self.plain)
        for variant in KernelVariant.available {
          for packed in [false, true] {
            let found = step.run(packed: packed, variant)
            #expect(firstDifference(found, expected) == nil, "\(step), \(variant.name), packed \(packed)")
          }
        }
      }
    }
    check(Float.self)
    check(Double.self)
  }

  @Test func aStepIsItsPartsOneAfterAnother() {
    func check<T: Number>(_: T.Type) {
      var dice = Dice(state: 22)
      for trial in 0..<150 {
        let step = RandomGatedStep<T>(trial: trial, using: &dice)
        let found = step.run(packed: false, Self.plain)
        #expect(firstDifference(found, step.inParts()) == nil, "\(step)")
      }
    }
    check(Float.self)
    check(Double.self)
  }
}

/// A step of either kind with random extents, functions and numbers.
private struct RandomGatedStep<T: Number>: CustomStringConvertible {
  let isLSTM: Bool
  let rows: Int
  let units: Int
  let depth: Int
  let functions: [Elementwise]
  let gates: [T]
  let hidden: [T]
  let weights: [T]
  let cell: [T]
  let bias: [T]?

  var count: Int { isLSTM ? 4 : 3 }
  var description: String {
    "\(T.self) \(isLSTM ? "lstm" : "gru"), \(rows) rows, \(units) units of \(depth), \(functions)"
  }

  init(trial: Int, using dice: inout Dice) {
    isLSTM = trial.isMultiple(of: 2)
    rows = dice.one(of: [1, 1, 2, 3, 4, 5, 8, 9])
    units = dice.one(of: [1, 3, 4, 7, 8, 9, 15, 16, 17, 31, 32, 33, 40, 64, 70])
    depth = isLSTM && trial.isMultiple(of: 3) ? dice.one(of: [1, 5, 255, 256, 257, 520]) : units
    functions =
      trial.isMultiple(of: 4)
      ? (0..<3).map { _ in everyFunction[Int(dice.next() % UInt64(everyFunction.count))] } : [.sigmoid, .tanh, .tanh]
    let gateCount = isLSTM ? 4 : 3
    let special = trial.isMultiple(of: 5)
    gates = dice.numbers(rows * gateCount * units, special: special)
    hidden = dice.numbers(rows * depth, special: special)
    weights = dice.numbers(depth * gateCount * units, special: special).map { (x: T) in x / 8 }
    cell = dice.numbers(rows * units, special: special)
    bias = isLSTM || trial.isMultiple(of: 3) ? nil : dice.numbers(3 * units, special: special)
  }

  /// The new h, and of an lstm the new c behind it.
  func run(packed packs: Bool, _ variant: KernelVariant) -> [T] {
    let step = GatedStep(isLSTM ? .lstm : .gru, gate: functions[0], candidate: functions[1], output: functions[2])
    let size = packs ? step.packedByteCount(T.type, units: units, depth: depth, variant: variant) : 0
    let packed = Memory<UInt8>([UInt8](repeating: 0xa5, count: size))
    return written(rows * units * (isLSTM ? 2 : 1), [gates, hidden, weights, cell, bias ?? []]) { inputs, result in
      if packs { step.pack(T.type, inputs[2], units: units, depth: depth, to: packed.address, variant: variant) }
      step.run(
        T.type, rows: rows, units: units, depth: depth, gates: inputs[0], hidden: inputs[1], weights: inputs[2],
        packed: packs ? UnsafeRawPointer(packed.address) : nil, bias: bias == nil ? nil : inputs[4], cell: inputs[3],
        nextCell: result + rows * units * MemoryLayout<T>.stride, nextHidden: result, variant: variant)
    }
  }

  /// The same with a matrix product, and with functions and sums of one element.
  func inParts() -> [T] {
    let plain = GatedStepTests.plain
    let shares = product(
      rows: rows, columns: count * units, depth: depth, a: hidden, b: weights, bias: bias, variant: plain)
    func apply(_ function: Int, _ x: T) -> T { functions[function]([x], variant: plain)[0] }
    var (newHidden, newCell): ([T], [T]) = ([], [])
    for row in 0..<rows {
      for unit in 0..<units {
        let places = (0..<count).map { (row * count + $0) * units + unit }
        if isLSTM {
          let sums = places.map { gates[$0] + shares[$0] }
          let kept = apply(0, sums[1]) * cell[row * units + unit]
          let added = apply(0, sums[0]) * apply(1, sums[2])
          newCell.append(kept + added)
          newHidden.append(apply(0, sums[3]) * apply(2, kept + added))
        } else {
          let update = apply(0, gates[places[0]] + shares[places[0]])
          let reset = apply(0, gates[places[1]] + shares[places[1]])
          let scaled = reset * shares[places[2]]
          let candidate = apply(1, gates[places[2]] + scaled)
          let kept = update * hidden[row * units + unit]
          let added = (1 - update) * candidate
          newHidden.append(kept + added)
        }
      }
    }
    return newHidden + newCell
  }
}
