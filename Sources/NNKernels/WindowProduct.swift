import CNNKernels

/// A convolution of a group of channels, which come last: for each output position and filter an inner product over the
/// window's positions in row-major order and in each over the channels.
///
/// Its terms are added in the order and the runs of ``MatrixProduct``, and the bias last; padding is zeros, which are multiplied.
package struct WindowProduct {
  package var type: FloatType
  package var window: Window
  package var samples: Int
  /// The channels of the group, and the elements from one position of the input to the next.
  package var channels: Int
  package var inputStride: Int
  /// The filters of the group.
  package var filters: Int

  /// A convolution of `[samples, positions..., inputStride]`, of which the first `channels` are seen.
  package init(
    _ type: FloatType, window: Window, samples: Int, channels: Int, inputStride: Int, filters: Int
  ) {
    self.type = type
    self.window = window
    self.samples = samples
    self.channels = channels
    self.inputStride = inputStride
    self.filters = filters
  }

  /// The weights `[window's positions, channels, stride]`, of which the first `filters` of each row count, or what
  /// ``MatrixProduct`` packs of them as a matrix `[window's positions * channels, filters]`; with their bias.
  package struct Weights {
    package var address: UnsafeRawPointer?
    package var stride: Int
    package var type: WeightType
    package var packed: UnsafeRawPointer?
    package var scales: UnsafeRawPointer?
    package var bias: UnsafeRawPointer?

    /// The given weights; one of `address` and `packed` may be nil.
    package init(
      address: UnsafeRawPointer?, stride: Int, type: WeightType = .same, packed: UnsafeRawPointer? = nil,
      scales: UnsafeRawPointer? = nil, bias: UnsafeRawPointer? = nil
    ) {
      self.address = address
      self.stride = stride
      self.type = type
      self.packed = packed
      self.scales = scales
      self.bias = bias
    }
  }

  /// The bytes of scratch that `run` needs for so many positions; by default all.
  package func scratchByteCount(positions: Int? = nil, variant: KernelVariant = .current) -> Int {
    guard samples > 0, filters > 0, window.outputs > 0 else { return 0 }
    var window = window.window
    let positions = positions ?? samples * self.window.outputs
    return variant.withKernels(type) { $0.convolution_scratch(&window, positions) }
  }

  /// Writes the convolution to `[samples, outputs..., resultStride]`, of each position the first `filters`.
  ///
  /// - Parameters:
  ///   - steps: What follows the bias, over a matrix `[samples' outputs, filters]`, of which the first filter is column `column`.
  ///   - positions: The outputs that are written, counted through all samples; by default all.
  ///   - scratch: Memory of `scratchByteCount` bytes that no other call uses meanwhile.
  package func run(
    input: UnsafeRawPointer, weights: Weights, steps: UnsafeBufferPointer<ElementStep> = .none, column: Int = 0,
    result: UnsafeMutableRawPointer, resultStride: Int? = nil, positions: Range<Int>? = nil,
    scratch: UnsafeMutableRawPointer, variant: KernelVariant = .current
  ) {
    guard samples > 0, filters > 0, window.outputs > 0 else { return }
    let positions = positions ?? 0..<samples * window.outputs
    let resultStride = resultStride ?? filters
    precondition(positions.lowerBound >= 0 && positions.upperBound <= samples * window.outputs)
    precondition(channels >= 0 && inputStride >= channels && resultStride >= filters && column >= 0)
    precondition(weights.address != nil || weights.packed != nil, "a convolution needs its weights, packed or not")
    precondition(type == .f32 || weights.type == .same, "narrow weights are for arithmetic in f32")
    var convolution = nnk_convolution(
      window: window.window, channels: channels, input_stride: inputStride, filters: filters,
      first: positions.lowerBound, last: positions.upperBound, input: input, weights: weights.address,
      weights_stride: weights.stride, weights_type: weights.type.code, packed_weights: weights.packed,
      scales: weights.scales, bias: weights.bias, steps: steps.codes, step_count: steps.count, column: column,
      result: result, result_stride: resultStride, scratch: scratch)
    variant.withKernels(type) { $0.convolution(&convolution) }
  }
}
