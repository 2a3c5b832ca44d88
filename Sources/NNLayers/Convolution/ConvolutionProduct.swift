package import NNKernels

/// The arithmetic of a convolution: for each output one inner product over the window's positions in row-major order and in
/// each over the channels of the group, of what the window sees and the kernel `[positions, channels / groups, filters]`.
///
/// What windows see is read where it lies or copied for some outputs at a time, so that the working memory does not grow with
/// the input.
package struct ConvolutionProduct {
  package let type: FloatType
  package let format: DataFormat
  package let window: Window
  package let samples: Int
  package let channels: Int
  package let groups: Int
  package let filters: Int

  /// A convolution of an input of the given extents.
  package init(
    type: FloatType, format: DataFormat, window: Window, samples: Int, channels: Int, groups: Int, filters: Int
  ) {
    self.type = type
    self.format = format
    self.window = window
    self.samples = samples
    self.channels = channels
    self.groups = groups
    self.filters = filters
  }

  /// The terms of one inner product.
  package var depth: Int { window.size * groupChannels }
  var groupChannels: Int { groups == 0 ? 0 : channels / groups }
  var groupFilters: Int { groups == 0 ? 0 : filters / groups }
  /// A channel a group: products too narrow for matrices, which run side by side.
  var isDepthwise: Bool { ConvolutionProduct.isDepthwise(channels: channels, groups: groups) }

  static func isDepthwise(channels: Int, groups: Int) -> Bool { groups == channels && groups > 1 }
  private var isEmpty: Bool { samples == 0 || window.outputs == 0 || filters == 0 }

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

  /// The bytes of the kernel packed, of whichever data format; 0 where it is read as it lies, which is then as fast.
  package func packedByteCount(_ kernelType: WeightType = .same) -> Int {
    isDepthwise ? 0 : groups * packedGroupSize(kernelType)
  }

  private func packedGroupSize(_ kernelType: WeightType) -> Int {
    aligned(MatrixProduct.packedByteCount(type, columns: groupFilters, depth: depth, bType: kernelType))
  }

  /// Packs the kernel, group after group.
  ///
  /// - Parameter packed: Memory of `packedByteCount` bytes; at a multiple of 64 it is read fastest.
  package func pack(_ kernel: UnsafeRawPointer, _ kernelType: WeightType = .same, to packed: UnsafeMutableRawPointer) {
    guard !isDepthwise else { return }
    for group in 0..<groups {
      MatrixProduct.pack(
        type, columns: groupFilters, depth: depth,
        b: kernel + group * groupFilters * kernelType.byteSize(type), bStride: filters, bType: kernelType,
        to: packed + group * packedGroupSize(kernelType))
    }
  }

  /// A kernel as it lies, packed or both, and what becomes of the sums before the steps.
  package struct Weights {
    /// `[positions, channels / groups, filters]`; may be nil where `packed` is given.
    package var kernel: UnsafeRawPointer?
    /// How the kernel's elements are stored. A convolution of each channel on its own reads the arithmetic's type only.
    package var type = WeightType.same
    /// What `pack` made of the kernel.
    package var packed: UnsafeRawPointer?
    /// A factor of each filter's sums, as weights of type `i8` have them.
    package var scales: UnsafeRawPointer?
    /// `[filters]`
    package var bias: UnsafeRawPointer?

    /// The given weights; one of `kernel` and `packed` may be nil.
    package init(
      kernel: UnsafeRawPointer?, type: WeightType = .same, packed: UnsafeRawPointer? = nil,
      scales: UnsafeRawPointer? = nil, bias: UnsafeRawPointer? = nil
    ) {
      self.kernel = kernel
      self.type = type
      self.packed = packed
      self.scales = scales
      self.bias = bias
    }
  }

  /// The weights of one group.
  func weights(_ weights: Weights, of group: Int) -> WindowProduct.Weights {
    let first = group * groupFilters
    return WindowProduct.Weights(
      address: weights.kernel.map { $0 + first * weights.type.byteSize(type) }, stride: filters, type: weights.type,
      packed: weights.packed.map { $0 + group * packedGroupSize(weights.type) },
      scales: weights.scales.map { $0 + first * type.byteSize }, bias: weights.bias.map { $0 + first * type.byteSize })
  }

  /// The product of one group whose channels come last.
  func groupProduct(_ window: Window, samples: Int, inputStride: Int) -> WindowProduct {
    WindowProduct(
      type, window: window, samples: samples, channels: groupChannels, inputStride: inputStride, filters: groupFilters)
  }

  /// The working memory that `run` needs with a kernel as it lies.
  package var scratchByteCount: Int { scratchByteCount(.same) }

  /// The working memory that `run` needs with a kernel whose elements are stored so.
  package func scratchByteCount(_ kernelType: WeightType) -> Int {
    guard !isEmpty else { return 0 }
    switch (format, isDepthwise) {
    case (.channelsLast, true): return 0
    case (.channelsLast, false):
      return groupProduct(window, samples: samples, inputStride: channels).scratchByteCount()
    case (.channelsFirst, _): return planesScratchByteCount(kernelType)
    }
  }

  /// Writes the convolution of the samples to `result`.
  func run(
    input: UnsafeRawPointer, kernel: UnsafeRawPointer, bias: UnsafeRawPointer?, result: UnsafeMutableRawPointer,
    scratch: UnsafeMutableRawPointer
  ) {
    run(input: input, Weights(kernel: kernel, bias: bias), result: result, scratch: scratch)
  }

  /// Writes the convolution of the samples, and the steps behind it, to `result`.
  ///
  /// - Parameters:
  ///   - steps: Over the result as a matrix: `[samples' outputs, filters]`, or where channels come first `[samples' filters,
  ///     outputs]`.
  ///   - positions: The outputs that are written, counted through all samples, so that threads can share the work; by default all.
  ///   - scratch: Memory of `scratchByteCount` bytes that no other call uses meanwhile.
  package func run(
    input: UnsafeRawPointer, _ weights: Weights, steps: UnsafeBufferPointer<ElementStep> = .none,
    result: UnsafeMutableRawPointer, positions: Range<Int>? = nil, scratch: UnsafeMutableRawPointer
  ) {
    guard !isEmpty else { return }
    let positions = positions ?? 0..<samples * window.outputs
    if format == .channelsFirst {
      runPlanes(input, weights, steps, result, positions, scratch)
    } else if isDepthwise {
      runSideBySide(input, weights, steps, result, positions)
    } else {
      let product = groupProduct(window, samples: samples, inputStride: channels)
      for group in 0..<groups {
        product.run(
          input: input + group * groupChannels * type.byteSize, weights: self.weights(weights, of: group), steps: steps,
          column: group * groupFilters, result: result + group * groupFilters * type.byteSize, resultStride: filters,
          positions: positions, scratch: scratch)
      }
    }
  }

  /// Each channel on its own, with the steps over some outputs at a time, while they are near.
  private func runSideBySide(
    _ input: UnsafeRawPointer, _ weights: Weights, _ steps: UnsafeBufferPointer<ElementStep>,
    _ result: UnsafeMutableRawPointer, _ positions: Range<Int>
  ) {
    precondition(weights.type == .same && weights.scales == nil)
    guard let kernel = weights.kernel else { return }
    let product = DepthwiseProduct(window: window, samples: samples, channels: channels, multiplier: groupFilters)
    let outputSize = filters * type.byteSize
    let line = window.width.output
    let near = steps.isEmpty ? positions.count : max(1, (1 << 18) / (line * outputSize)) * line
    for start in stride(from: positions.lowerBound, to: positions.upperBound, by: max(near, 1)) {
      let part = start..<min(start + near, positions.upperBound)
      product.run(type, input: input, weights: kernel, bias: weights.bias, result: result, positions: part)
      guard !steps.isEmpty else { continue }
      let target = result + start * outputSize
      ElementChain.run(
        type, rows: part.count, columns: filters, steps: steps, from: target, to: target, firstRow: start)
    }
  }
}

/// A size rounded up to the alignment of scratch memory.
@inline(__always)
func aligned(_ size: Int) -> Int { (size + 63) / 64 * 64 }
