public import NNFormat
import NNKernels

/// The greatest element of each channel over all spatial positions.
///
/// | value  | shape                                        | notes                                                |
/// |--------|----------------------------------------------|------------------------------------------------------|
/// | input  | `[n, spatial..., c]` or `[n, c, spatial...]` | f32 or f64, 1 to 3 spatial dimensions, none of them 0 |
/// | output | `[n, c]`                                     | with `keepdims`: the input's with spatial extents 1  |
///
/// It is found by `max` of `spec/numerics.md` along the positions in row-major order; a NaN is the greatest.
///
/// - Source: Keras 3 `GlobalMaxPooling1D`, `GlobalMaxPooling2D`, `GlobalMaxPooling3D`; ONNX `GlobalMaxPool` (with `keepdims`).
public struct GlobalMaxPooling: Layer {
  /// `global_max_pooling`
  public static let kind = "global_max_pooling"
  /// The settings.
  public static let fields: [Field<GlobalMaxPooling>] = [
    Field("keepdims", \.keepdims, default: false, "whether the spatial dimensions stay, with extent 1"),
    Field("data_format", \.dataFormat, default: .channelsLast, "where the channels stand"),
  ]

  /// Whether the spatial dimensions stay, with extent 1.
  public var keepdims = false
  /// Where the channels stand.
  public var dataFormat = DataFormat.channelsLast

  /// A layer that drops the spatial dimensions.
  public init() {}

  /// The batch and the channels.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    let input = try SpatialType(onlyOf: inputs, for: Self.kind, dataFormat, rank: nil)
    return [try input.pooledGlobally(keepdims: keepdims)]
  }

  /// The greatest elements.
  public func forward(_ values: borrowing LayerValues) {
    let input = values.inputs[0]
    let shape = input.shape
    let channels = shape[dataFormat.channelAxis(rank: shape.rank)]
    let positions = shape.count(of: dataFormat.spatialAxes(rank: shape.rank))
    // One window over all positions, as if they stood in one line.
    var line = Window()
    line.width = WindowAxis(input: positions, size: positions)
    let isLast = dataFormat == .channelsLast
    Pool(
      .greatest, window: line, samples: isLast ? shape[0] : shape[0] * channels, channels: isLast ? channels : 1
    ).run(values)
  }
}
