public import NNFormat

/// Repeats each element along the spatial dimensions: `y[b, i, j, c] = x[b, i / size[0], j / size[1], c]`, rounded
/// down.
///
/// | value  | shape                                    | notes                                   |
/// |--------|------------------------------------------|-----------------------------------------|
/// | input  | `[batch, spatial..., channels]`          | any element type                        |
/// | output | the spatial extents times their factors  | same element type                       |
///
/// With `data_format` `channels_first` the channels stand before the spatial dimensions. Other interpolations are
/// `resize`.
///
/// - Source: Keras 3 and Keras 2 `UpSampling1D`, `UpSampling2D`, `UpSampling3D` with `interpolation` `nearest`; ONNX `Upsample`;
///   NumPy `np.repeat` along each axis.
public struct UpSampling: Layer {
  /// `up_sampling`
  public static let kind = "up_sampling"
  /// The settings.
  public static let fields: [Field<UpSampling>] = [
    Field("size", \.size, "for each spatial dimension its factor"),
    Field("data_format", \.dataFormat, default: .channelsLast, "where the channels stand"),
  ]

  /// For each spatial dimension its factor.
  public var size: [Positive] = []
  /// Where the channels stand.
  public var dataFormat = DataFormat.channelsLast

  /// The layer without spatial dimensions.
  public init() {}

  /// The layer of the given factors.
  public init(size: [Positive], dataFormat: DataFormat = .channelsLast) {
    self.size = size
    self.dataFormat = dataFormat
  }

  /// The extents times the factors.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    var output = try inputs.single(for: Self.kind)
    guard output.rank == size.count + 2 else {
      throw ModelError(
        LayerProblem.badInput(
          index: 0, expected: "of rank \(size.count + 2): batch, channels and a dimension for each factor",
          found: output))
    }
    for (number, factor) in size.enumerated() {
      let axis = dataFormat.firstSpatialAxis + number
      output.shape[axis] = try output.shape[axis].times(factor.value)
    }
    return [try output.countable()]
  }

  /// Room for the dimensions.
  public func scratchSize(for inputs: [TensorType]) -> Int { StridedCopy.scratchSize }

  /// Copies the elements over and over.
  public func forward(_ values: borrowing LayerValues) {
    let x = values.inputs[0]
    var copy = StridedCopy(scratch: values.scratch)
    for axis in 0..<x.shape.rank {
      copy.append(x.shape[axis], stride: x.shape.count(of: axis + 1..<x.shape.rank))
      let number = axis - dataFormat.firstSpatialAxis
      if size.indices.contains(number) { copy.append(size[number].value, stride: 0) }
    }
    copy.run(
      from: values.address(of: x), to: values.mutableAddress(of: values.outputs[0]), size: x.dataType.byteSize,
      on: values.crew)
  }
}
