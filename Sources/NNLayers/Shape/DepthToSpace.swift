public import NNFormat

/// Moves channels into square blocks of an image: the inverse of `space_to_depth`.
///
/// | value  | shape                                              | notes                       |
/// |--------|----------------------------------------------------|-----------------------------|
/// | input  | `[batch, height, width, s * s * channels]`         | any element type            |
/// | output | `[batch, height * s, width * s, channels]`         | `s` is `block_size`         |
///
/// With `data_format` `channels_first` the channels stand behind the batch. Row `i` and column `j` of a block get, for
/// channel `c`, the input's channel `(i * s + j) * channels + c` in the mode `DCR`, and `(c * s + i) * s + j` in the
/// mode `CRD`.
///
/// - Source: ONNX `DepthToSpace`; TensorFlow `tf.nn.depth_to_space` (`DCR`); PyTorch `PixelShuffle` (`CRD`).
public struct DepthToSpace: Layer {
  /// `depth_to_space`
  public static let kind = "depth_to_space"
  /// The settings.
  public static let fields: [Field<DepthToSpace>] = [
    Field("block_size", \.blockSize, "the rows and columns of a block"),
    Field("mode", \.mode, default: .depthFirst, "the order of the channels"),
    Field("data_format", \.dataFormat, default: .channelsLast, "where the channels stand"),
  ]

  /// The rows and columns of a block.
  public var blockSize: Positive = 1
  /// The order of the channels.
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

  /// The channels divided, and the spatial extents multiplied.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    var output = try inputs.single(for: Self.kind)
    try output.requireRank(4...4, index: 0)
    let size = blockSize.value
    let block = try Dimension.known(size).times(size).value ?? size
    let channels = dataFormat.channelAxis(rank: 4)
    if let extent = output.shape[channels].value {
      guard extent.isMultiple(of: block) else {
        throw ModelError(
          LayerProblem.badSetting(
            reason: "the input has \(extent) channels, and blocks of \(size) by \(size) need a multiple of \(block)"),
          at: .field("block_size"))
      }
      output.shape[channels] = .known(extent / block)
    } else if size > 1 {
      output.shape[channels] = .unknown
    }
    for axis in dataFormat.firstSpatialAxis..<dataFormat.firstSpatialAxis + 2 {
      output.shape[axis] = try output.shape[axis].times(size)
    }
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
    let (height, width, channels) = (x.shape[rowAxis], x.shape[rowAxis + 1], y.shape[channelAxis])
    let isLast = dataFormat == .channelsLast
    let depth = isLast ? 1 : height * width
    let column = isLast ? channels * s * s : 1
    let row = width * column
    let (blockRow, blockColumn, channel) =
      mode == .depthFirst ? (s * channels * depth, channels * depth, depth) : (s * depth, depth, s * s * depth)
    var copy = StridedCopy(scratch: values.scratch)
    copy.append(x.shape[0], stride: height * width * channels * s * s)
    if !isLast { copy.append(channels, stride: channel) }
    copy.append(height, stride: row)
    copy.append(s, stride: blockRow)
    copy.append(width, stride: column)
    copy.append(s, stride: blockColumn)
    if isLast { copy.append(channels, stride: channel) }
    copy.run(from: values.address(of: x), to: values.mutableAddress(of: y), size: x.dataType.byteSize, on: values.crew)
  }
}
