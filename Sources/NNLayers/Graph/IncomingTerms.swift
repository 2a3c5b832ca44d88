import NNFormat

/// Which nodes each node of a graph takes values from, in memory of the caller: node `t` takes from `sources[starts[t]..<starts[t + 1]]`.
struct IncomingTerms {
  /// Whether each node takes from itself.
  enum OwnLoops {
    /// Only as the list says.
    case asGiven
    /// Once more than the list says, and last.
    case added
    /// Once, and last; what the list says of it is passed over.
    case once
  }

  /// For each node the number of its first term, and behind them the number of all terms.
  let starts: UnsafeMutablePointer<Int>
  /// For each term the node that it is taken from.
  let sources: UnsafeMutablePointer<Int>
  /// For each term the edge that it stands for; -1 for a node's own loop.
  let edges: UnsafeMutablePointer<Int>

  /// The working memory that ``init(_:nodes:terms:)`` gets, and where it begins.
  static func memory(_ memory: inout GraphMemory, nodes: Int, terms: Int) -> Int {
    let start = memory.add(nodes, of: MemoryLayout<Int>.size)
    _ = memory.add(1, of: MemoryLayout<Int>.size)
    _ = memory.add(terms, 2, of: MemoryLayout<Int>.size)
    return start
  }

  /// The terms in memory of `nodes + 1 + 2 · terms` integers or more.
  init(_ memory: UnsafeMutableRawPointer, nodes: Int, terms: Int) {
    starts = memory.assumingMemoryBound(to: Int.self)
    sources = starts + nodes + 1
    edges = sources + terms
  }

  /// The greatest number of terms of a graph, all nodes together.
  static func greatestCount(nodes: Int, edges: Int, loops: OwnLoops) -> Int {
    let (sum, overflow) = edges.addingReportingOverflow(loops == .asGiven ? 0 : nodes)
    return overflow ? .max : sum
  }

  /// The terms of a node.
  func terms(of node: Int) -> Range<Int> { starts[node]..<starts[node + 1] }

  /// Sorts a list of edges `[2, edges]`, sources before targets, by targets; the edges of one target keep their order.
  ///
  /// - Throws: ``LayerProblem/badElement(input:position:found:expected:)`` for a number that no node has.
  func fill(
    from values: borrowing LayerValues, input: Int, nodes: Int, loops: OwnLoops
  ) throws(ModelError) {
    let list = values.inputs[input]
    if list.dataType == .i32 {
      try fill(values.elements(of: list, as: Int32.self), list.shape[1], input, nodes, loops)
    } else {
      try fill(values.elements(of: list, as: Int64.self), list.shape[1], input, nodes, loops)
    }
  }

  private func fill<Index: FixedWidthInteger>(
    _ list: UnsafeBufferPointer<Index>, _ count: Int, _ input: Int, _ nodes: Int, _ loops: OwnLoops
  ) throws(ModelError) {
    try GraphInputs.check(list, below: nodes, input: input, of: "a node") { [$0 / count, $0 % count] }
    starts.update(repeating: 0, count: nodes + 1)
    for edge in 0..<count where isTerm(list, edge, count, loops) { starts[Int(list[count + edge])] += 1 }
    // Each entry becomes where the node's next term goes, and in the end where the next node's terms begin.
    var next = 0
    for node in 0..<nodes {
      let own = starts[node] + (loops == .asGiven ? 0 : 1)
      starts[node] = next
      next += own
    }
    for edge in 0..<count where isTerm(list, edge, count, loops) {
      place(Int(list[edge]), edge, at: Int(list[count + edge]))
    }
    if loops != .asGiven {
      for node in 0..<nodes { place(node, -1, at: node) }
    }
    for node in stride(from: nodes, to: 0, by: -1) { starts[node] = starts[node - 1] }
    starts[0] = 0
  }

  private func place(_ source: Int, _ edge: Int, at node: Int) {
    sources[starts[node]] = source
    edges[starts[node]] = edge
    starts[node] += 1
  }

  private func isTerm<Index: FixedWidthInteger>(
    _ list: UnsafeBufferPointer<Index>, _ edge: Int, _ count: Int, _ loops: OwnLoops
  ) -> Bool {
    loops != .once || list[edge] != list[count + edge]
  }

  /// Takes the terms from a mask `[nodes, nodes]`, whose row is the target, in ascending order; with loops a node is among its
  /// own sources whatever the mask says.
  func fill(mask values: borrowing LayerValues, input: Int, nodes: Int, loops: OwnLoops) {
    // As bytes: a file's truth values need not be those of Swift.
    let mask = values.address(of: values.inputs[input]).assumingMemoryBound(to: UInt8.self)
    var next = 0
    for target in 0..<nodes {
      starts[target] = next
      for source in 0..<nodes
      where mask[target * nodes + source] != 0 || loops != .asGiven && source == target {
        sources[next] = source
        edges[next] = target * nodes + source
        next += 1
      }
    }
    starts[nodes] = next
  }
}
