public import NNFormat

/// A network for inputs of fixed shapes, which reads and writes the caller's own memory and allocates nothing.
///
///     let forward = try network.prepared(for: [1, 784])
///     try forward(pixels, into: &scores)
///
/// Any number of tasks may call it at once, each with memory of its own. A call allocates only if more calls run at once than
/// ever before.
public struct PreparedNetwork: Sendable {
  private let plan: Plan

  init(_ plan: Plan) { self.plan = plan }

  /// The inputs with their fixed shapes, in the order of the graph.
  public var inputs: [NamedType] {
    plan.inputs.map { NamedType(name: $0.name, type: TensorType($0.dataType, $0.shape)) }
  }

  /// The outputs with their fixed shapes, in the order of the graph.
  public var outputs: [NamedType] {
    plan.outputs.map { NamedType(name: $0.name, type: TensorType($0.dataType, $0.shape)) }
  }

  /// The bytes of memory that one run works in, besides inputs, outputs and weights.
  public var workspaceSize: Int { plan.arenaByteCount }

  /// Computes a network of one input and one output from an array into another, row-major.
  ///
  /// - Parameters:
  ///   - input: as many elements as the input has.
  ///   - output: as many elements as the output has; they are overwritten.
  ///   - seed: what the random numbers of stochastic layers come from; without one they give their mean.
  /// - Throws: ``RuntimeProblem`` if the types or counts differ from the network's, or it has several inputs or outputs.
  @inlinable
  public func callAsFunction<Input: TensorScalar, Output: TensorScalar>(
    _ input: [Input], into output: inout [Output], seed: UInt64? = nil
  ) throws(ModelError) {
    // The standard library's closures here rethrow any error; the result carries the typed one out.
    let failure: ModelError? = input.withUnsafeBufferPointer { source in
      output.withUnsafeMutableBufferPointer { target in
        do throws(ModelError) {
          try self(source, into: target, seed: seed)
          return nil
        } catch {
          return error
        }
      }
    }
    if let failure { throw failure }
  }

  /// Computes a network of one input and one output from a buffer into another, row-major.
  ///
  /// - Parameter seed: what the random numbers of stochastic layers come from; without one they give their mean.
  /// - Throws: ``RuntimeProblem`` if the types or counts differ from the network's, the buffers overlap, or it has several
  ///   inputs or outputs.
  @inlinable
  public func callAsFunction<Input: TensorScalar, Output: TensorScalar>(
    _ input: UnsafeBufferPointer<Input>, into output: UnsafeMutableBufferPointer<Output>,
    seed: UInt64? = nil
  ) throws(ModelError) {
    try run(
      UnsafeRawBufferPointer(input), Input.dataType, UnsafeMutableRawBufferPointer(output), Output.dataType,
      seed: seed)
  }

  /// Computes the network from buffers into buffers, both in the order of the graph, row-major and little-endian.
  ///
  /// - Parameter seed: what the random numbers of stochastic layers come from; without one they give their mean.
  /// - Throws: ``RuntimeProblem`` if there are more or fewer than the network has, their sizes differ from the values', one
  ///   does not begin at a multiple of its element's size, or an output overlaps another buffer.
  public func callAsFunction(
    _ buffers: [UnsafeRawBufferPointer], into results: [UnsafeMutableRawBufferPointer], seed: UInt64? = nil
  ) throws(ModelError) {
    guard buffers.count == plan.inputs.count else {
      throw ModelError(
        RuntimeProblem.wrongBufferCount(what: "inputs", expected: plan.inputs.count, found: buffers.count))
    }
    guard results.count == plan.outputs.count else {
      throw ModelError(
        RuntimeProblem.wrongBufferCount(what: "outputs", expected: plan.outputs.count, found: results.count))
    }
    for position in buffers.indices { try checkInput(position, buffers[position]) }
    for position in results.indices {
      let result = UnsafeRawBufferPointer(results[position])
      try checkOutput(position, result)
      var isShared = false
      for buffer in buffers where PreparedNetwork.overlap(buffer, result) { isShared = true }
      for other in 0..<position where PreparedNetwork.overlap(UnsafeRawBufferPointer(results[other]), result) {
        isShared = true
      }
      guard !isShared else {
        throw ModelError(RuntimeProblem.overlappingBuffer, at: .output(plan.outputs[position].name))
      }
    }
    try plan.withWorkspace { (workspace) throws(ModelError) in
      for position in buffers.indices { workspace.setInput(position, buffers[position].baseAddress) }
      for position in results.indices { workspace.setOutput(position, results[position].baseAddress) }
      try workspace.run(seed: seed)
    }
  }

  @usableFromInline
  func run(
    _ input: UnsafeRawBufferPointer, _ inputType: DataType, _ output: UnsafeMutableRawBufferPointer,
    _ outputType: DataType, seed: UInt64?
  ) throws(ModelError) {
    guard plan.inputs.count == 1 else {
      throw ModelError(RuntimeProblem.severalInputs(plan.inputs.map(\.name)))
    }
    guard plan.outputs.count == 1 else {
      throw ModelError(RuntimeProblem.severalOutputs(plan.outputs.map(\.name)))
    }
    guard inputType == plan.inputs[0].dataType else {
      throw ModelError(
        RuntimeProblem.wrongDataType(expected: plan.inputs[0].dataType, found: inputType),
        at: .input(plan.inputs[0].name))
    }
    guard outputType == plan.outputs[0].dataType else {
      throw ModelError(
        RuntimeProblem.wrongResultType(expected: outputType, found: plan.outputs[0].dataType),
        at: .output(plan.outputs[0].name))
    }
    try checkInput(0, input)
    try checkOutput(0, UnsafeRawBufferPointer(output))
    guard !PreparedNetwork.overlap(input, UnsafeRawBufferPointer(output)) else {
      throw ModelError(RuntimeProblem.overlappingBuffer, at: .output(plan.outputs[0].name))
    }
    try plan.withWorkspace { (workspace) throws(ModelError) in
      workspace.setInput(0, input.baseAddress)
      workspace.setOutput(0, output.baseAddress)
      try workspace.run(seed: seed)
    }
  }

  @inline(__always)
  private func checkInput(_ position: Int, _ bytes: UnsafeRawBufferPointer) throws(ModelError) {
    guard let problem = PreparedNetwork.problem(bytes, plan.inputs[position]) else { return }
    throw ModelError(problem, at: .input(plan.inputs[position].name))
  }

  @inline(__always)
  private func checkOutput(_ position: Int, _ bytes: UnsafeRawBufferPointer) throws(ModelError) {
    guard let problem = PreparedNetwork.problem(bytes, plan.outputs[position]) else { return }
    throw ModelError(problem, at: .output(plan.outputs[position].name))
  }

  @inline(__always)
  private static func problem(_ bytes: UnsafeRawBufferPointer, _ value: Plan.Value) -> RuntimeProblem? {
    guard bytes.count == value.byteCount else {
      return .wrongBufferSize(expected: value.byteCount, found: bytes.count)
    }
    let alignment = value.dataType.byteSize
    guard UInt(bitPattern: bytes.baseAddress) & UInt(alignment - 1) == 0 else {
      return .misalignedBuffer(alignment: alignment)
    }
    return nil
  }

  @inline(__always)
  private static func overlap(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
    let (a, b) = (UInt(bitPattern: left.baseAddress), UInt(bitPattern: right.baseAddress))
    return a < b + UInt(right.count) && b < a + UInt(left.count)
  }
}
