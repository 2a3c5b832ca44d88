/// Where the channels of images and sequences stand: behind the spatial dimensions or before them.
public enum DataFormat: String, FieldChoice {
  /// `[batch, spatial..., channels]`
  case channelsLast = "channels_last"
  /// `[batch, channels, spatial...]`
  case channelsFirst = "channels_first"

  /// The first spatial dimension.
  package var firstSpatialAxis: Int { self == .channelsLast ? 1 : 2 }

  /// The dimension of the channels.
  package func channelAxis(rank: Int) -> Int { self == .channelsLast ? rank - 1 : 1 }
}
