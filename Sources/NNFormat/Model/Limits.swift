/// How much a reader accepts, so that a hostile or damaged file is refused before it costs anything.
///
/// A limit bounds what the numbers in a file may ask for; sizes of data are compared with the size of the file instead.
public struct Limits: Sendable, Hashable {
  /// The longest header or architecture text in bytes: 256 MiB. The largest graphs known (10^5 nodes) need about 30 MiB.
  public var headerSize = 256 << 20
  /// How many tensors: one million.
  public var tensorCount = 1_000_000
  /// How many nodes: one million.
  public var nodeCount = 1_000_000
  /// The longest name in bytes of UTF-8: 1024.
  public var nameLength = 1024
  /// How deep JSON values may be nested: 64. A tensor of rank 32 written as nested lists needs 36.
  public var jsonDepth = 64

  /// The limits of the format, version 1.
  public static let standard = Limits()

  /// The limits of the format, to be changed.
  public init() {}
}
