public import NNFormat
import NNKernels

/// A convolution of each channel on its own: `y[o, c · m + j] = Σ_k x[o · stride + k · dilation - before, c] · kernel[k, c, j] + biases[c · m + j]`.
///
/// | value    | shape                                          | notes                                            |
/// |----------|------------------------------------------------|--------------------------------------------------|
/// | input    | `[n, spatial..., in]` or `[n, in, spatial...]` | f32 or f64; as `data_format` says                |
/// | output   | `[n, windows..., in · m]` or `[n, in · m, windows...]` | same element type; m is `depth_multiplier` |
/// | `kernel` | `[kernel_size..., in, m]`                      | for both data formats                            |
/// | `biases` | `[in · m]`                                     | absent where `use_bias` is false                 |
///
/// Windows, padding and arithmetic are those of `convolution` with as many groups as channels.
///
/// - Source: Keras 3 `DepthwiseConv1D`, `DepthwiseConv2D` without activation (kernel in the same layout); ONNX `Conv` whose
///   `group` is the number of channels (kernel `[in · m, 1, kernel_size...]`).
public struct DepthwiseConvolution: Layer, ConvolutionLayer {
  /// `depthwise_convolution`
  public static let kind = "depthwise_convolution"
  /// The settings.
  public static let fields: [Field<DepthwiseConvolution>] = [
    Field("kernel_size", \.kernelSize, "the extents of the window; their number is that of the spatial dimensions"),
    Field("depth_multiplier", \.depthMultiplier, default: 1, "the number of outputs of each channel"),
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

  /// The extents of the window.
  public var kernelSize: WindowSize = [1]
  /// The number of outputs of each channel.
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

  /// A layer of one output a channel that sees one position of one spatial dimension.
  public init() {}

  /// A layer over windows of the given extents.
  public init(kernelSize: WindowSize, depthMultiplier: Positive = 1) {
    self.kernelSize = kernelSize
    self.depthMultiplier = depthMultiplier
  }

  private var settings: WindowSettings {
    WindowSettings(
      sizeField: "kernel_size", size: kernelSize, strides: strides, dilation: dilationRate, padding: padding,
      pads: pads)
  }

  private func checked(
    _ inputs: [TensorType]
  ) throws(ModelError) -> (input: SpatialType, kernel: Shape, filters: Int) {
    let input = try SpatialType(onlyOf: inputs, for: Self.kind, dataFormat, rank: kernelSize.rank)
    try settings.check()
    let channels = try input.fixedChannels()
    // The shape counts what the product of its last two extents is, too.
    let kernel = try Shape(kernelSize.extents + [channels, depthMultiplier.value])
    return (input, kernel, channels * depthMultiplier.value)
  }

  /// `kernel` and, where there is a bias, `biases`.
  public func parameters(for inputs: [TensorType]) throws(ModelError) -> [Parameter] {
    let (input, kernel, filters) = try checked(inputs)
    let biases = Parameter("biases", TensorType(input.dataType, [.known(filters)]))
    return [Parameter("kernel", TensorType(input.dataType, kernel))] + (useBias ? [biases] : [])
  }

  /// The batch, the windows along each spatial dimension, and `depth_multiplier` times the channels.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    let (input, _, filters) = try checked(inputs)
    let spatial = try settings.outputs(input.spatial)
    return [
      SpatialType(
        input.dataType, dataFormat, batch: input.batch, spatial: spatial, channels: .known(filters)
      ).type
    ]
  }

  /// The kernel `[positions, in, m]` is that of a convolution of as many groups as channels, `[positions, 1, in * m]`.
  private func product(_ type: DataType, _ shape: Shape) throws(ModelError) -> ConvolutionProduct {
    let channels = shape[dataFormat.channelAxis(rank: shape.rank)]
    return ConvolutionProduct(
      type: FloatType(type), format: dataFormat,
      window: try settings.window(shape.dimensions[dataFormat.spatialAxes(rank: shape.rank)]),
      samples: shape[0], channels: channels, groups: channels, filters: channels * depthMultiplier.value)
  }

  func product(for inputs: [TensorType]) -> ConvolutionProduct? {
    guard let input = inputs.first, let shape = try? input.knownShape(),
      (try? outputs(for: inputs).first?.knownShape()) != nil
    else { return nil }
    return try? product(input.dataType, shape)
  }

  /// What the windows see.
  public func scratchSize(for inputs: [TensorType]) -> Int {
    scratchSize(for: inputs, threads: 1)
  }

  /// One for each element of the output and each position of the window.
  public func multiplyAdds(for inputs: [TensorType]) -> Int? {
    product(for: inputs)?.multiplyAdds
  }

  /// The inner products.
  public func forward(_ values: borrowing LayerValues) throws(ModelError) {
    let input = values.inputs[0]
    DividedConvolution(product: try product(input.dataType, input.shape))
      .run(values, bias: useBias ? values.address(of: values.parameters[1]) : nil)
  }
}
