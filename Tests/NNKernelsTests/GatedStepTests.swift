import NNKernels
import Testing

/// Steps of recurrent layers: every variant gives the bits of the plain one, and that those of the parts one after another.
@Suite struct GatedStepTests {
  static let plain = KernelVariant.available[0]

  @Test func everyVariantGivesThePlainBits() {
    func check<T: Number>(_: T.Type, _ weightTypes: [WeightType]) {
      var dice = Dice(state: 21)
      for trial in 0..<1000 {
        let step = RandomGatedStep<T>(weightTypes, trial: trial, using: &dice)
        let expected = step.run(packed: false, Self.plain)
        for variant in KernelVariant.available {
          for (packed, parts) in [(false, 1), (true, 1), (false, 3), (true, 2)] {
            let found = step.run(packed: packed, parts: parts, variant)
            #expect(
              firstDifference(found, expected) == nil, "\(step), \(variant.name), packed \(packed), \(parts) parts")
          }
        }
      }
    }
    check(Float.self, [.same, .f16, .bf16, .i8])
    check(Double.self, [.same])
  }

  @Test func aStepIsItsPartsOneAfterAnother() {
    func check<T: Number>(_: T.Type, _ weightTypes: [WeightType]) {
      var dice = Dice(state: 22)
      for trial in 0..<300 {
        let step = RandomGatedStep<T>(weightTypes, trial: trial, using: &dice)
        let found = step.run(packed: false, Self.plain)
        #expect(firstDifference(found, step.inParts()) == nil, "\(step)")
      }
    }
    check(Float.self, [.same, .f16, .bf16, .i8])
    check(Double.self, [.same])
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
  let weightType: WeightType
  let weights: RandomWeights<T>
  let scales: [T]?
  let cell: [T]
  let bias: [T]?

  var count: Int { isLSTM ? 4 : 3 }
  var description: String {
    "\(T.self) \(isLSTM ? "lstm" : "gru"), \(rows) rows, \(units) units of \(depth), \(weightType), \(functions)"
  }

  init(_ weightTypes: [WeightType], trial: Int, using dice: inout Dice) {
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
    hidden = dice.numbers(rows * depth, special: special).map { (x: T) in x / 8 }
    weightType = weightTypes[trial % weightTypes.count]
    weights = RandomWeights(weightType, depth * gateCount * units, special: special, using: &dice)
    scales = weightType == .i8 ? dice.numbers(gateCount * units, special: special).map { (x: T) in x / 64 } : nil
    cell = dice.numbers(rows * units, special: special)
    bias = isLSTM || trial.isMultiple(of: 3) ? nil : dice.numbers(3 * units, special: special)
  }

  /// The new h, and of an lstm the new c behind it; computed in some parts, last ones first.
  func run(packed packs: Bool, parts: Int = 1, _ variant: KernelVariant) -> [T] {
    let step = GatedStep(isLSTM ? .lstm : .gru, gate: functions[0], candidate: functions[1], output: functions[2])
    let packing = GatedStep.Packing(depth: depth, units: units, gates: count)
    let size = packs ? packing.byteCount(T.type, weightType, variant: variant) : 0
    let packed = Memory<UInt8>([UInt8](repeating: 0xa5, count: size))
    if packs { packing.pack(T.type, weightType, from: weights.stored.address, to: packed.address, variant: variant) }
    return written(rows * units * (isLSTM ? 2 : 1), [gates, hidden, cell, bias ?? [], scales ?? []]) { inputs, result in
      let weights = GatedStep.Weights(
        packs ? packed.address : weights.stored.address, type: weightType, isPacked: packs,
        scales: scales == nil ? nil : inputs[4])
      let starts = stride(from: 0, to: max(units, 1), by: (units / parts / 32 + 1) * 32)
      for start in starts.reversed() {
        step.run(
          T.type, rows: rows, units: units, of: start..<min(units, start + (units / parts / 32 + 1) * 32), depth: depth,
          gates: inputs[0], hidden: inputs[1], weights: weights, bias: bias == nil ? nil : inputs[3], cell: inputs[2],
          nextCell: result + rows * units * MemoryLayout<T>.stride, nextHidden: result, variant: variant)
      }
    }
  }

  /// The same with a matrix product, and with functions and sums of one element.
  func inParts() -> [T] {
    let plain = GatedStepTests.plain
    var shares = product(
      rows: rows, columns: count * units, depth: depth, a: hidden, b: weights.numbers, bias: nil, variant: plain)
    for place in shares.indices {
      let column = place % (count * units)
      if let scales { shares[place] *= scales[column] }
      if let bias { shares[place] += bias[column] }
    }
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
