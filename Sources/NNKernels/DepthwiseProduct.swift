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
  ///   - lines: The lines of the result that are written, counted through all samples; by default all.
  package func run(
    _ type: FloatType, input: UnsafeRawPointer, weights: UnsafeRawPointer, bias: UnsafeRawPointer? = nil,
    result: UnsafeMutableRawPointer, lines: Range<Int>? = nil, variant: KernelVariant = .current
  ) {
    // Extents beside one of 0 may be too large to be multiplied.
    guard channels > 0, window.width.output > 0, samples > 0 else { return }
    let lines = lines ?? 0..<samples * window.lines
    precondition(multiplier > 0 && lines.lowerBound >= 0 && lines.upperBound <= samples * window.lines)
    var depthwise = nnk_depthwise(
      window: window.window, channels: channels, multiplier: multiplier, first: lines.lowerBound,
      last: lines.upperBound, input: input, weights: weights, bias: bias, result: result)
    variant.withKernels(type) { $0.depthwise(&depthwise) }
  }
}
