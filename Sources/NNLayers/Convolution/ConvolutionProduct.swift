import NNKernels

/// The arithmetic of a convolution: for each output one inner product over the window's positions in row-major order and in
/// each over the channels of the group, of what the window sees and the kernel `[positions, channels / groups, filters]`.
///
/// What a window sees is gathered for some outputs at a time, so that the working memory does not grow with the input.
struct ConvolutionProduct {
  let type: FloatType
  let format: DataFormat
  let window: Window
  let samples: Int
  let channels: Int
  let groups: Int
  let filters: Int

  /// About how many bytes of what windows see are gathered at a time.
  private static let tileSize = 1 << 21

  /// The terms of one inner product.
  var depth: Int { window.size * groupChannels }
  private var groupChannels: Int { groups == 0 ? 0 : channels / groups }
  private var groupFilters: Int { groups == 0 ? 0 : filters / groups }
  /// A channel a group: products too narrow for matrices, which run side by side.
  private var isDepthwise: Bool { format == .channelsLast && groups == channels && groups > 1 }

  /// The multiplications that are each followed by an addition; nil if they cannot be counted.
  var multiplyAdds: Int? {
    var count = 1
    for factor in [samples, window.outputs, filters, depth] {
      let (product, overflow) = count.multipliedReportingOverflow(by: factor)
      guard !overflow else { return nil }
      count = product
    }
    return count
  }

  private func tile(of count: Int, limit: Int) -> Int {
    let rowSize = max(depth * type.byteSize, 1)
    let tile = limit / rowSize
    return max(1, min(count, tile > 64 ? tile / 64 * 64 : tile))
  }
  /// Outputs at a time: rows through all samples, or columns of one sample.
  private var positions: Int {
    tile(of: format == .channelsLast ? samples * window.outputs : window.outputs, limit: Self.tileSize)
  }
  /// Filters at a time, where the kernel has to be turned.
  private var turnedFilters: Int { tile(of: groupFilters, limit: Self.tileSize / 2) }

  /// The working memory that `run` needs.
  var scratchByteCount: Int {
    guard samples > 0, window.outputs > 0, filters > 0 else { return 0 }
    if isDepthwise { return 0 }
    switch format {
    case .channelsLast:
      let rows = window.isIdentity ? samples * window.outputs : positions
      return (window.isIdentity ? 0 : aligned(rows * depth * type.byteSize))
        + MatrixProduct.scratchByteCount(type, rows: rows, columns: groupFilters, depth: depth)
    case .channelsFirst:
      let columns = window.isIdentity ? window.outputs : positions
      return aligned(turnedFilters * depth * type.byteSize)
        + (window.isIdentity ? 0 : aligned(columns * depth * type.byteSize))
        + MatrixProduct.scratchByteCount(type, rows: turnedFilters, columns: columns, depth: depth)
    }
  }

  /// Writes the convolution of the samples to `result`.
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
    guard samples > 0, window.outputs > 0, filters > 0 else { return }
    let input = input.assumingMemoryBound(to: T.self)
    let kernel = kernel.assumingMemoryBound(to: T.self)
    let bias = bias?.assumingMemoryBound(to: T.self)
    let result = result.assumingMemoryBound(to: T.self)
    if isDepthwise {
      DepthwiseProduct(window: window, samples: samples, channels: channels, multiplier: groupFilters)
        .run(type, input: input, weights: kernel, bias: bias, result: result)
    } else if format == .channelsLast {
      runLast(input, kernel, bias, result, scratch)
    } else {
      runFirst(input, kernel, bias, result, scratch)
    }
  }

  /// Rows of what windows see, times the kernel.
  private func runLast<T: BinaryFloatingPoint>(
    _ input: UnsafePointer<T>, _ kernel: UnsafePointer<T>, _ bias: UnsafePointer<T>?,
    _ result: UnsafeMutablePointer<T>, _ scratch: UnsafeMutableRawPointer
  ) {
    let total = samples * window.outputs
    let step = window.isIdentity ? total : positions
    let rows = scratch.assumingMemoryBound(to: T.self)
    let productScratch = window.isIdentity ? scratch : scratch + aligned(step * depth * type.byteSize)
    for start in stride(from: 0, to: total, by: step) {
      let count = min(step, total - start)
      for group in 0..<groups {
        let part = group * groupChannels..<(group + 1) * groupChannels
        if !window.isIdentity {
          window.gatherRows(of: input, channels: channels, part: part, positions: start..<start + count, to: rows)
        }
        MatrixProduct.run(
          type, rows: count, columns: groupFilters, depth: depth,
          a: window.isIdentity ? input + part.lowerBound : UnsafePointer(rows),
          aStride: window.isIdentity ? channels : depth, b: kernel + group * groupFilters, bStride: filters,
          bias: bias.map { UnsafeRawPointer($0 + group * groupFilters) },
          result: result + (start * filters + group * groupFilters), resultStride: filters,
          scratch: productScratch)
      }
    }
  }

  /// The kernel's transpose, times columns of what windows see; factors in another order give the same bits.
  private func runFirst<T: BinaryFloatingPoint>(
    _ input: UnsafePointer<T>, _ kernel: UnsafePointer<T>, _ bias: UnsafePointer<T>?,
    _ result: UnsafeMutablePointer<T>, _ scratch: UnsafeMutableRawPointer
  ) {
    let outputs = window.outputs
    let step = window.isIdentity ? outputs : positions
    let turned = scratch.assumingMemoryBound(to: T.self)
    let columns = (scratch + aligned(turnedFilters * depth * type.byteSize)).assumingMemoryBound(to: T.self)
    let columnsSize = window.isIdentity ? 0 : aligned(step * depth * type.byteSize)
    for group in 0..<groups {
      for first in stride(from: 0, to: groupFilters, by: turnedFilters) {
        let rows = min(turnedFilters, groupFilters - first)
        let filter = group * groupFilters + first
        turn(kernel + filter, rows: rows, to: turned)
        for sample in 0..<samples {
          let planes = input + (sample * channels + group * groupChannels) * window.inputs
          let target = result + (sample * filters + filter) * outputs
          for start in stride(from: 0, to: outputs, by: step) {
            let count = min(step, outputs - start)
            if !window.isIdentity {
              window.gatherColumns(
                of: planes, channels: groupChannels, positions: start..<start + count, to: columns)
            }
            MatrixProduct.run(
              type, rows: rows, columns: count, depth: depth, a: turned,
              b: window.isIdentity ? planes : UnsafePointer(columns), result: target + start,
              resultStride: outputs, scratch: UnsafeMutableRawPointer(columns) + columnsSize)
          }
          guard let bias else { continue }
          for row in 0..<rows { add(bias[filter + row], to: target + row * outputs, count: outputs) }
        }
      }
    }
  }

  /// The transpose of `rows` columns of the kernel. Sixteen terms at a time: what is read stays near until the next column.
  private func turn<T: BinaryFloatingPoint>(
    _ kernel: UnsafePointer<T>, rows: Int, to turned: UnsafeMutablePointer<T>
  ) {
    for start in stride(from: 0, to: depth, by: 16) {
      for row in 0..<rows {
        let target = turned + row * depth
        for k in start..<min(start + 16, depth) { target[k] = kernel[k * filters + row] }
      }
    }
  }
}

/// A size rounded up to the alignment of scratch memory.
@inline(__always)
func aligned(_ size: Int) -> Int { (size + 63) / 64 * 64 }

/// Adds one number to each element.
@inline(__always)
func add<T: BinaryFloatingPoint>(_ summand: T, to elements: UnsafeMutablePointer<T>, count: Int) {
  for index in 0..<count { elements[index] += summand }
}
