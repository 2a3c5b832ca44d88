import NNFormat
import NNLayers

/// Turns a graph with fixed extents into the steps and values of a plan.
///
/// The table of addresses begins with the storages, then come outputs that are copies, then parameters.
struct PlanBuilder {
  private let graph: CheckedGraph
  private let nodes: [CheckedGraph.CheckedNode]
  private let types: [ValueReference: (dataType: DataType, shape: Shape)]
  /// The place of each node in the graph.
  private let positions: [String: Int]
  private let scratch: [Int]
  let storage: StorageAssignment
  /// The parameters that the steps use; complete when the steps are made.
  private(set) var parameters: [ByteRegion] = []
  private var parameterSlots: [LoadedParameters.Key: Int] = [:]

  /// - Throws: ``RuntimeProblem/openExtents(_:)``.
  init(_ graph: CheckedGraph, keepsValues: Bool) throws(ModelError) {
    self.graph = graph
    nodes = keepsValues ? graph.nodes : PlanBuilder.needed(graph)
    positions = Dictionary(uniqueKeysWithValues: graph.nodes.enumerated().map { ($1.node.name, $0) })
    types = try PlanBuilder.types(graph)
    var storage = StorageAssignment(
      nodes, inputs: graph.inputs.map(\.name), outputs: graph.outputs.map(\.value),
      byteCounts: types.mapValues { $0.shape.count * $0.dataType.byteSize }, keepsValues: keepsValues)
    scratch = nodes.enumerated().map { step, node in
      storage.addScratch(byteCount: max(0, node.layer.scratchSize(for: node.inputs)), step: step)
    }
    self.storage = storage
  }

  /// The inputs, in the order of the graph.
  var inputs: [Plan.Value] {
    graph.inputs.map { named($0.name, value(ValueReference($0.name))) }
  }

  /// The outputs, in the order of the graph.
  var outputs: [Plan.Value] {
    var outputs = graph.outputs.map { named($0.name, value($0.value)) }
    for (index, copy) in storage.copies.enumerated() {
      outputs[copy.output].slot = storage.storages.count + index
    }
    return outputs
  }

  /// Every value that a node computes.
  var values: [(reference: ValueReference, value: Plan.Value)] {
    nodes.flatMap { node in
      node.outputs.indices.map { index in
        let reference = ValueReference(node.node.name, index)
        return (reference, named(reference.description, value(reference)))
      }
    }
  }

  /// What is computed; views that lie where their input lies need no step.
  mutating func steps(_ loaded: LoadedParameters) throws(ModelError) -> [Plan.Step] {
    var steps: [Plan.Step] = []
    for (node, scratchSlot) in zip(nodes, scratch) where !isSharedView(node) {
      steps.append(
        Plan.Step(
          node: node.node.name, position: positions[node.node.name] ?? 0,
          layer: node.layer, inputs: node.node.inputs.map(value),
          parameters: try parameters(of: node, loaded),
          outputs: node.outputs.indices.map { value(ValueReference(node.node.name, $0)) },
          scratchSlot: scratchSlot))
    }
    return steps
  }

  private func isSharedView(_ node: CheckedGraph.CheckedNode) -> Bool {
    guard node.isView, let input = node.node.inputs.first else { return false }
    return storage.storageOf[input] == storage.storageOf[ValueReference(node.node.name)]
  }

  private mutating func parameters(
    of node: CheckedGraph.CheckedNode, _ loaded: LoadedParameters
  ) throws(ModelError) -> [LayerValue] {
    var values: [LayerValue] = []
    for parameter in node.parameters {
      let tensor = node.node.tensorName(for: parameter.role) ?? ""
      let key = LoadedParameters.Key(tensor: tensor, dataType: parameter.type.dataType)
      guard let region = loaded[key], let shape = try parameter.type.knownShape() else {
        throw ModelError(RuntimeProblem.openExtents(parameter.type), at: .node(node.node.name))
      }
      let slot = parameterSlots[key] ?? storage.storages.count + storage.copies.count + parameters.count
      if parameterSlots.updateValue(slot, forKey: key) == nil { parameters.append(region) }
      values.append(LayerValue(key.dataType, shape, slot: slot))
    }
    return values
  }

  private func value(_ reference: ValueReference) -> LayerValue {
    guard let type = types[reference], let slot = storage.storageOf[reference] else {
      preconditionFailure("the graph's check knows every value that is used")
    }
    return LayerValue(type.dataType, type.shape, slot: slot)
  }

  private func named(_ name: String, _ value: LayerValue) -> Plan.Value {
    Plan.Value(name: name, dataType: value.dataType, shape: value.shape, slot: value.slot)
  }

  /// The nodes on which an output depends.
  private static func needed(_ graph: CheckedGraph) -> [CheckedGraph.CheckedNode] {
    var names = Set(graph.outputs.map(\.value.name))
    for node in graph.nodes.reversed() where names.contains(node.node.name) {
      names.formUnion(node.node.inputs.map(\.name))
    }
    return graph.nodes.filter { names.contains($0.node.name) }
  }

  private static func types(
    _ graph: CheckedGraph
  ) throws(ModelError) -> [ValueReference: (dataType: DataType, shape: Shape)] {
    var types: [ValueReference: (dataType: DataType, shape: Shape)] = [:]
    for (name, type) in graph.inputs {
      guard let shape = try type.knownShape() else {
        throw ModelError(RuntimeProblem.openExtents(type), at: .input(name))
      }
      types[ValueReference(name)] = (type.dataType, shape)
    }
    for node in graph.nodes {
      try located(.node(node.node.name)) { () throws(ModelError) in
        for (index, type) in node.outputs.enumerated() {
          guard let shape = try type.knownShape() else { throw ModelError(RuntimeProblem.openExtents(type)) }
          types[ValueReference(node.node.name, index)] = (type.dataType, shape)
        }
      }
    }
    return types
  }
}
