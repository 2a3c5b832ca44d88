public import NNFormat
import NNKernels

/// The mean of each channel over all spatial positions.
///
/// | value  | shape                                        | notes                                                |
/// |--------|----------------------------------------------|------------------------------------------------------|
/// | input  | `[n, spatial..., c]` or `[n, c, spatial...]` | f32 or f64, 1 to 3 spatial dimensions, none of them 0 |
/// | output | `[n, c]`                                     | with `keepdims`: the input's with spatial extents 1  |
///
/// It is the mean of `spec/numerics.md` over the positions as one axis: with channels first, or a single channel, pairwise, else in
/// order.
///
/// - Source: Keras 3 `GlobalAveragePooling1D`, `GlobalAveragePooling2D`, `GlobalAveragePooling3D`; ONNX `GlobalAveragePool` (with
///   `keepdims`).
public struct GlobalAveragePooling: Layer {
  /// `global_average_pooling`
  public static let kind = "global_average_pooling"
  /// The settings.
  public static let fields: [Field<GlobalAveragePooling>] = [
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

  /// The means.
  public func forward(_ values: borrowing LayerValues) {
    let input = values.inputs[0]
    let shape = input.shape
    let channels = shape[dataFormat.channelAxis(rank: shape.rank)]
    let positions = shape.count(of: dataFormat.spatialAxes(rank: shape.rank))
    let (x, y) = (values.address(of: input), values.mutableAddress(of: values.outputs[0]))
    let isLast = dataFormat == .channelsLast
    Reduction.mean.run(
      FloatType(input.dataType), outer: isLast ? shape[0] : shape[0] * channels, axis: positions,
      inner: isLast ? channels : 1, from: x, to: y)
  }
}
