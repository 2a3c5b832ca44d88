public import NNFormat
import NNKernels

/// The norm of the elements in each window over 1, 2 or 3 spatial dimensions, for each channel: `Σ |x|` or `√(Σ x²)`.
///
/// | value  | shape                                                   | notes                             |
/// |--------|---------------------------------------------------------|-----------------------------------|
/// | input  | `[n, spatial..., c]` or `[n, c, spatial...]`            | f32 or f64; as `data_format` says |
/// | output | `[n, windows..., c]` or `[n, c, windows...]`            | same element type                 |
///
/// Windows lie as those of `max_pooling`. Magnitudes, or squares, each rounded, are added up along the window's positions in
/// row-major order. A window that sees only padding gives 0.
///
/// - Source: ONNX `LpPool` of opset 2 to 22; PyTorch `LPPool2d` for elements of which none is negative.
public struct LpPooling: Layer {
  /// `lp_pooling`
  public static let kind = "lp_pooling"
  /// The settings.
  public static let fields: [Field<LpPooling>] = [
    Field("p", \.p, default: .two, "the norm: 1 for the sum of magnitudes, 2 for the root of the sum of squares"),
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

  /// The norm.
  public var p = NormOrder.two
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

  /// The norms.
  public func forward(_ values: borrowing LayerValues) throws(ModelError) {
    let input = values.inputs[0]
    let shape = input.shape
    let window = try settings.window(shape.dimensions[dataFormat.spatialAxes(rank: shape.rank)])
    switch p {
    case .one: Pool(.magnitudes, window, dataFormat, shape).run(values)
    case .two: Pool(.length, window, dataFormat, shape).run(values)
    }
  }
}

/// Which norm ``LpPooling`` takes.
public enum NormOrder: Int, FieldValue, CaseIterable {
  /// The sum of magnitudes.
  case one = 1
  /// The square root of the sum of squares.
  case two = 2

  /// The norms.
  public static var expectation: String { "1 or 2" }
  /// The norms.
  public static var schema: JSONValue { ["enum": [1, 2]] }
  /// Reads a norm.
  public init?(json: JSONValue) {
    guard let order = json.int else { return nil }
    self.init(rawValue: order)
  }
  /// The number.
  public var json: JSONValue { JSONValue(rawValue) }
}
