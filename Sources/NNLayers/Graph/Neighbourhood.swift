import NNFormat

/// How a layer is told which nodes of a graph take from which.
public enum Neighbourhood: String, FieldChoice {
  /// `[nodes, nodes]` of bool: whether the row's node takes from the column's.
  case mask
  /// `[2, edges]` of i32 or i64: the edges' sources, then their targets.
  case edges
}

/// The extents of a graph: how many graphs share it, its nodes, their features, and the terms of all nodes together at most.
struct GraphExtents {
  let count, nodes, depth, terms: Int
}

extension Neighbourhood {
  /// Demands features and what this says of input 1.
  func checked(_ inputs: [TensorType], kind: String) throws(ModelError) -> (nodes: Dimension, depth: Int) {
    try GraphInputs.count(
      inputs, 2, self == .mask ? "features and a mask" : "features and a list of edges", kind: kind)
    let (nodes, depth) = try GraphInputs.features(inputs)
    switch self {
    case .mask: try GraphInputs.type(inputs, 1, [.bool], [nodes, nodes])
    case .edges: try GraphInputs.type(inputs, 1, [.i32, .i64], [.known(2), .unknown])
    }
    return (nodes, depth)
  }

  /// The extents; nil where they are open.
  func extents(of inputs: [TensorType], loops: IncomingTerms.OwnLoops) -> GraphExtents? {
    guard inputs.count == 2, inputs[0].rank >= 2, inputs[1].rank == 2,
      let features = try? inputs[0].knownShape(), let adjacency = try? inputs[1].knownShape()
    else { return nil }
    return extents(of: features, adjacency, loops: loops)
  }

  /// The extents, for shapes that were checked.
  func extents(of features: Shape, _ adjacency: Shape, loops: IncomingTerms.OwnLoops) -> GraphExtents {
    let nodes = features[features.rank - 2]
    let terms =
      self == .mask
      ? adjacency.count : IncomingTerms.greatestCount(nodes: nodes, edges: adjacency[1], loops: loops)
    return GraphExtents(
      count: features.count(of: 0..<features.rank - 2), nodes: nodes, depth: features[features.rank - 1], terms: terms)
  }

  /// Takes the terms from input 1.
  ///
  /// - Throws: ``LayerProblem/badElement(input:position:found:expected:)`` for a number that no node has.
  func fill(
    _ incoming: IncomingTerms, from values: borrowing LayerValues, nodes: Int, loops: IncomingTerms.OwnLoops
  ) throws(ModelError) {
    switch self {
    case .mask: incoming.fill(mask: values, input: 1, nodes: nodes, loops: loops)
    case .edges: try incoming.fill(from: values, input: 1, nodes: nodes, loops: loops)
    }
  }
}
