import NNKernels

/// What the windows of a convolution see, side by side, so that a matrix product can take it.
extension Window {
  /// Writes for each of the `positions` of the output, counted through all samples, a row of what its window sees: the
  /// window's positions in order, and for each the `part` of the channels. Padding is 0.
  ///
  /// - Parameter input: `[samples, inputs, channels]`
  func gatherRows<T: BinaryFloatingPoint>(
    of input: UnsafePointer<T>, channels: Int, part: Range<Int>, positions: Range<Int>,
    to rows: UnsafeMutablePointer<T>
  ) {
    let count = part.count
    // Without gaps and with all channels, a line of the window is one run of memory.
    let isRun = width.dilation == 1 && count == channels
    var target = rows
    for position in positions {
      let (sample, inner) = position.quotientAndRemainder(dividingBy: outputs)
      let (line, x) = inner.quotientAndRemainder(dividingBy: width.output)
      let (z, y) = line.quotientAndRemainder(dividingBy: height.output)
      let seen = width.indices(x, within: 0..<width.input)
      for kz in 0..<depth.size {
        let fromZ = depth.position(z, kz)
        for ky in 0..<height.size {
          let fromY = height.position(y, ky)
          let lineSize = width.size * count
          guard fromZ >= 0, fromZ < depth.input, fromY >= 0, fromY < height.input, !seen.isEmpty else {
            target.update(repeating: 0, count: lineSize)
            target += lineSize
            continue
          }
          let source =
            input + (((sample * depth.input + fromZ) * height.input + fromY) * width.input) * channels
          target.update(repeating: 0, count: seen.lowerBound * count)
          if isRun {
            (target + seen.lowerBound * count).update(
              from: source + width.position(x, seen.lowerBound) * channels, count: seen.count * count)
          } else {
            for kx in seen {
              (target + kx * count).update(
                from: source + width.position(x, kx) * channels + part.lowerBound, count: count)
            }
          }
          (target + seen.upperBound * count).update(repeating: 0, count: (width.size - seen.upperBound) * count)
          target += lineSize
        }
      }
    }
  }

  /// Writes for each window position, and in it each channel, a row of what the windows of the `positions` of the output see
  /// there: the transpose of `gatherRows`, for one sample.
  ///
  /// - Parameter input: `[channels, inputs]`, of which all channels are taken.
  func gatherColumns<T: BinaryFloatingPoint>(
    of input: UnsafePointer<T>, channels: Int, positions: Range<Int>, to rows: UnsafeMutablePointer<T>
  ) {
    var target = rows
    for kz in 0..<depth.size {
      for ky in 0..<height.size {
        for kx in 0..<width.size {
          for channel in 0..<channels {
            gatherRow(of: input + channel * inputs, kz, ky, kx, positions, to: target)
            target += positions.count
          }
        }
      }
    }
  }

  @inline(__always)
  private func gatherRow<T: BinaryFloatingPoint>(
    of plane: UnsafePointer<T>, _ kz: Int, _ ky: Int, _ kx: Int, _ positions: Range<Int>,
    to row: UnsafeMutablePointer<T>
  ) {
    var target = row
    var position = positions.lowerBound
    while position < positions.upperBound {
      let (line, start) = position.quotientAndRemainder(dividingBy: width.output)
      let (z, y) = line.quotientAndRemainder(dividingBy: height.output)
      let end = min(width.output, start + positions.upperBound - position)
      let (fromZ, fromY) = (depth.position(z, kz), height.position(y, ky))
      if fromZ >= 0 && fromZ < depth.input && fromY >= 0 && fromY < height.input {
        let source = plane + (fromZ * height.input + fromY) * width.input
        // The outputs whose window has its kx-th position within the input.
        let offset = width.position(0, kx)
        let low = min(max(offset >= 0 ? 0 : (-offset + width.stride - 1) / width.stride, start), end)
        let last = width.input - 1 - offset
        let high = max(min(last < 0 ? 0 : last / width.stride + 1, end), low)
        target.update(repeating: 0, count: low - start)
        if width.stride == 1 {
          (target + (low - start)).update(from: source + (low + offset), count: high - low)
        } else {
          for x in low..<high { target[x - start] = source[x * width.stride + offset] }
        }
        (target + (high - start)).update(repeating: 0, count: end - high)
      } else {
        target.update(repeating: 0, count: end - start)
      }
      target += end - start
      position += end - start
    }
  }
}
