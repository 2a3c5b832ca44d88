public import NNFormat
import NNKernels

/// A convolution over 1, 2 or 3 spatial dimensions whose kernel and biases are other ones at each place of the output.
///
/// | value    | shape                                              | notes                                        |
/// |----------|----------------------------------------------------|----------------------------------------------|
/// | input    | `[n, spatial..., in]` or `[n, in, spatial...]`     | f32 or f64; fixed spatial extents            |
/// | output   | `[n, windows..., filters]` or `[n, filters, windows...]` | same element type                      |
/// | `kernel` | `[windows..., kernel_size..., in, filters]`        | for both data formats                        |
/// | `biases` | `[windows..., filters]`                            | absent where `use_bias` is false             |
///
/// Windows and arithmetic are those of `convolution`, padding and dilation included.
///
/// - Source: Keras 2 `LocallyConnected1D`, `LocallyConnected2D` without activation: with `implementation=1` (`valid`; kernel
///   `[windows, kernel_size · in, filters]`, with the channels of each window before its positions where channels come first),
///   and with 2 and 3, whose kernel is dense or sparse over all positions, and whose `same` is `same_lower` here or, with strides,
///   `explicit`: there a window starts `kernel_size / 2` positions, rounded down, before `window · stride`.
public struct LocallyConnected: Layer {
  /// `locally_connected`
  public static let kind = "locally_connected"
  /// The settings.
  public static let fields: [Field<LocallyConnected>] = [
    Field("filters", \.filters, "the number of the output's channels"),
    Field("kernel_size", \.kernelSize, "the extents of the window; their number is that of the spatial dimensions"),
    Field("strides", \.strides, default: [], "the distances of the windows; 1 where none are given"),
    Field(
      "dilation_rate", \.dilationRate, default: [], "the distances of a window's positions; 1 where none are given"),
    Field("padding", \.padding, default: .valid, "how the input is extended by zeros"),
    Field(
      "pads", \.pads, default: [],
      "for the padding `explicit`: the zeros at the start of each spatial dimension, then those at the ends"),
    Field("data_format", \.dataFormat, default: .channelsLast, "where the channels stand"),
    Field("use_bias", \.useBias, default: true, "whether `biases` are added"),
  ]

  /// The number of the output's channels.
  public var filters: Positive = 1
  /// The extents of the window.
  public var kernelSize: WindowSize = [1]
  /// The distances of the windows; 1 where none are given.
  public var strides: [Positive] = []
  /// The distances of a window's positions; 1 where none are given.
  public var dilationRate: [Positive] = []
  /// How the input is extended by zeros.
  public var padding = ConvolutionPadding.valid
  /// The zeros at the starts and at the ends, where the padding is explicit.
  public var pads: [PadSize] = []
  /// Where the channels stand.
  public var dataFormat = DataFormat.channelsLast
  /// Whether biases are added.
  public var useBias = true

  /// A layer of one filter that sees one position of one spatial dimension.
  public init() {}

  /// A layer of the given number of filters over windows of the given extents.
  public init(filters: Positive, kernelSize: WindowSize) {
    self.filters = filters
    self.kernelSize = kernelSize
  }

  private var settings: WindowSettings {
    WindowSettings(
      sizeField: "kernel_size", size: kernelSize, strides: strides, dilation: dilationRate, padding: padding,
      pads: pads)
  }

  private func checked(
    _ inputs: [TensorType]
  ) throws(ModelError) -> (input: SpatialType, windows: [Int], kernel: Shape) {
    let input = try SpatialType(onlyOf: inputs, for: Self.kind, dataFormat, rank: kernelSize.rank)
    try settings.check()
    let channels = try input.fixedChannels()
    let windows = try settings.outputs(input.spatial).compactMap(\.value)
    guard windows.count == kernelSize.rank else {
      throw ModelError(
        LayerProblem.badInput(index: 0, expected: "of fixed spatial extents", found: input.type))
    }
    return (input, windows, try Shape(windows + kernelSize.extents + [channels, filters.value]))
  }

  /// `kernel` and, where there is a bias, `biases`.
  public func parameters(for inputs: [TensorType]) throws(ModelError) -> [Parameter] {
    let (input, windows, kernel) = try checked(inputs)
    let biases = Parameter("biases", TensorType(input.dataType, try Shape(windows + [filters.value])))
    return [Parameter("kernel", TensorType(input.dataType, kernel))] + (useBias ? [biases] : [])
  }

  /// The batch, the windows along each spatial dimension, and the filters.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    let (input, windows, _) = try checked(inputs)
    return [
      SpatialType(
        input.dataType, dataFormat, batch: input.batch, spatial: windows.map(Dimension.known),
        channels: .known(filters.value)
      ).type
    ]
  }

  private func product(_ type: DataType, _ shape: Shape) throws(ModelError) -> LocalProduct {
    LocalProduct(
      type: FloatType(type), format: dataFormat,
      window: try settings.window(shape.dimensions[dataFormat.spatialAxes(rank: shape.rank)]),
      samples: shape[0], channels: shape[dataFormat.channelAxis(rank: shape.rank)], filters: filters.value)
  }

  private func product(for inputs: [TensorType]) -> LocalProduct? {
    guard let input = inputs.first, let shape = try? input.knownShape(),
      (try? outputs(for: inputs).first?.knownShape()) != nil
    else { return nil }
    return try? product(input.dataType, shape)
  }

  /// What the windows of some samples see at one place, and their results.
  public func scratchSize(for inputs: [TensorType]) -> Int {
    product(for: inputs)?.scratchByteCount ?? 0
  }

  /// One for each element of the output and each term of its inner product.
  public func multiplyAdds(for inputs: [TensorType]) -> Int? {
    guard let product = product(for: inputs) else { return nil }
    return ConvolutionProduct(
      type: product.type, format: product.format, window: product.window, samples: product.samples,
      channels: product.channels, groups: 1, filters: product.filters
    ).multiplyAdds
  }

  /// The inner products.
  public func forward(_ values: borrowing LayerValues) throws(ModelError) {
    let input = values.inputs[0]
    let product = try product(input.dataType, input.shape)
    let (x, kernel) = (values.address(of: input), values.address(of: values.parameters[0]))
    let bias = useBias ? values.address(of: values.parameters[1]) : nil
    let result = values.mutableAddress(of: values.outputs[0])
    switch product.type {
    case .f32:
      product.run(as: Float.self, input: x, kernel: kernel, bias: bias, result: result, scratch: values.scratch)
    case .f64:
      product.run(as: Double.self, input: x, kernel: kernel, bias: bias, result: result, scratch: values.scratch)
    }
  }
}

/// The arithmetic of a locally connected layer: at each place, what some samples' windows see there, times the place's kernel.
private struct LocalProduct {
  let type: FloatType
  let format: DataFormat
  let window: Window
  let samples: Int
  let channels: Int
  let filters: Int

  private var depth: Int { window.size * channels }
  /// Samples at a time: many share a reading of the kernel, and yet need little memory.
  private var rows: Int { max(1, min(samples, (1 << 20) / max(max(depth, filters) * type.byteSize, 1))) }
  private var seenSize: Int { aligned(rows * depth * type.byteSize) }
  private var resultSize: Int { aligned(rows * filters * type.byteSize) }

  var scratchByteCount: Int { seenSize + resultSize }

  @inline(__always)
  func run<T: BinaryFloatingPoint>(
    as element: T.Type, input: UnsafeRawPointer, kernel: UnsafeRawPointer, bias: UnsafeRawPointer?,
    result: UnsafeMutableRawPointer, scratch: UnsafeMutableRawPointer
  ) {
    let input = input.assumingMemoryBound(to: T.self)
    let kernel = kernel.assumingMemoryBound(to: T.self)
    let bias = bias?.assumingMemoryBound(to: T.self)
    let result = result.assumingMemoryBound(to: T.self)
    let seen = scratch.assumingMemoryBound(to: T.self)
    let sums = (scratch + seenSize).assumingMemoryBound(to: T.self)
    let outputs = window.outputs
    for start in stride(from: 0, to: samples, by: rows) {
      let count = min(rows, samples - start)
      for place in 0..<outputs {
        gather(input + start * window.inputs * channels, count, place, to: seen)
        MatrixProduct.run(
          type, rows: count, columns: filters, depth: depth, a: seen, b: kernel + place * depth * filters,
          bias: bias.map { UnsafeRawPointer($0 + place * filters) }, result: sums)
        for row in 0..<count {
          let target = result + (start + row) * outputs * filters
          let source = sums + row * filters
          if format == .channelsLast {
            (target + place * filters).update(from: source, count: filters)
          } else {
            for filter in 0..<filters { target[filter * outputs + place] = source[filter] }
          }
        }
      }
    }
  }

  /// What the windows of `count` samples see at one place, a row each.
  @inline(__always)
  private func gather<T: BinaryFloatingPoint>(
    _ input: UnsafePointer<T>, _ count: Int, _ place: Int, to rows: UnsafeMutablePointer<T>
  ) {
    for row in 0..<count {
      let sample = input + row * window.inputs * channels
      let target = rows + row * depth
      if format == .channelsLast {
        window.gatherRows(
          of: sample, channels: channels, part: 0..<channels, positions: place..<place + 1, to: target)
      } else {
        window.gatherColumns(of: sample, channels: channels, positions: place..<place + 1, to: target)
      }
    }
  }
}
