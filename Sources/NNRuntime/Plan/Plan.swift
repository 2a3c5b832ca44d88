import NNFormat
import NNLayers
import Synchronization

/// Everything that a run needs to know and that does not change from run to run, for one set of input shapes.
final class Plan: Sendable {
  /// A value that enters or leaves the network.
  struct Value: Sendable {
    let name: String
    let dataType: DataType
    let shape: Shape
    /// The place of its address in the table.
    let slot: Int
    var byteCount: Int { shape.count * dataType.byteSize }
  }

  /// One node, ready to run.
  struct Step: Sendable {
    let layer: any Layer
    let inputs: [LayerValue]
    let parameters: [LayerValue]
    let outputs: [LayerValue]
    let scratchSlot: Int
  }

  let inputs: [Value]
  let outputs: [Value]
  /// Every value of a node, in the order of the graph, if the plan keeps them.
  let kept: [(reference: ValueReference, value: Value)]
  let steps: [Step]
  /// Outputs that are copied when the steps are done: from slot, to output.
  let copies: [(slot: Int, output: Int)]
  /// Where in the arena the values of the table's first slots lie; nil for those of the caller.
  let offsets: [Int?]
  let arenaByteCount: Int
  /// What the table's last slots lead to.
  let parameters: [ByteRegion]
  private let idle = Mutex<[Workspace]>([])

  /// The most workspaces that wait for their next use: as many as calls may run at once without allocating.
  private static let idleLimit = 64

  /// - Throws: ``RuntimeProblem`` if the shapes do not fit the inputs, or a run would take more memory than it may;
  ///   ``LayerProblem`` if a layer refuses the shapes.
  init(
    _ model: Model, _ options: NetworkOptions, _ loaded: LoadedParameters, shapes: [Shape], keepsValues: Bool = false
  ) throws(ModelError) {
    let binding = try InputBinding(model.graph.inputs, shapes: shapes)
    let checked = try CheckedGraph(model, catalog: options.catalog, inputs: binding.types)
    let nodes = keepsValues ? checked.nodes : Plan.needed(checked)
    let known = try Plan.shapes(checked)
    var storage = StorageAssignment(
      nodes, inputs: checked.inputs.map(\.name), outputs: checked.outputs.map(\.value),
      byteCounts: known.mapValues { $0.shape.count * $0.dataType.byteSize }, keepsValues: keepsValues)
    let scratch = nodes.enumerated().map { step, node in
      storage.addScratch(byteCount: max(0, node.layer.scratchSize(for: node.inputs)), step: step)
    }
    let layout = ArenaLayout(storage.storages)
    let copied = Dictionary(uniqueKeysWithValues: storage.copies.enumerated().map { ($1.output, $0) })
    let firstCopy = storage.storages.count
    let firstParameter = firstCopy + storage.copies.count

    func value(_ reference: ValueReference) -> LayerValue {
      let value = known[reference] ?? (.u8, .scalar)
      return LayerValue(value.dataType, value.shape, slot: storage.storageOf[reference] ?? 0)
    }
    var regions: [ByteRegion] = []
    var slots: [LoadedParameters.Key: Int] = [:]
    var steps: [Step] = []
    for (position, node) in nodes.enumerated() {
      var parameters: [LayerValue] = []
      for parameter in node.parameters {
        let key = LoadedParameters.Key(
          tensor: node.node.tensorName(for: parameter.role) ?? "", dataType: parameter.type.dataType)
        guard let region = loaded[key], let shape = try parameter.type.knownShape() else {
          throw ModelError(RuntimeProblem.openExtents(parameter.type), at: .node(node.node.name))
        }
        let slot = slots[key] ?? firstParameter + regions.count
        if slots[key] == nil {
          slots[key] = slot
          regions.append(region)
        }
        parameters.append(LayerValue(key.dataType, shape, slot: slot))
      }
      let shares = node.node.inputs.first.map { storage.storageOf[$0] == storage.storageOf[ValueReference(node.node.name)] }
      if node.isView, shares == true { continue }
      steps.append(
        Step(
          layer: node.layer, inputs: node.node.inputs.map(value), parameters: parameters,
          outputs: node.outputs.indices.map { value(ValueReference(node.node.name, $0)) }, scratchSlot: scratch[position]))
    }
    inputs = checked.inputs.enumerated().map { position, input in
      let bound = value(ValueReference(input.name))
      return Value(name: input.name, dataType: bound.dataType, shape: bound.shape, slot: position)
    }
    outputs = checked.outputs.enumerated().map { position, output in
      let own = value(output.value)
      let slot = copied[position].map { firstCopy + $0 } ?? own.slot
      return Value(name: output.name, dataType: own.dataType, shape: own.shape, slot: slot)
    }
    kept = !keepsValues ? [] : nodes.flatMap { node in
      node.outputs.indices.map { position in
        let reference = ValueReference(node.node.name, position)
        let own = value(reference)
        return (reference, Value(name: reference.description, dataType: own.dataType, shape: own.shape, slot: own.slot))
      }
    }
    copies = storage.copies.map { ($0.storage, $0.output) }
    offsets = layout.offsets + Array(repeating: nil, count: storage.copies.count)
    self.steps = steps
    parameters = regions
    arenaByteCount = layout.byteCount ?? .max
    var needed = arenaByteCount
    for output in outputs { needed = needed.addingReportingOverflow(output.byteCount).overflow ? .max : needed + output.byteCount }
    guard needed <= options.memoryLimit else {
      throw ModelError(RuntimeProblem.tooMuchMemory(needed: needed, limit: options.memoryLimit))
    }
  }

  /// Whether the plan is for inputs of these shapes.
  func fits(_ shapes: [Shape]) -> Bool {
    inputs.count == shapes.count && inputs.indices.allSatisfy { inputs[$0].shape == shapes[$0] }
  }

  /// Runs `body` with a workspace that nobody else has meanwhile.
  func withWorkspace<Result>(
    _ body: (Workspace) throws(ModelError) -> Result
  ) throws(ModelError) -> Result {
    let waiting = idle.withLock { $0.popLast() }
    let workspace: Workspace
    if let waiting { workspace = waiting } else { workspace = try Workspace(self) }
    defer {
      idle.withLock { if $0.count < Plan.idleLimit { $0.append(workspace) } }
    }
    return try body(workspace)
  }

  /// The nodes on which an output depends.
  private static func needed(_ graph: CheckedGraph) -> [CheckedGraph.CheckedNode] {
    var names = Set(graph.outputs.map(\.value.name))
    for node in graph.nodes.reversed() where names.contains(node.node.name) {
      names.formUnion(node.node.inputs.map(\.name))
    }
    return graph.nodes.filter { names.contains($0.node.name) }
  }

  private static func shapes(
    _ graph: CheckedGraph
  ) throws(ModelError) -> [ValueReference: (dataType: DataType, shape: Shape)] {
    var shapes: [ValueReference: (dataType: DataType, shape: Shape)] = [:]
    for (name, type) in graph.inputs {
      guard let shape = try type.knownShape() else {
        throw ModelError(RuntimeProblem.openExtents(type), at: .input(name))
      }
      shapes[ValueReference(name)] = (type.dataType, shape)
    }
    for node in graph.nodes {
      try located(.node(node.node.name)) { () throws(ModelError) in
        for (position, type) in node.outputs.enumerated() {
          guard let shape = try type.knownShape() else { throw ModelError(RuntimeProblem.openExtents(type)) }
          shapes[ValueReference(node.node.name, position)] = (type.dataType, shape)
        }
      }
    }
    return shapes
  }
}
