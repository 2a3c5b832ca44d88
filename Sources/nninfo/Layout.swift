import NNFormat
import NNLayers

/// A model's layers with what the catalogue says of them, as far as it can say anything.
///
/// A file may hold kinds that this version does not know, or layers that do not fit together; an inspector shows the rest
/// and says what is wrong.
struct Layout {
  /// What is wrong with nodes, in the order of the graph. Kinds that are unknown come with the category `unsupported`.
  private(set) var problems: [ModelError] = []
  /// The nodes that are understood.
  private let checked: [String: CheckedGraph.CheckedNode]
  /// The multiplications that are each followed by an addition, with every open extent taken as 1; nil if not all is known.
  let multiplyAdds: Int?
  /// The names of the open extents.
  let openExtents: [String]

  init(_ model: Model, catalog: LayerCatalog = .standard) {
    var understood = Layout.withoutUnknownKinds(model, catalog, &problems)
    var graph = Result { () throws(ModelError) in try CheckedGraph(understood, catalog: catalog) }
    if case .failure(let error) = graph {
      problems.append(error)
      // Without a node, it is an output of the graph that is wrong.
      let nodes = understood.graph.nodes
      let culprit = nodes.firstIndex { error.places.first == .node($0.name) } ?? nodes.endIndex
      understood.graph.nodes.removeSubrange(culprit...)
      understood.graph.outputs = []
      graph = Result { () throws(ModelError) in try CheckedGraph(understood, catalog: catalog) }
    }
    let nodes = (try? graph.get())?.nodes ?? []
    checked = Dictionary(nodes.map { ($0.node.name, $0) }) { first, _ in first }
    var symbols: [String] = []
    for input in model.graph.inputs {
      for case .symbol(let name) in input.type.shape where !symbols.contains(name) { symbols.append(name) }
    }
    openExtents = symbols
    multiplyAdds = problems.isEmpty ? Layout.multiplyAdds(model, catalog) : nil
  }

  /// What is known of a node; nil if its kind, or that of a node before it, is not known or does not fit.
  subscript(node: Node) -> CheckedGraph.CheckedNode? { checked[node.name] }

  /// The type of a value, if it is known.
  func type(of value: ValueReference, in graph: Graph) -> TensorType? {
    if let input = graph.inputs.first(where: { $0.name == value.name }) { return input.type }
    let outputs = checked[value.name]?.outputs ?? []
    return outputs.indices.contains(value.index) ? outputs[value.index] : nil
  }

  /// The model without the nodes of unknown kinds and those that use their values.
  private static func withoutUnknownKinds(
    _ model: Model, _ catalog: LayerCatalog, _ problems: inout [ModelError]
  ) -> Model {
    var known = Set(model.graph.inputs.map(\.name))
    var result = model
    result.graph.nodes = []
    for node in model.graph.nodes {
      do {
        _ = try located(.node(node.name)) { () throws(ModelError) in try catalog.layer(for: node) }
      } catch {
        switch error.problem as? LayerProblem {
        case .unknownKind, .noKind:
          problems.append(error)
          continue
        default: break
        }
      }
      guard node.inputs.allSatisfy({ known.contains($0.name) }) else { continue }
      known.insert(node.name)
      result.graph.nodes.append(node)
    }
    if !problems.isEmpty { result.graph.outputs = [] }
    return result
  }

  private static func multiplyAdds(_ model: Model, _ catalog: LayerCatalog) -> Int? {
    let fixed = model.graph.inputs.map { input in
      (input.name, TensorType(input.type.dataType, input.type.shape.map { .known($0.value ?? 1) }))
    }
    guard
      let graph = try? CheckedGraph(model, catalog: catalog, inputs: Dictionary(fixed) { first, _ in first })
    else { return nil }
    return graph.nodes.reduce(0) { sum, node in
      guard let sum, let count = node.layer.multiplyAdds(for: node.inputs) else { return nil }
      let (total, overflow) = sum.addingReportingOverflow(count)
      return overflow ? nil : total
    }
  }
}

extension Model {
  /// How many numbers the tensors of a node hold.
  func parameterCount(of node: Node) -> Int {
    Set(node.parameters.map(\.tensor)).reduce(0) { $0 + (tensors[$1]?.shape.count ?? 0) }
  }

  /// How many numbers the nodes' tensors hold; one that several nodes share is counted once.
  var parameterCount: Int { tensors.entries.reduce(0) { $0 + $1.tensor.shape.count } }

  /// The bytes of the nodes' tensors, and the numbers and bytes of each element type, in the order of ``DataType``.
  var parameterSizes: (bytes: Int, types: [(type: DataType, count: Int, bytes: Int)]) {
    var counts: [DataType: Int] = [:]
    for (_, tensor) in tensors.entries { counts[tensor.dataType, default: 0] += tensor.shape.count }
    let types = DataType.allCases.compactMap { type in
      counts[type].map { (type: type, count: $0, bytes: $0 * type.byteSize) }
    }
    return (types.reduce(0) { $0 + $1.bytes }, types)
  }

  /// The tensors that more than one node uses.
  var sharedTensors: [String] {
    var users: [String: Int] = [:]
    for node in graph.nodes {
      for name in Set(node.parameters.map(\.tensor)) { users[name, default: 0] += 1 }
    }
    return tensors.names.filter { users[$0, default: 0] > 1 }
  }
}
