import NNFormat

extension Plan {
  /// Computes the only output from the only input.
  func evaluate(_ tensor: Tensor, seed: UInt64?) throws(ModelError) -> Tensor {
    let output = outputs[0]
    let memory = try AlignedMemory(count: output.byteCount)
    let bytes = tensor.bytes.aligned(to: tensor.dataType.byteSize)
    try withWorkspace { (workspace) throws(ModelError) in
      bytes.withUnsafeBytes { workspace.setInput(0, $0.baseAddress) }
      workspace.setOutput(0, memory.base)
      // The region keeps its bytes where they are as long as it lives.
      try withExtendedLifetime((bytes, memory)) { () throws(ModelError) in try workspace.run(seed: seed) }
    }
    return try Tensor(output.dataType, output.shape, bytes: memory.region)
  }

  /// Computes the outputs from the inputs, both in the order of the graph.
  func evaluate(_ tensors: [Tensor], seed: UInt64?) throws(ModelError) -> [Tensor] {
    try withWorkspace { (workspace) throws(ModelError) in try evaluate(tensors, workspace, seed) }
  }

  /// Computes the outputs and gives every value.
  ///
  /// - Precondition: the plan keeps its values.
  func trace(_ tensors: [Tensor], seed: UInt64?) throws(ModelError) -> Trace {
    try withWorkspace { (workspace) throws(ModelError) in
      let aligned = tensors.map { $0.bytes.aligned(to: $0.dataType.byteSize) }
      let results = try evaluate(tensors, aligned, workspace, seed)
      // Values that are views of inputs, and outputs, lie in memory that these keep.
      return try withExtendedLifetime((aligned, results)) { () throws(ModelError) in
        var values: [Trace.Value] = []
        for (reference, value) in kept {
          values.append(Trace.Value(reference: reference, tensor: try workspace.copy(of: value)))
        }
        return Trace(
          outputs: Dictionary(zip(outputs.map(\.name), results)) { first, _ in first }, values: values)
      }
    }
  }

  private func evaluate(
    _ tensors: [Tensor], _ workspace: Workspace, _ seed: UInt64?
  ) throws(ModelError) -> [Tensor] {
    try evaluate(tensors, tensors.map { $0.bytes.aligned(to: $0.dataType.byteSize) }, workspace, seed)
  }

  private func evaluate(
    _ tensors: [Tensor], _ bytes: [ByteRegion], _ workspace: Workspace, _ seed: UInt64?
  ) throws(ModelError) -> [Tensor] {
    for position in bytes.indices {
      bytes[position].withUnsafeBytes { workspace.setInput(position, $0.baseAddress) }
    }
    var memories: [AlignedMemory] = []
    for (position, output) in outputs.enumerated() {
      let memory = try AlignedMemory(count: output.byteCount)
      workspace.setOutput(position, memory.base)
      memories.append(memory)
    }
    try withExtendedLifetime((bytes, memories)) { () throws(ModelError) in try workspace.run(seed: seed) }
    var results: [Tensor] = []
    for (output, memory) in zip(outputs, memories) {
      results.append(try Tensor(output.dataType, output.shape, bytes: memory.region))
    }
    return results
  }
}
