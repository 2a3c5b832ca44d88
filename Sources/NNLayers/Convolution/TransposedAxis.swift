import NNFormat
import NNKernels

/// A window of a transposed convolution along one dimension: input `i` reaches output `i * stride + k * dilation - before`.
struct TransposedAxis {
  var input = 1
  var output = 1
  var size = 1
  var stride = 1
  var dilation = 1
  var before = 0

  /// The window's indices that reach the same outputs come in steps of so many.
  private var indexStep: Int { stride / greatestCommonDivisor(stride, dilation) }
  /// How many groups of outputs there are, each reached by indices of its own.
  var phases: Int { min(stride, output) }
  /// The most outputs of one phase.
  var phaseOutputs: Int { output == 0 ? 0 : (output - 1) / stride + 1 }
  /// The most indices of one phase.
  var phaseSize: Int { (size - 1) / indexStep + 1 }

  /// What reaches the outputs `phase`, `phase + stride` and so on: the first index, the distance of those that follow, and the
  /// window over the input, which goes backwards.
  func window(phase: Int) -> (first: Int, step: Int, window: WindowAxis) {
    let step = indexStep
    var window = WindowAxis()
    window.input = input
    window.output = (output - phase - 1) / stride + 1
    window.size = 0
    var first = 0
    while first < min(step, size) && (phase + before - first * dilation) % stride != 0 { first += 1 }
    guard first < min(step, size) else { return (0, step, window) }
    window.size = (size - first - 1) / step + 1
    window.dilation = -(step * dilation / stride)
    window.before = -((phase + before - first * dilation) / stride)
    return (first, step, window)
  }
}

private func greatestCommonDivisor(_ x: Int, _ y: Int) -> Int {
  var (x, y) = (x, y)
  while y != 0 { (x, y) = (y, x % y) }
  return x
}

/// The settings of a transposed convolution's windows, and the rule of its output's extents.
struct TransposedSettings {
  let size: WindowSize
  let strides: [Positive]
  let dilation: [Positive]
  let padding: WindowPadding
  let pads: [PadSize]
  let outputPadding: [PadSize]

  /// Refuses settings that contradict each other, and windows whose positions cannot be counted.
  func check() throws(ModelError) {
    var settings = WindowSettings(sizeField: "kernel_size", size: size)
    settings.strides = strides
    settings.dilation = dilation
    settings.padding = padding.general
    settings.pads = pads
    try settings.check()
    guard outputPadding.isEmpty || outputPadding.count == size.rank else {
      throw refusal(
        "output_padding",
        "must have no number or as many as 'kernel_size', \(size.rank), found \(outputPadding.count)")
    }
    guard outputPadding.isEmpty || padding == .valid || padding == .explicit else {
      throw refusal(
        "output_padding", "needs the padding 'valid' or 'explicit', and it is '\(padding.rawValue)'")
    }
  }

  private func refusal(_ field: String, _ reason: String) -> ModelError {
    ModelError(LayerProblem.badSetting(reason: reason), at: .field(field))
  }

  /// The window along one of the spatial dimensions.
  ///
  /// - Precondition: `check()` succeeded.
  /// - Throws: ``LayerProblem`` if there is no output, or its positions cannot be counted.
  func axis(_ axis: Int, extent: Int) throws(ModelError) -> TransposedAxis {
    var window = TransposedAxis()
    window.input = extent
    window.size = size.extents[axis]
    window.stride = strides.isEmpty ? 1 : strides[axis].value
    // A window of one position has no gaps.
    window.dilation = dilation.isEmpty || window.size == 1 ? 1 : dilation[axis].value
    let (reach, reachOverflow) = (window.size - 1).multipliedReportingOverflow(by: window.dilation)
    let (span, spanOverflow) = extent.multipliedReportingOverflow(by: window.stride)
    // Far from overflow, so that sums of a few of these numbers need no further check.
    let limit = Int.max / 16
    var (after, more) = (0, 0)
    if padding == .explicit { (window.before, after) = (pads[axis].value, pads[axis + pads.count / 2].value) }
    if !outputPadding.isEmpty { more = outputPadding[axis].value }
    guard !reachOverflow, !spanOverflow,
      max(reach, span, extent, window.stride, window.before, after, more) < limit
    else {
      throw refusal(
        "kernel_size", "the window along spatial dimension \(axis) is too large to be counted")
    }
    if padding == .same || padding == .sameLower {
      let total = max(reach + 1 - window.stride, 0)
      window.before = padding == .same ? total / 2 : total - total / 2
      window.output = span
      return window
    }
    window.output = span - window.stride + reach + 1 + more - window.before - after
    guard extent > 0, window.output > 0 else {
      throw refusal(
        "kernel_size",
        "spatial dimension \(axis) has \(extent) positions, of which the padding leaves no output")
    }
    return window
  }

  /// The extents of the output along the spatial dimensions.
  func outputs(_ spatial: [Dimension]) throws(ModelError) -> [Dimension] {
    var outputs: [Dimension] = []
    for (axis, dimension) in spatial.enumerated() {
      guard let extent = dimension.value else {
        outputs.append(.unknown)
        continue
      }
      outputs.append(.known(try self.axis(axis, extent: extent).output))
    }
    return outputs
  }
}
