public import NNFormat

extension Network {
  /// Computes a network of one input and one output into the caller's memory; after the first call with a shape it allocates nothing.
  ///
  /// Where inputs lie in the caller's memory, too, and all have one shape, use ``prepared(for:)``.
  ///
  /// - Parameters:
  ///   - output: at least as many bytes as the output has, at a multiple of its element's size; those beyond it stay as they are.
  ///   - seed: what the random numbers of its stochastic layers come from; without one they give their mean.
  /// - Returns: the shape of what was written, row-major and little-endian.
  /// - Throws: ``RuntimeProblem`` if the network has several inputs or outputs, the tensor does not fit, or the memory is too small,
  ///   misaligned or overlaps the tensor's.
  @discardableResult
  public func callAsFunction(
    _ tensor: Tensor, into output: UnsafeMutableRawBufferPointer, seed: UInt64? = nil
  ) throws(ModelError) -> Shape {
    let input = try onlyInput
    let name = try onlyOutput.name
    try check(tensor.dataType, for: input)
    let plan = try plan(for: tensor.shape)
    let value = plan.outputs[0]
    guard output.count >= value.byteCount else {
      throw ModelError(
        RuntimeProblem.bufferTooSmall(needed: value.byteCount, found: output.count), at: .output(name))
    }
    let bytes = tensor.bytes.aligned(to: tensor.dataType.byteSize)
    try bytes.withUnsafeBytes { (source) throws(ModelError) in
      try PreparedNetwork(plan).run(
        source, tensor.dataType, UnsafeMutableRawBufferPointer(rebasing: output[..<value.byteCount]),
        value.dataType, seed: seed)
    }
    return value.shape
  }
}
