public import NNFormat
import NNKernels

/// The greatest element in each of a given number of windows that share the input out, for each channel.
///
/// | value  | shape                                                   | notes                             |
/// |--------|---------------------------------------------------------|-----------------------------------|
/// | input  | `[n, spatial..., c]` or `[n, c, spatial...]`            | f32 or f64; as `data_format` says |
/// | output | `[n, output_size..., c]` or `[n, c, output_size...]`    | same element type                 |
///
/// Output o of m along an extent e sees the positions from `floor(o · e / m)` to before `ceil((o + 1) · e / m)`. The greatest is found as in `max_pooling`.
///
/// - Source: Keras 3 `AdaptiveMaxPooling1D`, `AdaptiveMaxPooling2D`, `AdaptiveMaxPooling3D`; PyTorch
///   `AdaptiveMaxPool2d`.
public struct AdaptiveMaxPooling: Layer {
  /// `adaptive_max_pooling`
  public static let kind = "adaptive_max_pooling"
  /// The settings.
  public static let fields: [Field<AdaptiveMaxPooling>] = [
    Field("output_size", \.outputSize, "the output's spatial extents; their number is that of the spatial dimensions"),
    Field("data_format", \.dataFormat, default: .channelsLast, "where the channels stand"),
  ]

  /// The output's spatial extents.
  public var outputSize: WindowSize = [1]
  /// Where the channels stand.
  public var dataFormat = DataFormat.channelsLast

  /// A layer of one output position along one spatial dimension.
  public init() {}

  /// A layer of the given output positions.
  public init(outputSize: WindowSize) {
    self.outputSize = outputSize
  }

  /// The batch, the given extents and the channels.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    let input = try SpatialType(onlyOf: inputs, for: Self.kind, dataFormat, rank: outputSize.rank)
    return [try input.shared(among: outputSize)]
  }

  /// The greatest elements.
  public func forward(_ values: borrowing LayerValues) {
    let input = values.inputs[0]
    Pool(.greatest, outputSize, dataFormat, input.shape)
      .run(values)
  }
}
