import CNNKernels

/// A convolution of each channel on its own: for each output an inner product over the window's positions in row-major order.
///
/// Its terms are added in the order and the runs of ``MatrixProduct``, and the bias last; padding is zeros, which are multiplied.
package struct DepthwiseProduct {
  package var window: Window
  package var samples: Int
  package var channels: Int
  /// The filters of each channel: filter `f` sees channel `f / multiplier`.
  package var multiplier: Int

  /// A convolution of `[samples, positions..., channels]`.
  package init(window: Window, samples: Int, channels: Int, multiplier: Int = 1) {
    self.window = window
    self.samples = samples
    self.channels = channels
    self.multiplier = multiplier
  }

  /// Writes the convolution to `[samples, outputs..., channels * multiplier]`, which overlaps nothing else.
  ///
  /// - Parameters:
  ///   - weights: `[window's positions, channels * multiplier]`
  ///   - weightsStride: The elements from one of the window's positions to the next, if not as many as there are filters.
  ///   - positions: The outputs that are written, counted through all samples; by default all.
  package func run(
    _ type: FloatType, input: UnsafeRawPointer, weights: UnsafeRawPointer, weightsStride: Int? = nil,
    bias: UnsafeRawPointer? = nil, result: UnsafeMutableRawPointer, positions: Range<Int>? = nil,
    variant: KernelVariant = .current
  ) {
    // Extents beside one of 0 may be too large to be multiplied.
    guard channels > 0, window.outputs > 0, samples > 0 else { return }
    let positions = positions ?? 0..<samples * window.outputs
    precondition(multiplier > 0 && positions.lowerBound >= 0 && positions.upperBound <= samples * window.outputs)
    var depthwise = nnk_depthwise(
      window: window.window, channels: channels, multiplier: multiplier, first: positions.lowerBound,
      last: positions.upperBound, input: input, weights: weights,
      weights_stride: weightsStride ?? channels * multiplier, bias: bias, result: result)
    variant.withKernels(type) { $0.depthwise(&depthwise) }
  }
}
