import NNFormat

/// The plans of a network, the one used last first.
struct PlanCache {
  private var plans: [Plan] = []
  private let capacity: Int

  init(capacity: Int) {
    self.capacity = max(1, capacity)
    plans.reserveCapacity(self.capacity + 1)
  }

  /// The plan for inputs of these shapes, if there is one.
  mutating func plan(for shapes: [Shape]) -> Plan? {
    plan { $0.fits(shapes) }
  }

  /// The plan for a network's only input, if there is one.
  mutating func plan(for shape: Shape) -> Plan? {
    plan { $0.inputs.count == 1 && $0.inputs[0].shape == shape }
  }

  /// Keeps a plan, and gives the one to use: an equal one that another task made meanwhile, or this one.
  mutating func insert(_ plan: Plan) -> Plan {
    if let known = self.plan(for: plan.inputs.map(\.shape)) { return known }
    plans.insert(plan, at: 0)
    if plans.count > capacity { plans.removeLast() }
    return plan
  }

  @inline(__always)
  private mutating func plan(where isWanted: (Plan) -> Bool) -> Plan? {
    for position in plans.indices where isWanted(plans[position]) {
      let plan = plans[position]
      // Moves without allocating.
      if position > 0 { for earlier in (0..<position).reversed() { plans.swapAt(earlier, earlier + 1) } }
      return plan
    }
    return nil
  }
}
