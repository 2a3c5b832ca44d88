import NNKernels
import Testing

/// Every variant's kernels over windows give the bits of the plain one, for windows of any kind.
@Suite struct WindowTests {
  static let plain = KernelVariant.available[0]
  static let others = Array(KernelVariant.available.dropFirst())

  @Test func convolutionsOfSingleChannelsGiveThePlainBits() {
    func check<T: Number>(_: T.Type) {
      var dice = Dice(state: 8)
      for trial in 0..<250 {
        let product = DepthwiseProduct(
          window: dice.window(longest: trial % 25 == 0 ? 300 : 7, backwards: true), samples: dice.one(of: [1, 2]),
          channels: dice.one(of: [1, 2, 3, 7, 8, 16, 17, 33, 40]), multiplier: dice.one(of: [1, 1, 1, 2, 3, 9]))
        let filters = product.channels * product.multiplier
        let window = product.window
        guard window.outputs * window.size * filters < 50_000 else { continue }
        let special = trial.isMultiple(of: 4)
        let x: [T] = dice.numbers(product.samples * window.inputs * product.channels, special: special)
        let weights: [T] = dice.numbers(window.size * filters, special: special)
        let bias: [T]? = trial.isMultiple(of: 3) ? nil : dice.numbers(filters, special: special)
        let positions = dice.part(of: product.samples * window.outputs)
        func run(_ variant: KernelVariant) -> [T] {
          written(product.samples * window.outputs * filters, [x, weights, bias ?? []]) { inputs, result in
            product.run(
              T.type, input: inputs[0], weights: inputs[1], bias: bias == nil ? nil : inputs[2], result: result,
              positions: positions, variant: variant)
          }
        }
        let expected = run(Self.plain)
        for variant in Self.others {
          #expect(firstDifference(run(variant), expected) == nil, "\(T.self) \(variant.name) \(product) \(positions)")
        }
      }
    }
    check(Float.self)
    check(Double.self)
  }

  @Test func convolutionsGiveThePlainBits() {
    func check<T: Number>(_: T.Type) {
      var dice = Dice(state: 10)
      for trial in 0..<300 {
        let channels = dice.one(of: [1, 2, 3, 7, 8, 16, 31, 40, 70, 300])
        let product = WindowProduct(
          T.type, window: dice.window(longest: 7, backwards: true), samples: dice.one(of: [1, 2]), channels: channels,
          inputStride: channels + dice.one(of: [0, 0, 1, 20]), filters: dice.one(of: [1, 2, 6, 16, 17, 33, 40, 70]))
        let window = product.window
        let depth = window.size * channels
        guard product.samples * window.outputs * depth * product.filters < 100_000 else { continue }
        let special = trial.isMultiple(of: 4)
        let x: [T] = dice.numbers(product.samples * window.inputs * product.inputStride, special: special)
        let stride = product.filters + dice.one(of: [0, 0, 3])
        let kernel: [T] = dice.numbers(depth * stride, special: special)
        let (scales, bias): ([T], [T]) = (dice.numbers(product.filters), dice.numbers(product.filters))
        let outputs = product.samples * window.outputs
        let other: [T] = dice.numbers(outputs * (product.filters + 1), special: special)
        let positions = dice.part(of: outputs)
        let (packs, isScaled, isBiased) = (trial % 2 == 0, trial % 3 == 0, trial % 5 > 0)
        func run(_ variant: KernelVariant) -> [T] {
          let packed = MatrixProduct.packedByteCount(T.type, columns: product.filters, depth: depth, variant: variant)
          return written(outputs * stride, [x, kernel, scales, bias, other]) { inputs, result in
            let scratch = product.scratchByteCount(variant: variant)
            withUnsafeTemporaryAllocation(byteCount: packed + scratch + 64, alignment: 64) { room in
              guard let room = room.baseAddress else { return }
              if packs {
                MatrixProduct.pack(
                  T.type, columns: product.filters, depth: depth, b: inputs[1], bStride: stride, to: room + scratch,
                  variant: variant)
              }
              let weights = WindowProduct.Weights(
                address: packs ? nil : inputs[1], stride: stride,
                packed: packs ? UnsafeRawPointer(room + scratch) : nil,
                scales: isScaled ? inputs[2] : nil, bias: isBiased ? inputs[3] : nil)
              let steps = [ElementStep.add(.matrix(inputs[4], rowStride: product.filters + 1)), .apply(.relu)]
              steps[..<(trial % 3)].withUnsafeBufferPointer { steps in
                product.run(
                  input: inputs[0], weights: weights, steps: steps, column: trial % 2, result: result,
                  resultStride: stride, positions: positions, scratch: room, variant: variant)
              }
            }
          }
        }
        let expected = run(Self.plain)
        for variant in Self.others {
          #expect(
            firstDifference(run(variant), expected) == nil,
            "\(T.self) \(variant.name) \(product) \(positions), packed \(packs), \(trial % 3) steps")
        }
      }
    }
    check(Float.self)
    check(Double.self)
  }

  @Test func transposesAreTheSame() {
    func check<T: Number>(_: T.Type) {
      var dice = Dice(state: 12)
      for _ in 0..<100 {
        let (rows, columns) = (Int.random(in: 0...70, using: &dice), Int.random(in: 1...70, using: &dice))
        let x: [T] = dice.numbers(rows * columns)
        let expected = (0..<rows * columns).map { x[$0 % max(rows, 1) * columns + $0 / max(rows, 1)] }
        for variant in KernelVariant.available {
          let found = written(rows * columns, [x]) { inputs, result in
            Transpose.run(
              T.type, rows: rows, columns: columns, from: inputs[0], stride: columns, to: result, resultStride: rows,
              variant: variant)
          }
          #expect(firstDifference(found, expected) == nil, "\(T.self) \(variant.name) \(rows)x\(columns)")
        }
      }
    }
    check(Float.self)
    check(Double.self)
  }

  @Test func poolsGiveThePlainBits() {
    func check<T: Number>(_: T.Type) {
      var dice = Dice(state: 9)
      for trial in 0..<400 {
        var pool = Pool(
          dice.one(of: [.greatest, .mean, .magnitudes, .length]), window: dice.window(longest: trial % 9 == 0 ? 90 : 5),
          samples: dice.one(of: [1, 2, 5]), channels: dice.one(of: [1, 1, 1, 2, 3, 8, 17, 33, 70]))
        pool.shares = trial.isMultiple(of: 7)
        pool.countsPadding = trial.isMultiple(of: 2)
        let window = pool.window
        guard window.outputs * window.size * pool.channels < 50_000 else { continue }
        var x: [T] = dice.numbers(pool.samples * window.inputs * pool.channels, special: trial.isMultiple(of: 3))
        // Of zeros the last one counts.
        if trial.isMultiple(of: 5) { x = x.map { $0 > 2 ? 0 : $0 > -2 ? -0.0 : -1 } }
        let lines = dice.part(of: pool.samples * window.lines)
        func run(_ variant: KernelVariant) -> [T] {
          written(pool.samples * window.outputs * pool.channels, [x]) { inputs, result in
            pool.run(T.type, from: inputs[0], to: result, lines: lines, variant: variant)
          }
        }
        let expected = run(Self.plain)
        for variant in Self.others {
          #expect(firstDifference(run(variant), expected) == nil, "\(T.self) \(variant.name) \(pool) \(lines)")
        }
      }
    }
    check(Float.self)
    check(Double.self)
  }
}

extension Dice {
  mutating func one<Element>(of elements: [Element]) -> Element {
    elements[Int(next() % UInt64(elements.count))]
  }

  /// All of `0..<count` or a part of it.
  mutating func part(of count: Int) -> Range<Int> {
    guard count > 0, next().isMultiple(of: 3) else { return 0..<count }
    let first = Int(next() % UInt64(count))
    return first..<first + 1 + Int(next() % UInt64(count - first))
  }

  /// A window over one to three dimensions, which may go backwards along some.
  mutating func window(longest: Int, backwards: Bool = false) -> Window {
    var window = Window()
    let rank = one(of: [1, 2, 2, 2, 3])
    window.width = axis(longest: longest, extents: rank == 1 ? 90 : 30, backwards)
    if rank > 1 { window.height = axis(longest: min(longest, 20), extents: 9, backwards) }
    if rank > 2 { window.depth = axis(longest: 3, extents: 4, backwards) }
    return window
  }

  /// A window of any size, stride, distance and padding.
  private mutating func axis(longest: Int, extents: Int, _ backwards: Bool) -> WindowAxis {
    while true {
      var axis = WindowAxis(input: Int.random(in: 1...extents, using: &self))
      axis.size = one(of: [1, 2, 3, 3, 5, longest])
      axis.stride = one(of: [1, 1, 1, 2, 2, 3])
      axis.dilation = one(of: [1, 1, 1, 2, 3])
      (axis.before, axis.after) = (one(of: [0, 1, 2, 4]), one(of: [0, 1, 2, 3]))
      let room = axis.before + axis.input + axis.after - (axis.size - 1) * axis.dilation
      guard room > 0 else { continue }
      // A window more, as `ceil_mode` has it.
      axis.output = (room - 1) / axis.stride + one(of: [1, 1, 2])
      if backwards && next().isMultiple(of: 4) {
        axis.before -= (axis.size - 1) * axis.dilation
        axis.dilation.negate()
      }
      return axis
    }
  }
}

/// What `body` writes to memory for `count` elements, given the inputs' addresses. They begin off their vectors' alignment, and
/// nothing may be written behind the last element.
func written<T: Number>(
  _ count: Int, _ inputs: [[T]], _ body: ([UnsafeRawPointer], UnsafeMutableRawPointer) -> Void
) -> [T] {
  var result = [T](repeating: 42, count: count + 1)
  let joined = inputs.reduce([0]) { $0 + $1 }
  joined.withUnsafeBufferPointer { joined in
    result.withUnsafeMutableBufferPointer { result in
      guard var next = joined.baseAddress, let target = result.baseAddress else { return }
      next += 1
      var addresses: [UnsafeRawPointer] = []
      for input in inputs {
        addresses.append(UnsafeRawPointer(next))
        next += input.count
      }
      body(addresses, target)
    }
  }
  #expect(result.last == 42, "nothing is written behind the last element")
  return Array(result.dropLast())
}
