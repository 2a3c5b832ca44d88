import NNFormat
import NNKernels

extension Pool {
  /// A pool of windows that move over an input.
  init(_ rule: Rule, _ window: Window, _ format: DataFormat, _ shape: Shape, countsPadding: Bool = false) {
    let channels = shape[format.channelAxis(rank: shape.rank)]
    let isLast = format == .channelsLast
    // Channels that come first are planes of one channel each.
    self.init(
      rule, window: window, samples: isLast ? shape[0] : shape[0] * channels, channels: isLast ? channels : 1)
    self.countsPadding = countsPadding
  }

  /// A pool of windows that share an input out.
  init(_ rule: Rule, _ outputs: WindowSize, _ format: DataFormat, _ shape: Shape) {
    let axes = format.spatialAxes(rank: shape.rank)
    // Missing outer dimensions have one position.
    func axis(_ fromLast: Int) -> WindowAxis {
      guard fromLast <= axes.count else { return WindowAxis() }
      return WindowAxis(
        input: shape[axes.upperBound - fromLast], output: outputs.extents[axes.count - fromLast])
    }
    var window = Window()
    (window.depth, window.height, window.width) = (axis(3), axis(2), axis(1))
    self.init(rule, window, format, shape)
    shares = true
  }
}

extension SpatialType {
  /// The type of as many windows as are given, which share the spatial dimensions out.
  ///
  /// - Throws: ``LayerProblem`` if a spatial extent is 0, or its windows cannot be counted.
  func shared(among outputs: WindowSize) throws(ModelError) -> TensorType {
    guard !spatial.contains(.known(0)) else {
      throw ModelError(LayerProblem.badInput(index: 0, expected: "of spatial extents above 0", found: type))
    }
    for (axis, count) in outputs.extents.enumerated() {
      // The products of a window's number and the extent stay in range, and one window more would.
      let (product, overflow) = count.multipliedReportingOverflow(by: spatial[axis].value ?? 0)
      guard !overflow, !product.addingReportingOverflow(count).overflow else {
        throw ModelError(
          LayerProblem.badSetting(reason: "its windows along spatial dimension \(axis) are too many to be counted"),
          at: .field("output_size"))
      }
    }
    return SpatialType(
      dataType, format, batch: batch, spatial: outputs.extents.map(Dimension.known), channels: channels
    ).type
  }
}

extension Pool {
  /// Writes the windows of the only input to the only output, some lines of them on each thread.
  func run(_ values: borrowing LayerValues) {
    let (input, output) = (values.inputs[0], values.outputs[0])
    guard output.shape.count > 0 else { return }
    let window = window.depth.size.multipliedClamped(by: self.window.height.size)
      .multipliedClamped(by: self.window.width.size)
    let cost = max(input.shape.count, output.shape.count.multipliedClamped(by: window))
    let work = LinesOfPool(
      pool: self, type: FloatType(input.dataType), input: values.address(of: input),
      result: values.mutableAddress(of: output))
    values.crew.divide(work, count: samples * self.window.lines, cost: cost)
  }
}

/// The lines of a pool's result.
private struct LinesOfPool: DividedWork {
  let pool: Pool
  let type: FloatType
  let input: UnsafeRawPointer
  let result: UnsafeMutableRawPointer

  func run(_ lines: Range<Int>, part: Int) {
    pool.run(type, from: input, to: result, lines: lines)
  }
}
