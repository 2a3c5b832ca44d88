import NNFormat
import NNKernels

/// The settings of a window that moves over spatial dimensions, and the rule of its output's extents.
struct WindowSettings {
  /// The field that has the window's extents, for messages.
  let sizeField: String
  let size: WindowSize
  var strides: [Positive] = []
  /// What a stride is where none is given.
  var stridesDefaultToSize = false
  var dilation: [Positive] = []
  var padding = ConvolutionPadding.valid
  var pads: [PadSize] = []
  var ceilMode = false

  /// Refuses settings that contradict each other, and windows whose positions cannot be counted.
  func check() throws(ModelError) {
    try located(.field(sizeField)) { () throws(ModelError) in _ = try Shape(size.extents) }
    try requireCount(strides.count, of: "strides")
    try requireCount(dilation.count, of: "dilation_rate")
    try checkPads()
    if padding == .causal && size.rank > 1 {
      throw refusal(
        "padding", "'causal' is for one spatial dimension, and '\(sizeField)' has \(size.rank)")
    }
    if ceilMode && padding != .valid && padding != .explicit {
      throw refusal("ceil_mode", "needs the padding 'valid' or 'explicit', and it is '\(padding.rawValue)'")
    }
  }

  private func requireCount(_ count: Int, of field: String) throws(ModelError) {
    guard count == 0 || count == size.rank else {
      throw refusal(field, "must have no number or as many as '\(sizeField)', \(size.rank), found \(count)")
    }
  }

  private func checkPads() throws(ModelError) {
    if padding == .explicit {
      guard pads.count == 2 * size.rank else {
        throw refusal(
          "pads", "must have \(2 * size.rank) numbers, the starts and the ends, found \(pads.count)")
      }
    } else if !pads.isEmpty {
      throw refusal("pads", "needs the padding 'explicit', and it is '\(padding.rawValue)'")
    }
  }

  private func refusal(_ field: String, _ reason: String) -> ModelError {
    ModelError(LayerProblem.badSetting(reason: reason), at: .field(field))
  }

  /// The window along one of the spatial dimensions.
  ///
  /// - Precondition: `check()` succeeded.
  /// - Throws: ``LayerProblem`` if the window does not fit, or its position cannot be counted.
  func axis(_ axis: Int, extent: Int) throws(ModelError) -> WindowAxis {
    let size = size.extents[axis]
    var window = WindowAxis()
    window.input = extent
    window.size = size
    window.stride = strides.isEmpty ? (stridesDefaultToSize ? size : 1) : strides[axis].value
    // A window of one position has no gaps.
    window.dilation = dilation.isEmpty || size == 1 ? 1 : dilation[axis].value
    let (reach, reachOverflow) = (size - 1).multipliedReportingOverflow(by: window.dilation)
    // Far from overflow, so that sums of a few of these numbers need no further check.
    let limit = Int.max / 16
    guard !reachOverflow, reach < limit, extent < limit, window.stride < limit else { throw tooLarge(axis) }
    if padding == .explicit {
      window.before = pads[axis].value
      window.after = pads[axis + pads.count / 2].value
      guard window.before < limit, window.after < limit else { throw tooLarge(axis) }
    }
    switch padding {
    case .causal: window.before = reach
    case .same, .sameLower:
      window.output = extent / window.stride + (extent % window.stride == 0 ? 0 : 1)
      // Below extent + reach, since (output - 1) * stride is below extent.
      let total = window.output == 0 ? 0 : max((window.output - 1) * window.stride + reach + 1 - extent, 0)
      window.before = padding == .same ? total / 2 : total - total / 2
      window.after = total - window.before
      return window
    case .valid, .explicit: break
    }
    let padded = window.before + extent + window.after
    guard reach < padded else {
      throw refusal(
        sizeField, "the window spans \(reach + 1) along spatial dimension \(axis), and the padded input \(padded)")
    }
    let room = padded - reach - 1
    window.output = room / window.stride + 1
    // A window more, if it begins before the padding at the end.
    if ceilMode && room % window.stride != 0 && window.output * window.stride < window.before + extent {
      window.output += 1
    }
    return window
  }

  private func tooLarge(_ axis: Int) -> ModelError {
    refusal(sizeField, "the window along spatial dimension \(axis) is too large to be counted")
  }

  /// The extents of the output along the spatial dimensions.
  func outputs(_ spatial: [Dimension]) throws(ModelError) -> [Dimension] {
    var outputs: [Dimension] = []
    for (axis, dimension) in spatial.enumerated() {
      if let extent = dimension.value {
        outputs.append(.known(try self.axis(axis, extent: extent).output))
      } else {
        outputs.append(keepsExtent(of: axis) ? dimension : .unknown)
      }
    }
    return outputs
  }

  private func keepsExtent(of axis: Int) -> Bool {
    let stride = strides.isEmpty ? (stridesDefaultToSize ? size.extents[axis] : 1) : strides[axis].value
    return stride == 1 && padding != .valid && padding != .explicit
  }

  /// The windows over fixed extents; `extents` starts with the outermost spatial dimension.
  func window(_ extents: ArraySlice<Int>) throws(ModelError) -> Window {
    var window = Window()
    // Missing outer dimensions have one position and a window of one.
    let rank = extents.count
    let start = extents.startIndex
    window.width = try axis(rank - 1, extent: extents[start + rank - 1])
    if rank > 1 { window.height = try axis(rank - 2, extent: extents[start + rank - 2]) }
    if rank > 2 { window.depth = try axis(rank - 3, extent: extents[start + rank - 3]) }
    return window
  }
}
