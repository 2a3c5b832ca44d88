package import NNFormat

/// Where the channels of a value with spatial dimensions stand.
public enum DataFormat: String, FieldChoice {
  /// `[n, spatial..., channels]`
  case channelsLast = "channels_last"
  /// `[n, channels, spatial...]`
  case channelsFirst = "channels_first"
}

/// The type of a value with a batch, channels and spatial dimensions, taken apart.
package struct SpatialType {
  /// The type of the elements.
  package let dataType: DataType
  /// Where the channels stand.
  package let format: DataFormat
  /// The extent of the batch.
  package let batch: Dimension
  /// The spatial extents.
  package let spatial: [Dimension]
  /// The extent of the channels.
  package let channels: Dimension

  /// A type from its parts.
  package init(
    _ dataType: DataType, _ format: DataFormat, batch: Dimension, spatial: [Dimension], channels: Dimension
  ) {
    self.dataType = dataType
    self.format = format
    self.batch = batch
    self.spatial = spatial
    self.channels = channels
  }

  /// The parts of the only input of a kind.
  ///
  /// - Parameter rank: How many spatial dimensions there must be; nil for 1, 2 or 3.
  /// - Throws: ``LayerProblem`` if it is not of f32 or f64, or has another rank.
  package init(
    onlyOf inputs: [TensorType], for kind: String, _ format: DataFormat, rank: Int?
  ) throws(ModelError) {
    let input = try inputs.single(for: kind)
    try input.requireFloat(index: 0)
    let allowed = rank.map { $0 + 2...$0 + 2 } ?? 3...5
    guard allowed.contains(input.rank) else {
      let expected = rank.map { "of rank \($0 + 2)" } ?? "of rank 3, 4 or 5"
      let parts = format == .channelsLast ? "[n, spatial..., channels]" : "[n, channels, spatial...]"
      throw ModelError(LayerProblem.badInput(index: 0, expected: "\(expected), \(parts)", found: input))
    }
    let axes = format.spatialAxes(rank: input.rank)
    self.init(
      input.dataType, format, batch: input.shape[0], spatial: Array(input.shape[axes]),
      channels: input.shape[format.channelAxis(rank: input.rank)])
  }

  /// The type as a whole.
  package var type: TensorType {
    TensorType(
      dataType, format == .channelsLast ? [batch] + spatial + [channels] : [batch, channels] + spatial)
  }

  /// The number of channels.
  ///
  /// - Throws: ``LayerProblem`` if it is open.
  package func fixedChannels() throws(ModelError) -> Int {
    guard let channels = channels.value else {
      throw ModelError(
        LayerProblem.badInput(index: 0, expected: "of a fixed number of channels", found: type))
    }
    return channels
  }
}

extension DataFormat {
  /// The first spatial dimension.
  package var firstSpatialAxis: Int { self == .channelsLast ? 1 : 2 }

  /// Which dimensions are the spatial ones.
  @inline(__always)
  package func spatialAxes(rank: Int) -> Range<Int> {
    self == .channelsLast ? 1..<rank - 1 : 2..<rank
  }

  /// Which dimension has the channels.
  @inline(__always)
  package func channelAxis(rank: Int) -> Int {
    self == .channelsLast ? rank - 1 : 1
  }
}

extension SpatialType {
  /// The type of one number a channel.
  ///
  /// - Throws: ``LayerProblem`` if a spatial extent is 0.
  package func pooledGlobally(keepdims: Bool) throws(ModelError) -> TensorType {
    guard !spatial.contains(.known(0)) else {
      throw ModelError(LayerProblem.badInput(index: 0, expected: "of spatial extents above 0", found: type))
    }
    guard keepdims else { return TensorType(dataType, [batch, channels]) }
    return SpatialType(
      dataType, format, batch: batch, spatial: spatial.map { _ in .known(1) }, channels: channels
    ).type
  }
}
