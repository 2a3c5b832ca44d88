public import NNFormat

/// Every value of one run of a network.
public struct Trace: Sendable {
  /// A value that a node computed.
  public struct Value: Sendable {
    /// Which one it is.
    public let reference: ValueReference
    /// The value.
    public let tensor: Tensor
  }

  /// The outputs, by their names.
  public let outputs: [String: Tensor]
  /// The values of all nodes, in the order in which they run.
  public let values: [Value]
}
