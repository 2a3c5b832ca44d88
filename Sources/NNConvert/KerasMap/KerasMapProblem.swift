public import NNFormat

/// What can stand in the way of putting the weights of a Keras file onto an architecture.
public enum KerasMapProblem: Problem {
  /// Nodes without weights that fit, and weights without a node: all of them.
  case unfit([Item])

  /// Something that does not fit.
  public struct Item: Sendable, Hashable {
    /// A node of the architecture, or a group of weights in the file.
    public var name: String
    /// Why it does not fit, and what would.
    public var reason: String
    /// What it might belong to: names of the other side.
    public var candidates: [String] = []
  }

  /// What kind of failure this is.
  public var category: ProblemCategory { .malformed }

  /// The sentence for people.
  public var description: String {
    switch self {
    case .unfit(let items):
      "the weights do not fit onto the architecture: "
        + items.map { "'\($0.name)' \($0.reason)\($0.candidatesInWords)" }.joined(separator: "; ")
    }
  }
}

extension KerasMapProblem.Item {
  /// How many candidates a sentence names.
  private static let shown = 8

  fileprivate var candidatesInWords: String {
    guard !candidates.isEmpty else { return "" }
    let names = candidates.prefix(Self.shown).map { "'\($0)'" }.joined(separator: ", ")
    let others = candidates.count - Self.shown
    return ": \(names)\(others > 0 ? " and \(others) others" : "")"
  }
}
