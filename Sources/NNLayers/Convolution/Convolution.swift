public import NNFormat
import NNKernels

/// A convolution over 1, 2 or 3 spatial dimensions: `y[o, f] = Σ_k Σ_c x[o · stride + k · dilation - before, c] · kernel[k, c, f] + biases[f]`.
///
/// | value    | shape                                          | notes                                            |
/// |----------|------------------------------------------------|--------------------------------------------------|
/// | input    | `[n, spatial..., in]` or `[n, in, spatial...]` | f32 or f64; as `data_format` says                |
/// | output   | `[n, windows..., filters]` or `[n, filters, windows...]` | same element type                      |
/// | `kernel` | `[kernel_size..., in / groups, filters]`       | for both data formats                            |
/// | `biases` | `[filters]`                                    | absent where `use_bias` is false                 |
///
/// With r = (kernel_size - 1) · dilation_rate + 1, the span of the window, and p the input's extent with its padding, there are
/// `floor((p - r) / stride) + 1` windows. `same` pads so that there are `ceil(extent / stride)`, an odd position more at the end
/// (`same_lower`: at the start), `causal` pads r - 1 at the start. With groups, the filters come in as many equal parts, and each
/// part sees its part of the channels.
///
/// Each element is an inner product over the window's positions in row-major order and in each over the channels, with zeros
/// for the padding; the bias is added afterwards (`spec/numerics.md`).
///
/// - Source: Keras 3 `Conv1D`, `Conv2D`, `Conv3D` without activation (kernel in the same layout); ONNX `Conv` of opset 1 to 22
///   (kernel `[filters, in / groups, kernel_size...]`).
public struct Convolution: Layer, FusingProductLayer, ConvolutionLayer {
  /// `convolution`
  public static let kind = "convolution"
  /// The settings.
  public static let fields: [Field<Convolution>] = [
    Field("filters", \.filters, "the number of the output's channels"),
    Field("kernel_size", \.kernelSize, "the extents of the window; their number is that of the spatial dimensions"),
    Field("strides", \.strides, default: [], "the distances of the windows; 1 where none are given"),
    Field(
      "dilation_rate", \.dilationRate, default: [], "the distances of a window's positions; 1 where none are given"),
    Field("groups", \.groups, default: 1, "the parts into which channels and filters are divided"),
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
  /// The parts into which channels and filters are divided.
  public var groups: Positive = 1
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

  private func checked(_ inputs: [TensorType]) throws(ModelError) -> (input: SpatialType, channels: Int) {
    let input = try SpatialType(onlyOf: inputs, for: Self.kind, dataFormat, rank: kernelSize.rank)
    try settings.check()
    let channels = try input.fixedChannels()
    guard channels.isMultiple(of: groups.value), filters.value.isMultiple(of: groups.value) else {
      throw ModelError(
        LayerProblem.badSetting(
          reason:
            "must divide the \(channels) channels of the input and the \(filters) filters, and \(groups) does not"
        ), at: .field("groups"))
    }
    return (input, channels)
  }

  /// `kernel` and, where there is a bias, `biases`.
  public func parameters(for inputs: [TensorType]) throws(ModelError) -> [Parameter] {
    let (input, channels) = try checked(inputs)
    let kernel = try Shape(kernelSize.extents + [channels / groups.value, filters.value])
    let biases = Parameter("biases", TensorType(input.dataType, [.known(filters.value)]))
    return [Parameter("kernel", TensorType(input.dataType, kernel))] + (useBias ? [biases] : [])
  }

  /// The batch, the windows along each spatial dimension, and the filters.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    let (input, channels) = try checked(inputs)
    _ = try Shape(kernelSize.extents + [channels / groups.value, filters.value])
    let spatial = try settings.outputs(input.spatial)
    return [
      SpatialType(
        input.dataType, dataFormat, batch: input.batch, spatial: spatial, channels: .known(filters.value)
      ).type
    ]
  }

  private func product(_ type: DataType, _ shape: Shape) throws(ModelError) -> ConvolutionProduct {
    ConvolutionProduct(
      type: FloatType(type), format: dataFormat,
      window: try settings.window(shape.dimensions[dataFormat.spatialAxes(rank: shape.rank)]),
      samples: shape[0], channels: shape[dataFormat.channelAxis(rank: shape.rank)], groups: groups.value,
      filters: filters.value)
  }

  func product(for inputs: [TensorType]) -> ConvolutionProduct? {
    guard let input = inputs.first, let shape = try? input.knownShape(),
      (try? outputs(for: inputs).first?.knownShape()) != nil
    else { return nil }
    return try? product(input.dataType, shape)
  }

  /// What some windows see, and what the matrix product asks for.
  public func scratchSize(for inputs: [TensorType]) -> Int {
    scratchSize(for: inputs, threads: 1)
  }

  /// One for each element of the output and each term of its inner product.
  public func multiplyAdds(for inputs: [TensorType]) -> Int? {
    product(for: inputs)?.multiplyAdds
  }

  /// Threads divide positions, and each would make the panels for itself.
  private static let plentyOfPositions = 512

  /// The first parameter; of groups of one channel there is no matrix.
  package func weights(for inputs: [TensorType]) -> [WeightMatrix] {
    guard let channels = try? checked(inputs).channels,
      !ConvolutionProduct.isDepthwise(channels: channels, groups: groups.value)
    else { return [] }
    return [
      WeightMatrix(
        0, columns: filters.value, groups: groups.value,
        rows: product(for: inputs).map { $0.samples * $0.window.outputs }, plentyOfRows: Self.plentyOfPositions)
    ]
  }

  /// The inner products.
  public func forward(_ values: borrowing LayerValues) throws(ModelError) {
    let input = values.inputs[0]
    DividedConvolution(product: try product(input.dataType, input.shape))
      .run(values, bias: useBias ? values.address(of: values.parameters[1]) : nil)
  }
}
