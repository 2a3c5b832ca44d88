import CNNKernels

/// What windows make of the elements they see, each channel on its own: the positions of a window within the input in row-major
/// order (`spec/numerics.md`, "Pooling").
package struct Pool {
  /// What becomes of a window's elements.
  package enum Rule {
    /// The greatest element; a NaN, if there is one. A window without elements gives -infinity.
    case greatest
    /// The sum of the elements, over the number of positions that count.
    case mean
    /// The sum of the magnitudes.
    case magnitudes
    /// The square root of the sum of squares.
    case length
  }

  package var rule: Rule
  package var window: Window
  /// Whether the windows share the input out instead, whatever their sizes: output `o` of n sees from `floor(o · input / n)` to
  /// `ceil((o + 1) · input / n)`.
  package var shares = false
  /// Whether a mean counts the padding's positions.
  package var countsPadding = false
  /// How many inputs there are. Channels that come first are inputs of one channel.
  package var samples: Int
  /// How many elements each position has.
  package var channels: Int

  /// A pool of windows that move over `[samples, positions..., channels]`.
  package init(_ rule: Rule, window: Window, samples: Int, channels: Int) {
    self.rule = rule
    self.window = window
    self.samples = samples
    self.channels = channels
  }

  /// Writes what each window gives to `[samples, outputs..., channels]`, which must not overlap the input.
  ///
  /// - Parameter lines: The lines of the result that are written, counted through all samples; by default all.
  package func run(
    _ type: FloatType, from input: UnsafeRawPointer, to result: UnsafeMutableRawPointer, lines: Range<Int>? = nil,
    variant: KernelVariant = .current
  ) {
    // Extents beside one of 0 may be too large to be multiplied.
    guard channels > 0, window.width.output > 0, samples > 0 else { return }
    let lines = lines ?? 0..<samples * window.lines
    precondition(lines.lowerBound >= 0 && lines.upperBound <= samples * window.lines)
    let pool: nnk_pool =
      switch rule {
      case .greatest: NNK_POOL_MAX
      case .mean: NNK_POOL_MEAN
      case .magnitudes: NNK_POOL_L1
      case .length: NNK_POOL_L2
      }
    var pooling = nnk_pooling(
      window: window.window, shares: shares, counts_padding: countsPadding, pool: pool, channels: channels,
      first: lines.lowerBound, last: lines.upperBound, input: input, result: result)
    variant.withKernels(type) { $0.pooling(&pooling) }
  }
}
