import NNFormat
import NNKernels

/// The arithmetic of a transposed convolution: for each output one inner product over the window's positions from which an
/// input reaches it, in row-major order, and in each over the channels of the group.
///
/// Outputs whose places differ by multiples of the strides are reached from the same positions of the window. They form a
/// convolution with a part of the kernel and a window that goes backwards.
struct TransposedProduct {
  let type: FloatType
  let format: DataFormat
  let depth: TransposedAxis
  let height: TransposedAxis
  let width: TransposedAxis
  let samples: Int
  let channels: Int
  let groups: Int
  let filters: Int

  /// About how many bytes of what windows see are gathered at a time.
  private static let tileSize = 1 << 20

  private var groupChannels: Int { channels / groups }
  private var groupFilters: Int { filters / groups }
  private var outputs: Int { depth.output * height.output * width.output }
  /// The most terms of one inner product.
  private var terms: Int { depth.phaseSize * height.phaseSize * width.phaseSize * groupChannels }

  private func tile(of count: Int, rowSize: Int) -> Int {
    max(1, min(count, Self.tileSize / max(rowSize * type.byteSize, 1)))
  }
  /// Filters at a time.
  private var block: Int { min(tile(of: groupFilters, rowSize: terms), 512) }
  /// Outputs at a time.
  private var positions: Int {
    tile(of: depth.phaseOutputs * height.phaseOutputs * width.phaseOutputs, rowSize: max(terms, block))
  }
  private var kernelSize: Int { aligned(block * terms * type.byteSize) }
  private var seenSize: Int { aligned(positions * terms * type.byteSize) }
  private var resultSize: Int { aligned(positions * block * type.byteSize) }

  /// The working memory that `run` needs.
  var scratchByteCount: Int { kernelSize + seenSize + resultSize }

  /// The multiplications that are each followed by an addition, those with zeros beside the input too; nil if they cannot be
  /// counted.
  var multiplyAdds: Int? {
    var (count, overflow) = (1, false)
    for axis in [depth, height, width] {
      // No window of this size has a kernel in a file, unless it has no channels.
      guard axis.size <= 1 << 20, axis.dilation < 1 << 40, axis.before.magnitude < 1 << 40 else { return nil }
      // Each position of the window is a term of the outputs that lie a stride apart.
      var reached = 0
      for k in 0..<axis.size {
        let rest = (k * axis.dilation - axis.before) % axis.stride
        let first = rest < 0 ? rest + axis.stride : rest
        reached += first < axis.output ? (axis.output - first - 1) / axis.stride + 1 : 0
      }
      (count, overflow) = count.multipliedReportingOverflow(by: reached)
      guard !overflow else { return nil }
    }
    for factor in [samples, filters, groupChannels] {
      (count, overflow) = count.multipliedReportingOverflow(by: factor)
      guard !overflow else { return nil }
    }
    return count
  }

  /// Writes the transposed convolution of the samples to `result`.
  func run(
    input: UnsafeRawPointer, kernel: UnsafeRawPointer, bias: UnsafeRawPointer?, result: UnsafeMutableRawPointer,
    scratch: UnsafeMutableRawPointer
  ) {
    switch type {
    case .f32: run(as: Float.self, input, kernel, bias, result, scratch)
    case .f64: run(as: Double.self, input, kernel, bias, result, scratch)
    }
  }

  @inline(__always)
  private func run<T: BinaryFloatingPoint>(
    as element: T.Type, _ input: UnsafeRawPointer, _ kernel: UnsafeRawPointer, _ bias: UnsafeRawPointer?,
    _ result: UnsafeMutableRawPointer, _ scratch: UnsafeMutableRawPointer
  ) {
    for phaseZ in 0..<depth.phases {
      for phaseY in 0..<height.phases {
        for phaseX in 0..<width.phases {
          let phase = Phase(depth, height, width, phaseZ, phaseY, phaseX)
          for group in 0..<groups {
            for first in stride(from: 0, to: groupFilters, by: block) {
              let filters = group * groupFilters + first..<group * groupFilters + min(first + block, groupFilters)
              run(
                phase, group, filters, input.assumingMemoryBound(to: T.self),
                kernel.assumingMemoryBound(to: T.self), bias?.assumingMemoryBound(to: T.self),
                result.assumingMemoryBound(to: T.self), scratch)
            }
          }
        }
      }
    }
  }

  private func run<T: BinaryFloatingPoint>(
    _ phase: Phase, _ group: Int, _ block: Range<Int>, _ input: UnsafePointer<T>, _ kernel: UnsafePointer<T>,
    _ bias: UnsafePointer<T>?, _ result: UnsafeMutablePointer<T>, _ scratch: UnsafeMutableRawPointer
  ) {
    let window = phase.window
    let terms = window.size * groupChannels
    let part = group * groupChannels..<(group + 1) * groupChannels
    let weights = scratch.assumingMemoryBound(to: T.self)
    let seen = (scratch + kernelSize).assumingMemoryBound(to: T.self)
    let sums = (scratch + (kernelSize + seenSize)).assumingMemoryBound(to: T.self)
    copyKernel(phase, block, kernel, to: weights)
    for sample in 0..<samples {
      for start in stride(from: 0, to: window.outputs, by: positions) {
        let count = min(positions, window.outputs - start)
        if format == .channelsLast {
          let offset = sample * window.outputs + start
          window.gatherRows(
            of: input, channels: channels, part: part, positions: offset..<offset + count, to: seen)
        } else {
          window.gatherColumns(
            of: input + (sample * channels + part.lowerBound) * window.inputs, channels: part.count,
            positions: start..<start + count, to: seen)
        }
        let isLast = format == .channelsLast
        MatrixProduct.run(
          type, rows: isLast ? count : block.count, columns: isLast ? block.count : count, depth: terms,
          a: isLast ? seen : weights, b: isLast ? weights : seen, result: sums)
        scatter(sums, phase, start..<start + count, block, bias, to: result + sample * outputs * filters)
      }
    }
  }

  /// The phase's part of the kernel for some filters: `[terms, filters]`, or its transpose where channels come first.
  private func copyKernel<T: BinaryFloatingPoint>(
    _ phase: Phase, _ block: Range<Int>, _ kernel: UnsafePointer<T>, to copy: UnsafeMutablePointer<T>
  ) {
    let terms = phase.window.size * groupChannels
    var term = 0
    for kz in 0..<phase.window.depth.size {
      for ky in 0..<phase.window.height.size {
        for kx in 0..<phase.window.width.size {
          let position =
            ((phase.first.z + kz * phase.step.z) * height.size + phase.first.y + ky * phase.step.y) * width.size
            + phase.first.x + kx * phase.step.x
          for channel in 0..<groupChannels {
            let row = kernel + ((position * groupChannels + channel) * filters + block.lowerBound)
            if format == .channelsLast {
              (copy + term * block.count).update(from: row, count: block.count)
            } else {
              for filter in 0..<block.count { copy[filter * terms + term] = row[filter] }
            }
            term += 1
          }
        }
      }
    }
  }

  /// Puts the phase's sums to their places, the bias added.
  private func scatter<T: BinaryFloatingPoint>(
    _ sums: UnsafePointer<T>, _ phase: Phase, _ range: Range<Int>, _ block: Range<Int>, _ bias: UnsafePointer<T>?,
    to result: UnsafeMutablePointer<T>
  ) {
    let isLast = format == .channelsLast
    let (positionStep, filterStep) = isLast ? (block.count, 1) : (1, range.count)
    let (outputStep, planeStep) = isLast ? (filters, 1) : (1, outputs)
    for (index, position) in range.enumerated() {
      let (line, x) = position.quotientAndRemainder(dividingBy: phase.window.width.output)
      let (z, y) = line.quotientAndRemainder(dividingBy: phase.window.height.output)
      let place =
        ((phase.start.z + z * depth.stride) * height.output + phase.start.y + y * height.stride) * width.output
        + phase.start.x + x * width.stride
      let target = result + (place * outputStep + block.lowerBound * planeStep)
      let source = sums + index * positionStep
      if let bias {
        for filter in 0..<block.count {
          target[filter * planeStep] = source[filter * filterStep] + bias[block.lowerBound + filter]
        }
      } else {
        for filter in 0..<block.count { target[filter * planeStep] = source[filter * filterStep] }
      }
    }
  }
}

/// The outputs that begin at `start` and lie the strides apart, and what reaches them.
private struct Phase {
  typealias Place = (z: Int, y: Int, x: Int)

  var window = Window()
  let start: Place
  let first: Place
  let step: Place

  init(
    _ depth: TransposedAxis, _ height: TransposedAxis, _ width: TransposedAxis, _ z: Int, _ y: Int, _ x: Int
  ) {
    let (alongZ, alongY, alongX) = (depth.window(phase: z), height.window(phase: y), width.window(phase: x))
    window.depth = alongZ.window
    window.height = alongY.window
    window.width = alongX.window
    start = (z, y, x)
    first = (alongZ.first, alongY.first, alongX.first)
    step = (alongZ.step, alongY.step, alongX.step)
  }
}
