public import NNFormat
import NNLayers

/// What a network does for inputs of some shapes: its steps in order, and the memory that they take.
///
///     let summary = try network.planSummary(for: [64, 784])
///     print(summary.arenaByteCount, summary.steps.map(\.nodes))
public struct PlanSummary: Sendable {
  /// Where the first result of a step lies.
  public enum Place: Sendable, Equatable {
    /// In the memory of the run, so many bytes from its start.
    case arena(offset: Int)
    /// Where the input of that name lies, which is the caller's.
    case input(String)
    /// Where the output of that name goes, which is the caller's.
    case output(String)
  }

  /// One pass over its inputs.
  public struct Step: Sendable {
    /// The nodes that are done in it: the first one, and those whose work follows on each result while it is at hand.
    public let nodes: [String]
    /// The kind of the first node.
    public let kind: String
    /// The types of the results.
    public let outputs: [TensorType]
    /// Where the first result lies.
    public let place: Place
    /// Whether the first result is written over the first input.
    public let isInPlace: Bool
    /// The bytes of working memory that the step alone uses.
    public let scratchByteCount: Int
    /// The bytes of its parameters that are packed for the kernels.
    public let packedByteCount: Int
    /// The multiplications that are each followed by an addition; nil where they cannot be counted.
    public let multiplyAdds: Int?
  }

  /// The inputs with their fixed shapes.
  public let inputs: [NamedType]
  /// The outputs with their fixed shapes.
  public let outputs: [NamedType]
  /// The steps, in order. Nodes that no output needs have none, nor have those that only give a value another shape.
  public let steps: [Step]
  /// How many nodes the graph has.
  public let nodeCount: Int
  /// The bytes of memory of one run, besides inputs, outputs and parameters.
  public let arenaByteCount: Int
  /// The bytes of parameters that are packed in the order in which the kernels read them, beside those of the file.
  public let packedByteCount: Int
  /// The bytes of parameters that are used as they lie in the file.
  public let storedByteCount: Int
  /// The threads that one run may use.
  public let threads: Int

  /// The multiplications of all steps that are each followed by an addition; nil where they cannot be counted.
  public var multiplyAdds: Int? {
    steps.reduce(0) { sum, step in
      guard let sum, let count = step.multiplyAdds else { return nil }
      let (total, overflow) = sum.addingReportingOverflow(count)
      return overflow ? nil : total
    }
  }
}

extension Network {
  /// The plan for inputs of the given shapes, in the order of ``inputs``, which is made if it is not there.
  ///
  /// - Throws: ``RuntimeProblem`` if the shapes do not fit, or a run would take more memory than it may.
  public func planSummary(for shapes: Shape...) throws(ModelError) -> PlanSummary {
    try planSummary(forShapes: shapes)
  }

  /// The same for shapes that stand in an array.
  ///
  /// - Throws: ``RuntimeProblem`` if the shapes do not fit, or a run would take more memory than it may.
  public func planSummary(forShapes shapes: [Shape]) throws(ModelError) -> PlanSummary {
    try PlanSummary(plan(forInputs: shapes), nodeCount: model.graph.nodes.count)
  }
}

extension PlanSummary {
  init(_ plan: Plan, nodeCount: Int) {
    inputs = plan.inputs.map { NamedType(name: $0.name, type: TensorType($0.dataType, $0.shape)) }
    outputs = plan.outputs.map { NamedType(name: $0.name, type: TensorType($0.dataType, $0.shape)) }
    steps = plan.steps.map { PlanSummary.step($0, plan) }
    self.nodeCount = nodeCount
    arenaByteCount = plan.arenaByteCount
    let packed = Set(plan.steps.flatMap(\.parameters).filter(\.isPacked).map(\.slot))
    var (stored, made) = (0, 0)
    for (index, region) in plan.parameters.enumerated() {
      if packed.contains(plan.offsets.count + index) { made += region.count } else { stored += region.count }
    }
    (storedByteCount, packedByteCount) = (stored, made)
    threads = plan.threadCount
  }

  private static func step(_ step: Plan.Step, _ plan: Plan) -> Step {
    let first = step.outputs.first
    return Step(
      nodes: step.members, kind: step.kind, outputs: step.outputs.map { TensorType($0.dataType, $0.shape) },
      place: first.map { place($0.slot, plan) } ?? .arena(offset: 0),
      isInPlace: first.map { $0.slot == step.inputs.first?.slot } ?? false,
      scratchByteCount: step.scratchByteCount,
      packedByteCount: step.parameters.filter(\.isPacked).reduce(0) {
        $0 + plan.parameters[$1.slot - plan.offsets.count].count
      },
      multiplyAdds: step.multiplyAdds)
  }

  private static func place(_ slot: Int, _ plan: Plan) -> Place {
    if let output = plan.outputs.first(where: { $0.slot == slot }) { return .output(output.name) }
    if let input = plan.inputs.first(where: { $0.slot == slot }) { return .input(input.name) }
    return .arena(offset: plan.offsets[slot] ?? 0)
  }
}
