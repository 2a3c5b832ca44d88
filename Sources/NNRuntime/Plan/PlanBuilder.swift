import NNFormat
import NNLayers

/// Turns a graph with fixed extents into the steps and values of a plan.
///
/// The table of addresses begins with the storages, then come outputs that are copies, then parameters.
struct PlanBuilder {
  private let graph: CheckedGraph
  private let nodes: [PlannedNode]
  private let types: [ValueReference: (dataType: DataType, shape: Shape)]
  private let scratch: [Int]
  let storage: StorageAssignment
  /// The parameters that the steps use; complete when the steps are made.
  private(set) var parameters: [ByteRegion] = []
  private var parameterSlots: [ParameterKey: Int] = [:]
  private var normalizationRows: [String: ByteRegion] = [:]

  /// - Throws: ``RuntimeProblem/openExtents(_:)``.
  init(_ graph: CheckedGraph, keepsValues: Bool, options: NetworkOptions) throws(ModelError) {
    self.graph = graph
    let needed = keepsValues ? nil : PlanBuilder.needed(graph)
    let positioned = graph.nodes.enumerated().map { (node: $1, position: $0) }
    nodes =
      Fusion(
        positioned.filter { needed?.contains($0.node.node.name) ?? true }, outputs: graph.outputs.map(\.value),
        isOff: keepsValues || !options.fuses
      ).steps
    types = try PlanBuilder.types(graph)
    var storage = StorageAssignment(
      nodes, inputs: graph.inputs.map(\.name), outputs: graph.outputs.map(\.value),
      byteCounts: types.mapValues { $0.shape.count * $0.dataType.byteSize }, keepsValues: keepsValues)
    scratch = nodes.enumerated().map { step, node in
      storage.addScratch(byteCount: max(0, PlanBuilder.scratchSize(of: node, options.threads)), step: step)
    }
    self.storage = storage
  }

  private static func scratchSize(of node: PlannedNode, _ threads: Int) -> Int {
    node.layer.roles.threaded?.scratchSize(for: node.types, threads: max(1, threads))
      ?? node.layer.scratchSize(for: node.types)
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
      node.outputs.map { ($0, named($0.description, value($0))) }
    }
  }

  /// What is computed; views that lie where their input lies need no step.
  mutating func steps(_ loaded: LoadedParameters, _ tensors: NamedTensors) throws(ModelError) -> [Plan.Step] {
    var steps: [Plan.Step] = []
    for (node, scratchSlot) in zip(nodes, scratch) where !isSharedView(node) {
      let layer = node.layer
      let isChain = layer is ElementChainLayer
      steps.append(
        Plan.Step(
          node: node.node.node.name, kind: node.node.node.kind, members: node.members, position: node.position,
          layer: layer,
          inputs: node.inputs.prefix(isChain ? 1 : node.node.inputs.count).map(value),
          parameters: isChain ? [] : try parameters(of: node, loaded, tensors),
          outputs: node.outputs.map(value), scratchSlot: scratchSlot,
          scratchByteCount: storage.storages[scratchSlot].byteCount, fused: try fused(node, loaded),
          multiplyAdds: isChain ? 0 : layer.multiplyAdds(for: node.types)))
    }
    return steps
  }

  private func isSharedView(_ node: PlannedNode) -> Bool {
    guard node.isView, let input = node.inputs.first, let output = node.outputs.first else { return false }
    return storage.storageOf[input] == storage.storageOf[output]
  }

  // Parameters

  private mutating func parameters(
    of planned: PlannedNode, _ loaded: LoadedParameters, _ tensors: NamedTensors
  ) throws(ModelError) -> [LayerValue] {
    let node = planned.node
    let matrices = node.layer.roles.product?.weights(for: planned.types) ?? []
    var values: [LayerValue] = []
    for (index, parameter) in node.parameters.enumerated() {
      let tensor = node.node.tensorName(for: parameter.role) ?? ""
      let computing = parameter.type.dataType
      let narrow = tensors[tensor].flatMap {
        LoadedParameters.dataType(of: $0.dataType, for: node, index, matrices)
      }
      let key = LoadedParameters.Key(tensor: tensor, dataType: narrow ?? computing)
      guard let shape = try parameter.type.knownShape(), let region = loaded[key] else {
        throw ModelError(RuntimeProblem.openExtents(parameter.type), at: .node(node.node.name))
      }
      let scales = scalesSlot(node.scales[parameter.role], loaded)
      if narrow != nil, let matrix = matrices.first(where: { $0.parameter == index }),
        let packing = matrix.packing(count: shape.count),
        let packed = try loaded.packed(key, packing, computing: computing)
      {
        let slot = add(packed, .packed(key, packing))
        values.append(LayerValue(key.dataType, shape, slot: slot, isPacked: true, scalesSlot: scales))
      } else {
        values.append(LayerValue(key.dataType, shape, slot: add(region, .stored(key)), scalesSlot: scales))
      }
    }
    return values
  }

  private mutating func scalesSlot(_ name: String?, _ loaded: LoadedParameters) -> Int? {
    guard let name else { return nil }
    let key = LoadedParameters.Key(tensor: name, dataType: .f32)
    return loaded[key].map { add($0, .stored(key)) }
  }

  private mutating func fused(
    _ planned: PlannedNode, _ loaded: LoadedParameters
  ) throws(ModelError) -> [FusedStep] {
    var steps: [FusedStep] = []
    for step in planned.steps {
      switch step.operand {
      case .none: steps.append(FusedStep(step.operation))
      case .value(let reference): steps.append(FusedStep(step.operation, operand: value(reference)))
      case .factors(let node):
        steps.append(FusedStep(step.operation, operand: try row(of: node, loaded, second: false), layout: .row))
      case .offsets(let node):
        steps.append(FusedStep(step.operation, operand: try row(of: node, loaded, second: true), layout: .row))
      }
    }
    return steps
  }

  /// The row of factors or of offsets of a batch normalisation.
  private mutating func row(
    of node: CheckedGraph.CheckedNode, _ loaded: LoadedParameters, second: Bool
  ) throws(ModelError) -> LayerValue {
    guard let layer = node.layer as? BatchNormalization, let type = node.inputs.first,
      let channels = type.shape.last?.value
    else { preconditionFailure("rows are those of batch normalisations over the last axis") }
    let size = channels * type.dataType.byteSize
    let rows: ByteRegion
    if let known = normalizationRows[node.node.name] {
      rows = known
    } else {
      let memory = try AlignedMemory(count: 2 * size)
      let regions = node.parameters.compactMap { parameter in
        node.node.tensorName(for: parameter.role).flatMap {
          loaded[LoadedParameters.Key(tensor: $0, dataType: parameter.type.dataType)]
        }
      }
      withExtendedLifetime(regions) {
        let addresses = regions.map { $0.withUnsafeBytes { $0.baseAddress ?? UnsafeRawPointer(memory.base) } }
        layer.writeRows(type.dataType, addresses, channels: channels, to: memory.base)
      }
      rows = memory.region
      normalizationRows[node.node.name] = rows
    }
    let shape = try Shape([channels])
    let slot = add(second ? rows[size..<2 * size] : rows[0..<size], .row(node.node.name, second: second))
    return LayerValue(type.dataType, shape, slot: slot)
  }

  /// What the table's last slots lead to.
  private enum ParameterKey: Hashable {
    case stored(LoadedParameters.Key)
    case packed(LoadedParameters.Key, WeightPacking)
    case row(String, second: Bool)
  }

  private mutating func add(_ region: ByteRegion, _ key: ParameterKey) -> Int {
    if let slot = parameterSlots[key] { return slot }
    let slot = storage.storages.count + storage.copies.count + parameters.count
    parameterSlots[key] = slot
    parameters.append(region)
    return slot
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

  /// The names of the nodes on which an output depends.
  private static func needed(_ graph: CheckedGraph) -> Set<String> {
    var names = Set(graph.outputs.map(\.value.name))
    for node in graph.nodes.reversed() where names.contains(node.node.name) {
      names.formUnion(node.node.inputs.map(\.name))
    }
    return names
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
