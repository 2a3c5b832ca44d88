public import NNFormat
import NNKernels

/// The mean of the elements in each window over 1, 2 or 3 spatial dimensions, for each channel.
///
/// | value  | shape                                                   | notes                             |
/// |--------|---------------------------------------------------------|-----------------------------------|
/// | input  | `[n, spatial..., c]` or `[n, c, spatial...]`            | f32 or f64; as `data_format` says |
/// | output | `[n, windows..., c]` or `[n, c, windows...]`            | same element type                 |
///
/// Windows lie as those of `max_pooling`. The elements that a window sees are added up along its positions in row-major order,
/// and the sum is divided by their number, or with `count_include_padding` by the number of the window's positions within the
/// padded input. A window that sees only padding gives NaN, or 0 where padding counts.
///
/// - Source: Keras 3 `AveragePooling1D`, `AveragePooling2D`, `AveragePooling3D`; ONNX `AveragePool` of opset 7 to 22
///   (`count_include_pad`); PyTorch `AvgPool2d`.
public struct AveragePooling: Layer {
  /// `average_pooling`
  public static let kind = "average_pooling"
  /// The settings.
  public static let fields: [Field<AveragePooling>] = [
    Field("pool_size", \.poolSize, "the extents of the window; their number is that of the spatial dimensions"),
    Field("strides", \.strides, default: [], "the distances of the windows; the window's extents where none are given"),
    Field("padding", \.padding, default: .valid, "how the input is extended"),
    Field(
      "pads", \.pads, default: [],
      "for the padding `explicit`: the positions at the start of each spatial dimension, then those at the ends"),
    Field(
      "ceil_mode", \.ceilMode, default: false,
      "whether a last window may reach beyond the padded input, if it begins before the padding at the end"),
    Field(
      "count_include_padding", \.countIncludePadding, default: false,
      "whether the mean counts the padding's zeros; what a window has beyond the padding never counts"),
    Field("data_format", \.dataFormat, default: .channelsLast, "where the channels stand"),
  ]

  /// The extents of the window.
  public var poolSize: WindowSize = [1]
  /// The distances of the windows; the window's extents where none are given.
  public var strides: [Positive] = []
  /// How the input is extended.
  public var padding = WindowPadding.valid
  /// The positions at the starts and at the ends, where the padding is explicit.
  public var pads: [PadSize] = []
  /// Whether a last window may reach beyond the padded input.
  public var ceilMode = false
  /// Whether the mean counts the padding's zeros.
  public var countIncludePadding = false
  /// Where the channels stand.
  public var dataFormat = DataFormat.channelsLast

  /// A layer whose windows are single positions.
  public init() {}

  /// A layer over windows of the given extents.
  public init(poolSize: WindowSize) {
    self.poolSize = poolSize
  }

  private var settings: WindowSettings {
    WindowSettings(
      sizeField: "pool_size", size: poolSize, strides: strides, stridesDefaultToSize: true,
      padding: padding.general, pads: pads, ceilMode: ceilMode)
  }

  /// The batch, the windows along each spatial dimension, and the channels.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    let input = try SpatialType(onlyOf: inputs, for: Self.kind, dataFormat, rank: poolSize.rank)
    try settings.check()
    let spatial = try settings.outputs(input.spatial)
    return [
      SpatialType(
        input.dataType, dataFormat, batch: input.batch, spatial: spatial, channels: input.channels
      ).type
    ]
  }

  /// The means.
  public func forward(_ values: borrowing LayerValues) throws(ModelError) {
    let input = values.inputs[0]
    let shape = input.shape
    let window = try settings.window(shape.dimensions[dataFormat.spatialAxes(rank: shape.rank)])
    Pool(.mean, window, dataFormat, shape, countsPadding: countIncludePadding)
      .run(values)
  }
}
