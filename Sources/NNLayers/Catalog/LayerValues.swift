public import NNFormat
public import NNKernels

/// The memory that one run of a layer works on: inputs, parameters, outputs and scratch.
///
/// The types are fixed when a plan is made. The addresses come from a table of the plan, so that a run costs no allocation.
public struct LayerValues: ~Copyable {
  /// The types of the inputs.
  public let inputs: [LayerValue]
  /// The types of the parameters, in the order of `parameters(for:)`.
  public let parameters: [LayerValue]
  /// The types of the outputs.
  public let outputs: [LayerValue]
  private let scratchSlot: Int
  private let addresses: UnsafeMutablePointer<UnsafeMutableRawPointer>
  private let seed: UnsafePointer<UInt64?>?
  private let position: Int
  /// The threads of the run.
  package let crew: Crew
  /// What a ``FusingLayer`` does with its result in the pass that computes it.
  package let fused: [FusedStep]

  /// Values whose addresses stand in a table; `slot` of each value is its place there.
  ///
  /// - Parameters:
  ///   - seed: where each run's seed stands, nil in a run without; or nil if no run has one.
  ///   - position: the node's place in the graph, which chooses its random numbers.
  ///   - crew: the threads among which a layer may divide its work.
  ///   - fused: what a layer that fuses does with its result; none for other layers.
  /// - Precondition: the table and the seed's place outlive this value, and each address leads to memory of the size that the
  ///   value's type needs.
  package init(
    inputs: [LayerValue], parameters: [LayerValue], outputs: [LayerValue], scratchSlot: Int,
    addresses: UnsafeMutablePointer<UnsafeMutableRawPointer>, seed: UnsafePointer<UInt64?>? = nil, position: Int = 0,
    crew: Crew = Crew(threadCount: 1), fused: [FusedStep] = []
  ) {
    self.inputs = inputs
    self.parameters = parameters
    self.outputs = outputs
    self.scratchSlot = scratchSlot
    self.addresses = addresses
    self.seed = seed
    self.position = position
    self.crew = crew
    self.fused = fused
  }

  /// The node's random numbers, from their start: stream `i` of the run's seed for the node at place `i` of the graph, counted
  /// from 0. Nil in a run without a seed, in which a layer gives the mean of what it would draw.
  @inline(__always)
  public var random: RandomStream? {
    guard let seed = seed?.pointee else { return nil }
    return RandomStream(seed: seed, index: UInt64(position))
  }

  /// The bytes of a value as they are read: row-major, in the value's element type.
  @inline(__always)
  public func address(of value: LayerValue) -> UnsafeRawPointer {
    UnsafeRawPointer(addresses[value.slot])
  }

  /// The scales of the columns of weights that are 8-bit integers, in f32; nil for other values.
  @inline(__always)
  package func scales(of value: LayerValue) -> UnsafeRawPointer? {
    value.scalesSlot.map { UnsafeRawPointer(addresses[$0]) }
  }

  /// The bytes of an output, to be written.
  @inline(__always)
  public func mutableAddress(of value: LayerValue) -> UnsafeMutableRawPointer {
    addresses[value.slot]
  }

  /// The working memory, of the size that `scratchSize(for:)` asked for, aligned to 64 bytes.
  @inline(__always)
  public var scratch: UnsafeMutableRawPointer { addresses[scratchSlot] }

  /// The elements of an input or parameter.
  public func elements<Scalar: TensorScalar>(
    of value: LayerValue, as type: Scalar.Type
  ) -> UnsafeBufferPointer<Scalar> {
    UnsafeBufferPointer(
      start: address(of: value).assumingMemoryBound(to: type), count: value.shape.count)
  }

  /// The elements of an output, to be written.
  public func mutableElements<Scalar: TensorScalar>(
    of value: LayerValue, as type: Scalar.Type
  ) -> UnsafeMutableBufferPointer<Scalar> {
    UnsafeMutableBufferPointer(
      start: mutableAddress(of: value).assumingMemoryBound(to: type), count: value.shape.count)
  }
}

/// The type of one value in a run, and where the plan keeps its address.
public struct LayerValue: Sendable {
  /// The type of the elements.
  public let dataType: DataType
  /// The extents.
  public let shape: Shape
  /// The place of the address in the plan's table.
  package let slot: Int
  /// Whether the bytes are those of a matrix packed for the kernels, and not row-major.
  package let isPacked: Bool
  /// The place of the address of the scales of weights that are 8-bit integers.
  package let scalesSlot: Int?

  package init(_ dataType: DataType, _ shape: Shape, slot: Int, isPacked: Bool = false, scalesSlot: Int? = nil) {
    self.dataType = dataType
    self.shape = shape
    self.slot = slot
    self.isPacked = isPacked
    self.scalesSlot = scalesSlot
  }
}
