public import NNFormat

/// A value that enters or leaves a network: its name and its type.
public struct NamedType: Sendable, Hashable, CustomStringConvertible {
  /// The name.
  public let name: String
  /// The element type and the extents; open ones have names.
  public let type: TensorType

  /// Name and type: `x: f32 [N, 784]`.
  public var description: String { "\(name): \(type)" }
}
