public import NNFormat

/// What can stand in the way of writing a Keras file.
public enum KerasExportProblem: Problem {
  /// Nodes for which Keras has neither a layer nor an operation that computes the same; every one of the model, in its order.
  case unsupported([Item])

  /// A node that cannot be written.
  public struct Item: Sendable, Hashable {
    /// The node's name.
    public let node: String
    /// Its kind.
    public let kind: String
    /// Why it cannot be written.
    public let reason: String
  }

  /// Always `unsupported`.
  public var category: ProblemCategory { .unsupported }

  /// The nodes with their reasons.
  public var description: String {
    switch self {
    case .unsupported(let items):
      "\(items.count == 1 ? "one node has" : "\(items.count) nodes have") no counterpart in Keras: "
        + items.map { "'\($0.node)' (\($0.kind)): \($0.reason)" }.joined(separator: "; ")
    }
  }
}
