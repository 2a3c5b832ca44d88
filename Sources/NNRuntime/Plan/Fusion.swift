import NNFormat
import NNKernels
import NNLayers

/// Brings element-wise nodes into the step that computes their input, where nothing else needs that input.
///
/// Each element goes through the same operations in the same order, so that no bit changes.
struct Fusion {
  private let outputs: Set<ValueReference>
  /// How many nodes use a value.
  private var uses: [ValueReference: Int] = [:]
  /// The step that computes a value, while it can still take more.
  private var producers: [ValueReference: Int] = [:]
  private(set) var steps: [PlannedNode] = []

  /// The steps of these nodes, which are in the order of the graph.
  ///
  /// - Parameters:
  ///   - outputs: values that must be there after the run.
  ///   - isOff: whether each node stays a step of its own.
  init(
    _ nodes: [(node: CheckedGraph.CheckedNode, position: Int)], outputs: [ValueReference], isOff: Bool
  ) {
    self.outputs = Set(outputs)
    guard !isOff else {
      steps = nodes.map { PlannedNode($0.node, position: $0.position) }
      return
    }
    for (node, _) in nodes {
      for input in node.node.inputs { uses[input, default: 0] += 1 }
    }
    for (node, position) in nodes { add(node, position) }
  }

  private mutating func add(_ node: CheckedGraph.CheckedNode, _ position: Int) {
    let result = ValueReference(node.node.name)
    if let (input, work) = elementwise(node) {
      if let index = producers[input], canTake(index, work) {
        producers[input] = nil
        steps[index].absorb(node, work)
        producers[result] = index
      } else {
        producers[result] = steps.count
        steps.append(PlannedNode(chain: node, input: input, steps: work, position: position))
      }
      return
    }
    if let layer = node.layer.roles.fusing, node.outputs.count == 1, layer.fuses(for: node.inputs) {
      producers[result] = steps.count
    }
    steps.append(PlannedNode(node, position: position))
  }

  /// The value on which an element-wise node works, and what it does: of two values that which is computed last and may be fused.
  private func elementwise(
    _ node: CheckedGraph.CheckedNode
  ) -> (input: ValueReference, steps: [PlannedNode.Step])? {
    guard node.outputs.count == 1, let type = node.outputs.first, type == node.inputs.first,
      type.dataType == .f32 || type.dataType == .f64
    else { return nil }
    let inputs = node.node.inputs
    if let layer = node.layer.roles.function {
      guard let function = layer.function else { return nil }
      return (inputs[0], [PlannedNode.Step(operation: .apply(function), operand: .none)])
    }
    switch node.layer {
    case let layer as BatchNormalization where layer.normalizesLastAxis(rank: type.rank):
      return (
        inputs[0],
        [
          PlannedNode.Step(operation: .multiply, operand: .factors(node)),
          PlannedNode.Step(operation: .add, operand: .offsets(node)),
        ]
      )
    case is Add: return pair(node, .add, commutes: true)
    case is Multiply: return pair(node, .multiply, commutes: true)
    case is Subtract: return pair(node, .subtract, commutes: false)
    default: return nil
    }
  }

  private func pair(
    _ node: CheckedGraph.CheckedNode, _ operation: FusedStep.Operation, commutes: Bool
  ) -> (input: ValueReference, steps: [PlannedNode.Step])? {
    let inputs = node.node.inputs
    guard inputs.count == 2, node.inputs[0] == node.inputs[1], inputs[0] != inputs[1] else { return nil }
    func order(_ value: ValueReference) -> Int {
      uses[value] == 1 && !outputs.contains(value) ? producers[value] ?? -1 : -1
    }
    let swaps = commutes && order(inputs[1]) > order(inputs[0])
    let (input, other) = swaps ? (inputs[1], inputs[0]) : (inputs[0], inputs[1])
    return (input, [PlannedNode.Step(operation: operation, operand: .value(other))])
  }

  /// Whether a step can do more with its result: nothing else needs that, and what it needs is there before.
  private func canTake(_ index: Int, _ work: [PlannedNode.Step]) -> Bool {
    let step = steps[index]
    guard let result = step.outputs.first, uses[result] == 1, !outputs.contains(result),
      step.steps.count + work.count <= LayerValues.mostFusedSteps
    else { return false }
    return work.allSatisfy { need in
      need.value.map { value in !steps[index...].contains { $0.outputs.contains(value) } } ?? true
    }
  }
}
