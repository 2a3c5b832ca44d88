import CNNKernels

/// A window along one dimension: output `o` sees the input's positions `o * stride + k * dilation - before`, `k < size`.
package struct WindowAxis {
  package var input = 1
  package var output = 1
  package var size = 1
  package var stride = 1
  /// The distance of the window's positions; negative where they go backwards.
  package var dilation = 1
  /// Positions of padding at both ends. With `ceil_mode` the last window may reach beyond them.
  package var before = 0
  package var after = 0

  /// One position and a window of one, but for what is given.
  @inlinable
  package init(input: Int = 1, output: Int = 1, size: Int = 1) {
    self.input = input
    self.output = output
    self.size = size
  }

  /// The position that an output's window has as its `k`-th; what is not within the input is padding.
  @inlinable @inline(__always)
  package func position(_ output: Int, _ k: Int) -> Int { output * stride + k * dilation - before }

  /// Whether every window of one position lies on the output's own position.
  @inlinable
  package var isIdentity: Bool { size == 1 && stride == 1 && before == 0 && after == 0 }

  /// The window's indices `k` whose positions lie within `positions`.
  @inlinable @inline(__always)
  package func indices(_ output: Int, within positions: Range<Int>) -> Range<Int> {
    let first = position(output, 0)
    let last = position(output, size - 1)
    // Most windows lie within, and need no division.
    if min(first, last) >= positions.lowerBound && max(first, last) < positions.upperBound { return 0..<size }
    // How far it is to the first position within, and to the first one behind, in the direction of the window.
    let (toStart, toEnd) =
      dilation > 0
      ? (positions.lowerBound - first, positions.upperBound - first)
      : (first - positions.upperBound + 1, first - positions.lowerBound + 1)
    let step = abs(dilation)
    let low = min(toStart <= 0 ? 0 : (toStart + step - 1) / step, size)
    let high = min(toEnd <= 0 ? 0 : (toEnd + step - 1) / step, size)
    return low..<max(low, high)
  }

  /// The window of some of the outputs over the part of the input that they see, and where that begins.
  package func part(_ outputs: Range<Int>) -> (axis: WindowAxis, first: Int) {
    guard !outputs.isEmpty else { return (self, 0) }
    let ends = [
      position(outputs.lowerBound, 0), position(outputs.lowerBound, size - 1),
      position(outputs.upperBound - 1, 0), position(outputs.upperBound - 1, size - 1),
    ]
    let first = min(max(ends.min() ?? 0, 0), input)
    let end = max(min((ends.max() ?? 0) + 1, input), first)
    var axis = self
    axis.input = end - first
    axis.output = outputs.count
    axis.before = before + first - outputs.lowerBound * stride
    return (axis, first)
  }

  var axis: nnk_axis {
    precondition(input >= 0 && output >= 0 && size >= 0 && stride > 0)
    return nnk_axis(
      input: input, output: output, size: size, stride: stride, dilation: dilation, before: before, after: after)
  }
}

/// A window over three dimensions, of which the outer ones may be trivial.
package struct Window {
  package var depth = WindowAxis()
  package var height = WindowAxis()
  package var width = WindowAxis()

  /// One position and a window of one.
  @inlinable
  package init() {}

  /// How many positions the window has.
  @inlinable package var size: Int { depth.size * height.size * width.size }
  /// How many positions the input has.
  @inlinable package var inputs: Int { depth.input * height.input * width.input }
  /// How many positions the output has.
  @inlinable package var outputs: Int { depth.output * height.output * width.output }
  /// How many lines along its last dimension the output has.
  @inlinable package var lines: Int { depth.output * height.output }
  /// Whether each window is the output's own position.
  @inlinable package var isIdentity: Bool { depth.isIdentity && height.isIdentity && width.isIdentity }

  var window: nnk_window { nnk_window(depth: depth.axis, height: height.axis, width: width.axis) }
}
