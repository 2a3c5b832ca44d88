import NNFormat
import NNKernels
import NNLayers
import Testing

/// Every way to compute a convolution gives the bits of the plain kernels with channels last: data formats, packed kernels, parts of
/// the outputs, steps behind the sums.
@Suite struct ConvolutionProductTests {
  @Test func everyWayGivesThePlainBits() {
    var dice = Dice()
    var count = 0
    for trial in 0..<400 {
      let product = dice.product(isDepthwise: trial.isMultiple(of: 5), isPointwise: trial.isMultiple(of: 4))
      guard product.samples * product.window.outputs * product.depth * product.filters < 150_000 else { continue }
      count += 1
      let values = ConvolutionValues(product, &dice)
      let expected = values.plain()
      for format in [DataFormat.channelsLast, .channelsFirst] {
        for packs in [false, true] {
          for parts in [1, 3] {
            let difference = zip(values.run(format, packs: packs, parts: parts), expected).enumerated()
              .first { $1.0.bitPattern != $1.1.bitPattern }
            #expect(difference == nil, "\(product), \(format), packed \(packs), \(parts) parts")
          }
        }
      }
    }
    #expect(count > 150)
  }
}

/// Numbers that are the same in every run.
private struct Dice: RandomNumberGenerator {
  var state: UInt64 = 11

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return (state ^ (state >> 29)) &* 0xbf58_476d_1ce4_e5b9
  }

  mutating func one(of elements: [Int]) -> Int { elements[Int((next() >> 33) % UInt64(elements.count))] }

  mutating func numbers(_ count: Int) -> [Float] {
    (0..<count).map { _ in Float(one(of: [-3, -2, -1, 0, 1, 2, 3])) * Float.random(in: 0.5...1, using: &self) }
  }

  mutating func axis(_ extents: Int, isPointwise: Bool) -> WindowAxis {
    while true {
      var axis = WindowAxis(input: Int.random(in: 1...extents, using: &self))
      axis.output = axis.input
      if isPointwise { return axis }
      axis.size = one(of: [1, 2, 3, 3, 5, 7])
      axis.stride = one(of: [1, 1, 2, 3])
      axis.dilation = one(of: [1, 1, 1, 2])
      (axis.before, axis.after) = (one(of: [0, 1, 2, 3]), one(of: [0, 1, 2]))
      let room = axis.before + axis.input + axis.after - (axis.size - 1) * axis.dilation
      guard room > 0 else { continue }
      axis.output = (room - 1) / axis.stride + 1
      return axis
    }
  }

  mutating func product(isDepthwise: Bool, isPointwise: Bool) -> ConvolutionProduct {
    var window = Window()
    let rank = one(of: [1, 2, 2, 2, 3])
    window.width = axis(rank == 1 ? 60 : 20, isPointwise: isPointwise)
    if rank > 1 { window.height = axis(16, isPointwise: isPointwise) }
    if rank > 2 { window.depth = axis(4, isPointwise: isPointwise) }
    let groups = isDepthwise ? one(of: [2, 3, 16, 40, 70]) : one(of: [1, 1, 1, 2, 3])
    return ConvolutionProduct(
      type: .f32, format: .channelsLast, window: window, samples: one(of: [1, 2]),
      channels: groups * (isDepthwise ? 1 : one(of: [1, 2, 3, 8, 17, 40, 90])), groups: groups,
      filters: groups * (isDepthwise ? one(of: [1, 1, 2, 3]) : one(of: [1, 3, 8, 17, 40, 70])))
  }
}

/// The values of a convolution whose channels come last, followed by a sum with another value and by `relu`.
private struct ConvolutionValues {
  let product: ConvolutionProduct
  let input: [Float]
  let kernel: [Float]
  let bias: [Float]
  let other: [Float]

  init(_ product: ConvolutionProduct, _ dice: inout Dice) {
    self.product = product
    input = dice.numbers(product.samples * product.window.inputs * product.channels)
    kernel = dice.numbers(product.depth * product.filters)
    bias = dice.numbers(product.filters)
    other = dice.numbers(product.samples * product.window.outputs * product.filters)
  }

  /// The definition, group by group.
  func plain() -> [Float] {
    let plain = KernelVariant.available[0]
    let (groups, window) = (product.groups, product.window)
    let (groupChannels, groupFilters) = (product.channels / groups, product.filters / groups)
    let sums = written(other.count, input, kernel, bias) { x, kernel, bias, result, scratch in
      for group in 0..<groups {
        let filter = group * groupFilters * 4
        WindowProduct(
          .f32, window: window, samples: product.samples, channels: groupChannels, inputStride: product.channels,
          filters: groupFilters
        ).run(
          input: x + group * groupChannels * 4,
          weights: .init(address: kernel + filter, stride: product.filters, bias: bias + filter),
          result: result + filter, resultStride: product.filters, scratch: scratch, variant: plain)
      }
    }
    return zip(sums, other).map { max($0 + $1, 0) }
  }

  /// One way to the same, with the channels last again.
  func run(_ format: DataFormat, packs: Bool, parts: Int) -> [Float] {
    let isLast = format == .channelsLast
    let (samples, window) = (product.samples, product.window)
    let own = ConvolutionProduct(
      type: .f32, format: format, window: window, samples: samples, channels: product.channels,
      groups: product.groups, filters: product.filters)
    let outputs = samples * window.outputs
    let x = isLast ? input : turned(input, samples, window.inputs, product.channels)
    let summand = isLast ? other : turned(other, samples, window.outputs, product.filters)
    let packedSize = own.packedByteCount()
    let result = written(
      other.count, x, kernel, bias, summand, scratch: own.scratchByteCount + packedSize + 64
    ) { x, kernel, bias, summand, result, scratch in
      let packed = packs && packedSize > 0 ? scratch + own.scratchByteCount : nil
      if let packed { own.pack(kernel, to: packed) }
      let weights = ConvolutionProduct.Weights(
        kernel: packed == nil ? kernel : nil, packed: packed.map { UnsafeRawPointer($0) }, bias: bias)
      let steps: [ElementStep] = [
        .add(.matrix(summand, rowStride: isLast ? product.filters : window.outputs)), .apply(.relu),
      ]
      steps.withUnsafeBufferPointer { steps in
        for part in 0..<parts {
          own.run(
            input: x, weights, steps: steps, result: result,
            positions: part * outputs / parts..<(part + 1) * outputs / parts, scratch: scratch)
        }
      }
    }
    return isLast ? result : turned(result, samples, product.filters, window.outputs)
  }

  /// Each sample's matrix of the given rows and columns turned.
  private func turned(_ x: [Float], _ samples: Int, _ rows: Int, _ columns: Int) -> [Float] {
    (0..<samples * rows * columns).map { index in
      let (sample, place) = index.quotientAndRemainder(dividingBy: max(rows * columns, 1))
      return x[sample * rows * columns + place % rows * columns + place / rows]
    }
  }
}

private func written(
  _ count: Int, _ inputs: [Float]..., scratch: Int = 1 << 20,
  body: (UnsafeRawPointer, UnsafeRawPointer, UnsafeRawPointer, UnsafeMutableRawPointer, UnsafeMutableRawPointer) -> Void
) -> [Float] {
  written(count, inputs[0], inputs[1], inputs[2], [], scratch: scratch) { x, kernel, bias, _, result, scratch in
    body(x, kernel, bias, result, scratch)
  }
}

/// What `body` writes for `count` elements, given the inputs' addresses and scratch full of NaN.
private func written(
  _ count: Int, _ x: [Float], _ kernel: [Float], _ bias: [Float], _ other: [Float], scratch: Int,
  body: (
    UnsafeRawPointer, UnsafeRawPointer, UnsafeRawPointer, UnsafeRawPointer, UnsafeMutableRawPointer,
    UnsafeMutableRawPointer
  ) -> Void
) -> [Float] {
  var result = [Float](repeating: .nan, count: count + 1)
  let all = [0] + x + kernel + bias + other
  all.withUnsafeBytes { all in
    result.withUnsafeMutableBytes { result in
      withUnsafeTemporaryAllocation(byteCount: scratch + 64, alignment: 64) { room in
        guard let base = all.baseAddress, let result = result.baseAddress, let room = room.baseAddress else { return }
        memset(room, scratch + 64)
        let x0 = base + 4
        let (k0, b0) = (x0 + x.count * 4, x0 + (x.count + kernel.count) * 4)
        body(x0, k0, b0, b0 + bias.count * 4, result, room)
        let end = (room + scratch).assumingMemoryBound(to: UInt8.self)
        #expect((0..<64).allSatisfy { end[$0] == 0xff }, "nothing is written behind the scratch")
      }
    }
  }
  #expect(result[count].isNaN, "nothing is written behind the result")
  return Array(result.dropLast())
}

private func memset(_ room: UnsafeMutableRawPointer, _ count: Int) {
  room.initializeMemory(as: UInt8.self, repeating: 0xff, count: count)
}
