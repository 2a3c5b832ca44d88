import NNFormat
import NNKernels
import NNLayers

/// The memory of one run at a time: the arena, the table of addresses, and the steps bound to it.
///
/// Unchecked: a workspace has one user at a time; the plan's pool hands it from one to the next under a lock.
final class Workspace: @unchecked Sendable {
  /// A layer and the values on which it works here.
  private struct BoundStep: ~Copyable {
    let node: String
    let layer: any Layer
    let values: LayerValues
  }

  private let arena: AlignedMemory
  private let addresses: UnsafeMutablePointer<UnsafeMutableRawPointer>
  private let seed: UnsafeMutablePointer<UInt64?>
  private let steps: UnsafeMutablePointer<BoundStep>
  private let crew: Crew
  private let stepCount: Int
  private let copies: [(slot: Int, output: Int)]
  private let inputs: [Plan.Value]
  private let outputs: [Plan.Value]
  // The table leads into them.
  private let parameters: [ByteRegion]

  /// - Throws: ``RuntimeProblem/outOfMemory(needed:)``.
  init(_ plan: Plan) throws(ModelError) {
    arena = try AlignedMemory(count: plan.arenaByteCount)
    parameters = plan.parameters
    inputs = plan.inputs
    outputs = plan.outputs
    copies = plan.copies
    addresses = .allocate(capacity: max(1, plan.offsets.count + plan.parameters.count))
    for (slot, offset) in plan.offsets.enumerated() {
      (addresses + slot).initialize(to: arena.base + (offset ?? 0))
    }
    for (position, region) in plan.parameters.enumerated() {
      let base = region.withUnsafeBytes { $0.baseAddress }
      // Kernels only read parameters; the table's type is that of outputs.
      (addresses + plan.offsets.count + position).initialize(
        to: base.map { UnsafeMutableRawPointer(mutating: $0) } ?? arena.base)
    }
    crew = Crew(threadCount: plan.threadCount)
    seed = .allocate(capacity: 1)
    seed.initialize(to: nil)
    steps = .allocate(capacity: max(1, plan.steps.count))
    stepCount = plan.steps.count
    for (position, step) in plan.steps.enumerated() {
      (steps + position).initialize(
        to: BoundStep(
          node: step.node, layer: step.layer,
          values: LayerValues(
            inputs: step.inputs, parameters: step.parameters, outputs: step.outputs,
            scratchSlot: step.scratchSlot, addresses: addresses, seed: seed, position: step.position, crew: crew,
            fused: step.fused)))
    }
  }

  deinit {
    steps.deinitialize(count: stepCount)
    steps.deallocate()
    seed.deallocate()
    addresses.deallocate()
  }

  /// Lets an input be read where the caller has it.
  ///
  /// - Precondition: the bytes are as many as the input has, at a multiple of its element's size, until `run()` is over.
  @inline(__always)
  func setInput(_ position: Int, _ bytes: UnsafeRawPointer?) {
    // Never written: no step works in place in an input's storage.
    addresses[inputs[position].slot] = bytes.map { UnsafeMutableRawPointer(mutating: $0) } ?? arena.base
  }

  /// Lets an output be written where the caller wants it.
  ///
  /// - Precondition: as for inputs; and the memory overlaps no other of the call.
  @inline(__always)
  func setOutput(_ position: Int, _ bytes: UnsafeMutableRawPointer?) {
    addresses[outputs[position].slot] = bytes ?? arena.base
  }

  /// Computes the outputs from the inputs; allocates nothing.
  ///
  /// - Parameter seed: what random numbers come from; nil for the mean.
  /// - Throws: what a layer says of an element that it cannot use, with its node.
  func run(seed: UInt64?) throws(ModelError) {
    self.seed.pointee = seed
    defer { crew.dismiss() }
    for position in 0..<stepCount {
      do {
        try steps[position].layer.forward(steps[position].values)
      } catch {
        throw error.inside(.node(steps[position].node))
      }
    }
    for copy in copies {
      let output = outputs[copy.output]
      addresses[output.slot].copyMemory(from: addresses[copy.slot], byteCount: output.byteCount)
    }
  }

  /// A copy of a value that the last run computed.
  ///
  /// - Precondition: the plan keeps its values.
  func copy(of value: Plan.Value) throws(ModelError) -> Tensor {
    let memory = try AlignedMemory(count: value.byteCount)
    memory.base.copyMemory(from: addresses[value.slot], byteCount: value.byteCount)
    return try Tensor(value.dataType, value.shape, bytes: memory.region)
  }
}
