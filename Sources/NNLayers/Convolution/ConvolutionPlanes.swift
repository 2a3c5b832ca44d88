import NNKernels

/// Convolutions whose channels come first: each channel is a plane.
///
/// A part of a sample is turned so that its channels come last, convolved, and turned back. Where each output sees its own
/// position and there are many, turning costs more than the products, and the turned kernel is multiplied with the planes.
extension ConvolutionProduct {
  /// About the bytes of a turned part, of the outputs that are turned back at a time, and of a turned kernel.
  private static let partSize = 1 << 20
  private static let blockSize = 1 << 18
  private static let kernelSize = 1 << 20

  /// The channels that are turned at a time, and how many elements a position of the turned result has.
  private var turnedChannels: Int { isDepthwise ? min(channels, 32) : groupChannels }
  private var turnedFilters: Int { isDepthwise ? turnedChannels * groupFilters : groupFilters }

  /// Whether products with the planes cost less than turning them. A narrow kernel would have to be widened, too.
  private func multipliesPlanes(_ kernelType: WeightType) -> Bool {
    guard window.isIdentity, !isDepthwise, kernelType == .same else { return false }
    return groupFilters * groupChannels <= window.outputs * (groupFilters + groupChannels) / 2
  }
  /// Filters whose turned kernel is multiplied at a time.
  private var kernelRows: Int {
    max(1, min(groupFilters, Self.kernelSize / max(depth * type.byteSize, 1)))
  }

  func planesScratchByteCount(_ kernelType: WeightType) -> Int {
    if multipliesPlanes(kernelType) { return aligned(kernelRows * depth * type.byteSize) }
    let parts = Parts(window, unit: turnedChannels * type.byteSize, limit: Self.partSize)
    let positions = blockPositions(parts)
    let product = isDepthwise ? 0 : groupProduct(window, samples: 1, inputStride: groupChannels).scratchByteCount()
    return aligned(parts.largestInput * turnedChannels * type.byteSize)
      + aligned(positions * turnedFilters * type.byteSize) + product
  }

  /// Outputs that are turned back at a time.
  private func blockPositions(_ parts: Parts) -> Int {
    let size = Self.blockSize / max(turnedFilters * type.byteSize, 1)
    return max(1, min(parts.largestOutput, max(size, 64)))
  }

  func runPlanes(
    _ input: UnsafeRawPointer, _ weights: Weights, _ steps: UnsafeBufferPointer<ElementStep>,
    _ result: UnsafeMutableRawPointer, _ positions: Range<Int>, _ scratch: UnsafeMutableRawPointer
  ) {
    for sample in 0..<samples {
      let outputs = positions.clamped(to: sample * window.outputs..<(sample + 1) * window.outputs)
      guard !outputs.isEmpty else { continue }
      let own = outputs.lowerBound - sample * window.outputs..<outputs.upperBound - sample * window.outputs
      if multipliesPlanes(weights.type) {
        multiplyPlanes(input, weights, steps, result, sample, own, scratch)
      } else {
        turnPlanes(input, weights, steps, result, sample, own, scratch)
      }
    }
  }

  /// The turned kernel, times the planes; factors in another order give the same bits.
  private func multiplyPlanes(
    _ input: UnsafeRawPointer, _ weights: Weights, _ steps: UnsafeBufferPointer<ElementStep>,
    _ result: UnsafeMutableRawPointer, _ sample: Int, _ outputs: Range<Int>, _ scratch: UnsafeMutableRawPointer
  ) {
    let size = type.byteSize
    for group in 0..<groups {
      let own = self.weights(weights, of: group)
      let planes = input + ((sample * channels + group * groupChannels) * window.inputs + outputs.lowerBound) * size
      for first in stride(from: 0, to: groupFilters, by: kernelRows) {
        let rows = min(kernelRows, groupFilters - first)
        let row = sample * filters + group * groupFilters + first
        turn(own, filters: first..<first + rows, to: scratch)
        // Scales and bias are columns here.
        withUnsafeTemporaryAllocation(of: ElementStep.self, capacity: steps.count + 2) { all in
          var count = 0
          func append(_ step: ElementStep) {
            all.initializeElement(at: count, to: step)
            count += 1
          }
          if let scales = own.scales { append(.multiply(.column(scales + first * size))) }
          if let bias = own.bias { append(.add(.column(bias + first * size))) }
          for step in steps { append(step.moved(type, row: row, column: outputs.lowerBound)) }
          MatrixProduct.run(
            type, rows: rows, columns: outputs.count, depth: depth, a: scratch, b: planes, bStride: window.inputs,
            steps: UnsafeBufferPointer(rebasing: all[..<count]),
            result: result + (row * window.outputs + outputs.lowerBound) * size, resultStride: window.outputs)
        }
      }
    }
  }

  /// Some filters of a kernel, a row each.
  private func turn(_ weights: WindowProduct.Weights, filters: Range<Int>, to turned: UnsafeMutableRawPointer) {
    let size = type.byteSize
    let panel = weights.packed == nil ? filters.count : MatrixProduct.tileColumns(type)
    var first = filters.lowerBound
    while first < filters.upperBound {
      let count = min(filters.upperBound - first, panel - (weights.packed == nil ? 0 : first % panel))
      let (source, stride): (UnsafeRawPointer?, Int) =
        weights.packed.map { ($0 + (first / panel * panel * depth + first % panel) * size, panel) }
        ?? (weights.address.map { $0 + first * size }, weights.stride)
      guard let source else { return }
      Transpose.run(
        type, rows: depth, columns: count, from: source, stride: stride,
        to: turned + (first - filters.lowerBound) * depth * size, resultStride: depth)
      first += count
    }
  }

  /// Part by part with the channels last.
  private func turnPlanes(
    _ input: UnsafeRawPointer, _ weights: Weights, _ steps: UnsafeBufferPointer<ElementStep>,
    _ result: UnsafeMutableRawPointer, _ sample: Int, _ outputs: Range<Int>, _ scratch: UnsafeMutableRawPointer
  ) {
    let size = type.byteSize
    let parts = Parts(window, unit: turnedChannels * size, limit: Self.partSize)
    let block = blockPositions(parts)
    let sums = scratch + aligned(parts.largestInput * turnedChannels * size)
    let rest = sums + aligned(block * turnedFilters * size)
    let turns = isDepthwise ? (channels + turnedChannels - 1) / turnedChannels : groups
    for turn in 0..<turns {
      let first = turn * turnedChannels
      let count = min(turnedChannels, channels - first)
      let planes = input + (sample * channels + first) * window.inputs * size
      for index in 0..<parts.count {
        let part = parts[index]
        let own = outputs.clamped(to: part.firstOutput..<part.firstOutput + part.window.outputs)
        guard !own.isEmpty else { continue }
        Transpose.run(
          type, rows: count, columns: part.window.inputs, from: planes + part.firstInput * size,
          stride: window.inputs, to: scratch, resultStride: count)
        for start in stride(from: own.lowerBound, to: own.upperBound, by: block) {
          let positions = start..<min(start + block, own.upperBound)
          convolve(
            part, weights, turn, steps, sample, positions, scratch, sums, rest, result)
        }
      }
    }
  }

  /// Some outputs of a turned part.
  private func convolve(
    _ part: Part, _ weights: Weights, _ turn: Int, _ steps: UnsafeBufferPointer<ElementStep>, _ sample: Int,
    _ outputs: Range<Int>, _ turned: UnsafeRawPointer, _ sums: UnsafeMutableRawPointer,
    _ scratch: UnsafeMutableRawPointer, _ result: UnsafeMutableRawPointer
  ) {
    let size = type.byteSize
    let positions = outputs.lowerBound - part.firstOutput..<outputs.upperBound - part.firstOutput
    let firstFilter = turn * turnedFilters
    let count = min(turnedFilters, filters - firstFilter)
    // The sums' first position is the first output.
    let target = sums - positions.lowerBound * count * size
    if isDepthwise {
      guard let kernel = weights.kernel else { return }
      DepthwiseProduct(window: part.window, samples: 1, channels: count / groupFilters, multiplier: groupFilters).run(
        type, input: turned, weights: kernel + firstFilter * size, weightsStride: filters,
        bias: weights.bias.map { $0 + firstFilter * size }, result: target, positions: positions)
    } else {
      groupProduct(part.window, samples: 1, inputStride: groupChannels).run(
        input: turned, weights: self.weights(weights, of: turn), result: target,
        positions: positions, scratch: scratch)
    }
    let row = sample * filters + firstFilter
    let plane = result + (row * window.outputs + outputs.lowerBound) * size
    Transpose.run(
      type, rows: positions.count, columns: count, from: sums, stride: count, to: plane, resultStride: window.outputs)
    guard !steps.isEmpty else { return }
    ElementChain.run(
      type, rows: count, columns: outputs.count, steps: steps, from: plane, stride: window.outputs, to: plane,
      resultStride: window.outputs, firstRow: row, firstColumn: outputs.lowerBound)
  }
}

/// A part of a sample: neighbouring outputs and what of the input they see.
private struct Part {
  let window: Window
  let firstInput: Int
  let firstOutput: Int
}

/// The parts of a sample along its outermost dimension, whose inputs are each one stretch of memory.
private struct Parts {
  private let window: Window
  private let axis: WritableKeyPath<Window, WindowAxis>
  /// The outputs of a part along the axis.
  private let step: Int
  let count: Int

  /// Parts of about `limit` bytes of input, of which a position has `unit`.
  init(_ window: Window, unit: Int, limit: Int) {
    self.window = window
    func isTrivial(_ axis: WindowAxis) -> Bool { axis.input == 1 && axis.output == 1 }
    axis = !isTrivial(window.depth) ? \.depth : !isTrivial(window.height) ? \.height : \.width
    let along = window[keyPath: axis]
    let slice = max(along.input == 0 ? 1 : window.inputs / along.input * unit, 1)
    let span = (along.size - 1) * abs(along.dilation) + 1
    step = max(1, min(along.output, (limit / slice - span) / along.stride + 1))
    count = along.output == 0 ? 0 : (along.output - 1) / step + 1
  }

  subscript(index: Int) -> Part {
    let along = window[keyPath: axis]
    let outputs = index * step..<min((index + 1) * step, along.output)
    let (part, first) = along.part(outputs)
    var own = window
    own[keyPath: axis] = part
    return Part(
      window: own, firstInput: along.input == 0 ? 0 : window.inputs / along.input * first,
      firstOutput: window.outputs / along.output * outputs.lowerBound)
  }

  /// The most positions of the input that a part has.
  var largestInput: Int {
    let along = window[keyPath: axis]
    guard along.input > 0 else { return 0 }
    let (reach, overflow) = ((along.size - 1) * abs(along.dilation) + 1).addingReportingOverflow(
      (step - 1) * along.stride)
    return window.inputs / along.input * min(along.input, overflow ? along.input : reach)
  }

  /// The most outputs that a part has.
  var largestOutput: Int {
    let along = window[keyPath: axis]
    return along.output == 0 ? 0 : window.outputs / along.output * step
  }
}
