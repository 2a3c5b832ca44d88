public import NNFormat
import NNKernels

/// The greatest element in each window over 1, 2 or 3 spatial dimensions, for each channel.
///
/// | value  | shape                                                   | notes                             |
/// |--------|---------------------------------------------------------|-----------------------------------|
/// | input  | `[n, spatial..., c]` or `[n, c, spatial...]`            | f32 or f64; as `data_format` says |
/// | output | `[n, windows..., c]` or `[n, c, windows...]`            | same element type                 |
///
/// Windows lie as those of `convolution`. What the padding adds is never the greatest: a window that sees only padding gives
/// -infinity. A NaN in a window is its greatest element. The greatest is found by `max` of `spec/numerics.md` along the window's
/// positions in row-major order. With `ceil_mode` there is one window more where the last one leaves positions over, unless it
/// would begin in the padding at the end.
///
/// - Source: Keras 3 `MaxPooling1D`, `MaxPooling2D`, `MaxPooling3D`; ONNX `MaxPool` of opset 1 to 22, its first output; PyTorch
///   `MaxPool2d`.
public struct MaxPooling: Layer {
  /// `max_pooling`
  public static let kind = "max_pooling"
  /// The settings.
  public static let fields: [Field<MaxPooling>] = [
    Field("pool_size", \.poolSize, "the extents of the window; their number is that of the spatial dimensions"),
    Field("strides", \.strides, default: [], "the distances of the windows; the window's extents where none are given"),
    Field(
      "dilation_rate", \.dilationRate, default: [], "the distances of a window's positions; 1 where none are given"),
    Field("padding", \.padding, default: .valid, "how the input is extended"),
    Field(
      "pads", \.pads, default: [],
      "for the padding `explicit`: the positions at the start of each spatial dimension, then those at the ends"),
    Field(
      "ceil_mode", \.ceilMode, default: false,
      "whether a last window may reach beyond the padded input, if it begins before the padding at the end"),
    Field("data_format", \.dataFormat, default: .channelsLast, "where the channels stand"),
  ]

  /// The extents of the window.
  public var poolSize: WindowSize = [1]
  /// The distances of the windows; the window's extents where none are given.
  public var strides: [Positive] = []
  /// The distances of a window's positions; 1 where none are given.
  public var dilationRate: [Positive] = []
  /// How the input is extended.
  public var padding = WindowPadding.valid
  /// The positions at the starts and at the ends, where the padding is explicit.
  public var pads: [PadSize] = []
  /// Whether a last window may reach beyond the padded input.
  public var ceilMode = false
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
      sizeField: "pool_size", size: poolSize, strides: strides, stridesDefaultToSize: true, dilation: dilationRate,
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

  /// The greatest elements.
  public func forward(_ values: borrowing LayerValues) throws(ModelError) {
    let input = values.inputs[0]
    let shape = input.shape
    let window = try settings.window(shape.dimensions[dataFormat.spatialAxes(rank: shape.rank)])
    Pool(.greatest, window, dataFormat, shape).run(values)
  }
}
