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
    var slot: Int
    var byteCount: Int { shape.count * dataType.byteSize }
  }

  /// One node, ready to run.
  struct Step: Sendable {
    let node: String
    /// The kind of the first node.
    let kind: String
    /// The nodes that are done here, the first of which is `node`.
    let members: [String]
    /// The node's place in the graph.
    let position: Int
    let layer: any Layer
    let inputs: [LayerValue]
    let parameters: [LayerValue]
    let outputs: [LayerValue]
    let scratchSlot: Int
    let scratchByteCount: Int
    /// What the layer does with its result.
    let fused: [FusedStep]
    /// The multiplications that are each followed by an addition.
    let multiplyAdds: Int?
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
  /// The threads that one run may use.
  let threadCount: Int
  /// What the table's last slots lead to.
  let parameters: [ByteRegion]
  private let idle = Mutex<[Workspace]>([])

  /// The most workspaces that wait for their next use: as many as calls may run at once without allocating.
  private static let idleLimit = 64

  /// - Throws: ``RuntimeProblem`` if the shapes do not fit the inputs, or a run would take more memory than it may;
  ///   ``LayerProblem`` if a layer refuses the shapes.
  init(
    _ model: Model, _ options: NetworkOptions, _ loaded: LoadedParameters, shapes: [Shape],
    keepsValues: Bool = false
  ) throws(ModelError) {
    let binding = try InputBinding(model.graph.inputs, shapes: shapes)
    let graph = try CheckedGraph(model, catalog: options.catalog, inputs: binding.types)
    var builder = try PlanBuilder(graph, keepsValues: keepsValues, options: options)
    let layout = ArenaLayout(builder.storage.storages)
    arenaByteCount = layout.byteCount ?? .max
    threadCount = max(1, options.threads)
    steps = try builder.steps(loaded, model.tensors)
    inputs = builder.inputs
    outputs = builder.outputs
    kept = keepsValues ? builder.values : []
    copies = builder.storage.copies.map { ($0.storage, $0.output) }
    offsets = layout.offsets + Array(repeating: nil, count: copies.count)
    parameters = builder.parameters
    var needed = arenaByteCount
    for output in outputs {
      let (sum, overflow) = needed.addingReportingOverflow(output.byteCount)
      needed = overflow ? .max : sum
    }
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
}
