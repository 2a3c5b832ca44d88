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
        let lines = dice.part(of: product.samples * window.lines)
        func run(_ variant: KernelVariant) -> [T] {
          written(product.samples * window.outputs * filters, [x, weights, bias ?? []]) { inputs, result in
            product.run(
              T.type, input: inputs[0], weights: inputs[1], bias: bias == nil ? nil : inputs[2], result: result,
              lines: lines, variant: variant)
          }
        }
        let expected = run(Self.plain)
        for variant in Self.others {
          #expect(firstDifference(run(variant), expected) == nil, "\(T.self) \(variant.name) \(product) \(lines)")
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
