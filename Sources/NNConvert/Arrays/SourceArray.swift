public import NNFormat

/// An array of a source, under the name by which the source knows it.
public struct SourceArray: Sendable, Equatable {
  /// The name: that of an `.npy` file without its ending, or of a member of an `.npz`.
  public var name: String
  /// The values.
  public var tensor: Tensor

  /// An array.
  public init(_ name: String, _ tensor: Tensor) {
    self.name = name
    self.tensor = tensor
  }

  /// Name and shape, for messages: `'W1' [2, 3]`.
  package var inWords: String { "'\(name)' \(tensor.shape)" }
}
