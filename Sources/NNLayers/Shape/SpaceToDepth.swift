public import NNFormat

/// Moves square blocks of an image into the channels.
///
/// | value  | shape                                                        | notes                       |
/// |--------|--------------------------------------------------------------|-----------------------------|
/// | input  | `[batch, height, width, channels]`                           | any element type            |
/// | output | `[batch, height / s, width / s, s * s * channels]`           | `s` is `block_size`         |
///
/// With `data_format` `channels_first` the channels stand behind the batch. In a block at row `i` and column `j`,
/// channel `c` becomes channel `(i * s + j) * channels + c` in the mode `DCR`, and `(c * s + i) * s + j` in the mode
/// `CRD`.
///
/// - Source: ONNX `SpaceToDepth` (`DCR`); TensorFlow `tf.nn.space_to_depth` (`DCR`); PyTorch `PixelUnshuffle` (`CRD`).
public struct SpaceToDepth: Layer {
  /// `space_to_depth`
  public static let kind = "space_to_depth"
  /// The settings.
  public static let fields: [Field<SpaceToDepth>] = [
    Field("block_size", \.blockSize, "the rows and columns of a block"),
    Field("mode", \.mode, default: .depthFirst, "the order of the new channels"),
    Field("data_format", \.dataFormat, default: .channelsLast, "where the channels stand"),
  ]

  /// The rows and columns of a block.
  public var blockSize: Positive = 1
  /// The order of the new channels.
  public var mode = DepthOrder.depthFirst
  /// Where the channels stand.
  public var dataFormat = DataFormat.channelsLast

  /// The layer of blocks of one element.
  public init() {}

  /// The layer of the given settings.
  public init(blockSize: Positive, mode: DepthOrder = .depthFirst, dataFormat: DataFormat = .channelsLast) {
    self.blockSize = blockSize
    self.mode = mode
    self.dataFormat = dataFormat
  }

  /// The spatial extents divided, and the channels multiplied.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    var output = try inputs.single(for: Self.kind)
    try output.requireRank(4...4, index: 0)
    let size = blockSize.value
    for axis in dataFormat.firstSpatialAxis..<dataFormat.firstSpatialAxis + 2 {
      guard let extent = output.shape[axis].value else {
        output.shape[axis] = size == 1 ? output.shape[axis] : .unknown
        continue
      }
      guard extent.isMultiple(of: size) else {
        throw ModelError(
          LayerProblem.badSetting(
            reason: "blocks of \(size) do not divide axis \(axis) of the input, which has \(extent)"),
          at: .field("block_size"))
      }
      output.shape[axis] = .known(extent / size)
    }
    let channels = dataFormat.channelAxis(rank: 4)
    output.shape[channels] = try output.shape[channels].times(size).times(size)
    return [try output.countable()]
  }

  /// Room for the dimensions.
  public func scratchSize(for inputs: [TensorType]) -> Int { StridedCopy.scratchSize }

  /// Copies in the order of the output.
  public func forward(_ values: borrowing LayerValues) {
    let x = values.inputs[0]
    let y = values.outputs[0]
    guard y.shape.count > 0 else { return }
    let (s, rowAxis, channelAxis) = (blockSize.value, dataFormat.firstSpatialAxis, dataFormat.channelAxis(rank: 4))
    let (height, width, channels) = (x.shape[rowAxis], x.shape[rowAxis + 1], x.shape[channelAxis])
    let isLast = dataFormat == .channelsLast
    let channel = isLast ? 1 : height * width
    let column = isLast ? channels : 1
    let row = width * column
    var copy = StridedCopy(scratch: values.scratch)
    copy.append(x.shape[0], stride: height * width * channels)
    if isLast {
      copy.append(height / s, stride: s * row)
      copy.append(width / s, stride: s * column)
    }
    if mode == .columnFirst { copy.append(channels, stride: channel) }
    copy.append(s, stride: row)
    copy.append(s, stride: column)
    if mode == .depthFirst { copy.append(channels, stride: channel) }
    if !isLast {
      copy.append(height / s, stride: s * row)
      copy.append(width / s, stride: s * column)
    }
    copy.run(from: values.address(of: x), to: values.mutableAddress(of: y), size: x.dataType.byteSize, on: values.crew)
  }
}

/// The order in which the channels of ``SpaceToDepth`` and ``DepthToSpace`` hold a block.
public enum DepthOrder: String, FieldChoice {
  /// Row of the block, column of the block, channel.
  case depthFirst = "DCR"
  /// Channel, row of the block, column of the block.
  case columnFirst = "CRD"
}
