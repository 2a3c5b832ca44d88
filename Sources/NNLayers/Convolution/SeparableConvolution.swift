public import NNFormat
import NNKernels

/// A convolution of each channel on its own, and a mixture of the results at each place: `depthwise_convolution` without biases,
/// then `y[o, f] = Σ_c z[o, c] · pointwise_kernel[c, f] + biases[f]`.
///
/// | value              | shape                                          | notes                                  |
/// |--------------------|------------------------------------------------|----------------------------------------|
/// | input              | `[n, spatial..., in]` or `[n, in, spatial...]` | f32 or f64; as `data_format` says      |
/// | output             | `[n, windows..., filters]` or `[n, filters, windows...]` | same element type            |
/// | `depthwise_kernel` | `[kernel_size..., in, depth_multiplier]`       | for both data formats                  |
/// | `pointwise_kernel` | `[in · depth_multiplier, filters]`             |                                        |
/// | `biases`           | `[filters]`                                    | absent where `use_bias` is false       |
///
/// Windows, padding and arithmetic are those of `convolution`, twice.
///
/// - Source: Keras 3 `SeparableConv1D`, `SeparableConv2D` without activation (kernels in the same layout, the pointwise one with
///   extents of 1 before it).
public struct SeparableConvolution: Layer {
  /// `separable_convolution`
  public static let kind = "separable_convolution"
  /// The settings.
  public static let fields: [Field<SeparableConvolution>] = [
    Field("filters", \.filters, "the number of the output's channels"),
    Field("kernel_size", \.kernelSize, "the extents of the window; their number is that of the spatial dimensions"),
    Field("depth_multiplier", \.depthMultiplier, default: 1, "the number of results of each channel on its own"),
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
  /// The number of results of each channel on its own.
  public var depthMultiplier: Positive = 1
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
  ) throws(ModelError) -> (input: SpatialType, depthwise: Shape, pointwise: Shape) {
    let input = try SpatialType(onlyOf: inputs, for: Self.kind, dataFormat, rank: kernelSize.rank)
    try settings.check()
    let channels = try input.fixedChannels()
    // The shape counts what the product of its last two extents is, too.
    let depthwise = try Shape(kernelSize.extents + [channels, depthMultiplier.value])
    return (input, depthwise, try Shape([channels * depthMultiplier.value, filters.value]))
  }

  /// `depthwise_kernel`, `pointwise_kernel` and, where there is a bias, `biases`.
  public func parameters(for inputs: [TensorType]) throws(ModelError) -> [Parameter] {
    let (input, depthwise, pointwise) = try checked(inputs)
    let biases = Parameter("biases", TensorType(input.dataType, [.known(filters.value)]))
    return [
      Parameter("depthwise_kernel", TensorType(input.dataType, depthwise)),
      Parameter("pointwise_kernel", TensorType(input.dataType, pointwise)),
    ] + (useBias ? [biases] : [])
  }

  /// The batch, the windows along each spatial dimension, and the filters.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    let (input, _, pointwise) = try checked(inputs)
    let spatial = try settings.outputs(input.spatial)
    // One sample's results of the channels on their own must be countable, too.
    _ = try TensorType(input.dataType, spatial + [.known(pointwise[0])]).knownShape()
    return [
      SpatialType(
        input.dataType, dataFormat, batch: input.batch, spatial: spatial, channels: .known(filters.value)
      ).type
    ]
  }

  /// Both convolutions, of one sample.
  private func products(
    _ type: DataType, _ shape: Shape
  ) throws(ModelError) -> (depthwise: ConvolutionProduct, pointwise: ConvolutionProduct) {
    let channels = shape[dataFormat.channelAxis(rank: shape.rank)]
    let window = try settings.window(shape.dimensions[dataFormat.spatialAxes(rank: shape.rank)])
    let between = channels * depthMultiplier.value
    let depthwise = ConvolutionProduct(
      type: FloatType(type), format: dataFormat, window: window, samples: 1, channels: channels, groups: channels,
      filters: between)
    var places = Window()
    (places.width.input, places.width.output) = (window.outputs, window.outputs)
    let pointwise = ConvolutionProduct(
      type: FloatType(type), format: dataFormat, window: places, samples: 1, channels: between, groups: 1,
      filters: filters.value)
    return (depthwise, pointwise)
  }

  private func products(
    for inputs: [TensorType]
  ) -> (samples: Int, depthwise: ConvolutionProduct, pointwise: ConvolutionProduct)? {
    guard let input = inputs.first, let shape = try? input.knownShape(),
      (try? outputs(for: inputs).first?.knownShape()) != nil,
      let products = try? products(input.dataType, shape)
    else { return nil }
    return (shape[0], products.depthwise, products.pointwise)
  }

  /// One sample's results of the channels on their own, and what the convolutions need.
  public func scratchSize(for inputs: [TensorType]) -> Int {
    guard let (_, depthwise, pointwise) = products(for: inputs) else { return 0 }
    return betweenSize(depthwise) + max(depthwise.scratchByteCount, pointwise.scratchByteCount)
  }

  private func betweenSize(_ depthwise: ConvolutionProduct) -> Int {
    aligned(depthwise.window.outputs * depthwise.filters * depthwise.type.byteSize)
  }

  /// Those of both convolutions.
  public func multiplyAdds(for inputs: [TensorType]) -> Int? {
    guard let (samples, depthwise, pointwise) = products(for: inputs), let first = depthwise.multiplyAdds,
      let second = pointwise.multiplyAdds
    else { return nil }
    let (sum, sumOverflow) = first.addingReportingOverflow(second)
    let (count, overflow) = sum.multipliedReportingOverflow(by: samples)
    return sumOverflow || overflow ? nil : count
  }

  /// Both convolutions, sample by sample.
  public func forward(_ values: borrowing LayerValues) throws(ModelError) {
    let (input, output) = (values.inputs[0], values.outputs[0])
    let (depthwise, pointwise) = try products(input.dataType, input.shape)
    let size = input.dataType.byteSize
    let inputSize = depthwise.window.inputs * depthwise.channels * size
    let outputSize = depthwise.window.outputs * filters.value * size
    let scratch = values.scratch + betweenSize(depthwise)
    for sample in 0..<input.shape[0] {
      depthwise.run(
        input: values.address(of: input) + sample * inputSize, kernel: values.address(of: values.parameters[0]),
        bias: nil, result: values.scratch, scratch: scratch)
      pointwise.run(
        input: values.scratch, kernel: values.address(of: values.parameters[1]),
        bias: useBias ? values.address(of: values.parameters[2]) : nil,
        result: values.mutableAddress(of: output) + sample * outputSize, scratch: scratch)
    }
  }
}
