import NNFormat
import NNKernels

/// One run of `attention` or `additive_attention` over all samples.
struct AttentionRun {
  private let head: AttentionHead
  private let samples: Int
  private let keyIndex: Int
  private let queryMaskIndex: Int?
  private let valueMaskIndex: Int?
  private let isCausal: Bool

  /// The scratch of one sample.
  struct Memory<Scalar: ComputingScalar> {
    /// For the matrix products.
    let product: UnsafeMutableRawPointer
    /// `[D, S]`, or any `D` elements.
    let keys: UnsafeMutablePointer<Scalar>
    /// `[T, S]`
    let scores: UnsafeMutablePointer<Scalar>
  }

  init(_ values: borrowing LayerValues, useQueryMask: Bool, useValueMask: Bool, isCausal: Bool) {
    let (query, value) = (values.inputs[0].shape, values.inputs[1].shape)
    let rank = query.rank
    let (depth, width) = (query[rank - 1], value[rank - 1])
    head = AttentionHead(
      queries: query[rank - 2], keys: value[rank - 2], depth: depth, width: width, queryStride: depth,
      keyStride: depth, valueStride: width, resultStride: width)
    samples = query.count(of: 0..<rank - 2)
    let masks = (useQueryMask ? 1 : 0) + (useValueMask ? 1 : 0)
    keyIndex = values.inputs.count - masks == 3 ? 2 : 1
    queryMaskIndex = useQueryMask ? keyIndex + 1 : nil
    valueMaskIndex = useValueMask ? values.inputs.count - 1 : nil
    self.isCausal = isCausal
  }

  static func scratchSize(_ inputs: AttentionInputs) -> Int {
    guard let sizes = sizes(inputs) else { return 0 }
    guard let count = AttentionHead.scratchCount(queries: sizes.queries, keys: sizes.keys, depth: sizes.depth)
    else { return .max }
    let product = productSize(
      FloatType(inputs.query.dataType), queries: sizes.queries, keys: sizes.keys, depth: sizes.depth,
      width: sizes.width)
    let (total, overflow) = product.addingReportingOverflow(
      byteCount(count, sizes.depth, of: inputs.query.dataType))
    return overflow ? .max : total
  }

  /// The bytes for the matrix products, so that what follows is aligned as they are.
  private static func productSize(
    _ type: FloatType, queries: Int, keys: Int, depth: Int, width: Int
  ) -> Int {
    let size = AttentionHead.productScratch(type, queries: queries, keys: keys, depth: depth, width: width)
    return (size + 63) / 64 * 64
  }

  private static func sizes(_ inputs: AttentionInputs) -> (queries: Int, keys: Int, depth: Int, width: Int)? {
    guard let query = try? inputs.query.knownShape(), let value = try? inputs.value.knownShape() else { return nil }
    let rank = query.rank
    return (query[rank - 2], value[rank - 2], query[rank - 1], value[rank - 1])
  }

  static func multiplyAdds(_ inputs: AttentionInputs) -> Int? {
    guard let query = try? inputs.query.knownShape(), let value = try? inputs.value.knownShape() else { return nil }
    let rank = query.rank
    let (scores, scoresOverflow) = query.count.multipliedReportingOverflow(by: value[rank - 2])
    guard let output = try? inputs.output.knownShape() else { return nil }
    let (means, meansOverflow) = output.count.multipliedReportingOverflow(by: value[rank - 2])
    let (total, overflow) = scores.addingReportingOverflow(means)
    return scoresOverflow || meansOverflow || overflow ? nil : total
  }

  /// Runs every sample; `score` writes the scores of one.
  func run<Scalar: ComputingScalar>(
    _ values: borrowing LayerValues, _ type: Scalar.Type,
    _ score: (
      _ query: UnsafePointer<Scalar>, _ key: UnsafePointer<Scalar>, _ head: AttentionHead, _ memory: Memory<Scalar>
    ) -> Void
  ) {
    guard values.outputs[0].shape.count > 0 else { return }
    let product = AttentionRun.productSize(
      Scalar.floatType, queries: head.queries, keys: head.keys, depth: head.depth, width: head.width)
    let keys = (values.scratch + product).assumingMemoryBound(to: type)
    let memory = Memory(
      product: values.scratch, keys: keys, scores: keys + head.depth * max(head.keys, 1))
    for sample in 0..<samples {
      let query = values.pointer(to: values.inputs[0], as: type) + sample * head.queries * head.depth
      let key = values.pointer(to: values.inputs[keyIndex], as: type) + sample * head.keys * head.depth
      let value = values.pointer(to: values.inputs[1], as: type) + sample * head.keys * head.width
      let result =
        values.mutablePointer(to: values.outputs[0], as: type) + sample * head.queries * head.width
      score(query, key, head, memory)
      head.mask(memory.scores, mask(values, sample)) { $0 - 1e9 }
      head.combine(memory.scores, value, to: result, scratch: memory.product)
      clear(result, values, sample)
    }
  }

  private func mask(_ values: borrowing LayerValues, _ sample: Int) -> ScoreMask {
    var mask = ScoreMask(isCausal: isCausal)
    if let index = valueMaskIndex {
      mask.bytes = bytes(values, index) + sample * head.keys
      mask.keyStride = 1
    }
    return mask
  }

  private func clear<Scalar: ComputingScalar>(
    _ result: UnsafeMutablePointer<Scalar>, _ values: borrowing LayerValues, _ sample: Int
  ) {
    guard let index = queryMaskIndex else { return }
    let mask = bytes(values, index) + sample * head.queries
    for query in 0..<head.queries where mask[query] == 0 {
      (result + query * head.width).update(repeating: 0, count: head.width)
    }
  }

  private func bytes(_ values: borrowing LayerValues, _ index: Int) -> UnsafePointer<UInt8> {
    values.address(of: values.inputs[index]).assumingMemoryBound(to: UInt8.self)
  }
}

extension AttentionHead {
  /// Writes `sum(each(tanh(before(query + key))))` over the depth to the scores.
  @inline(__always)
  func addTangents<Scalar: ComputingScalar>(
    _ query: UnsafePointer<Scalar>, _ key: UnsafePointer<Scalar>, _ memory: AttentionRun.Memory<Scalar>,
    before: (Scalar) -> Scalar, each: (Scalar, Int) -> Scalar
  ) {
    let terms = memory.keys
    for row in 0..<queries {
      for column in 0..<keys {
        for k in 0..<depth { terms[k] = before(query[row * depth + k] + key[column * depth + k]) }
        Elementwise.tanh.run(Scalar.floatType, from: terms, to: terms, count: depth)
        for k in 0..<depth { terms[k] = each(terms[k], k) }
        memory.scores[row * keys + column] = Statistics.reduce(.sum, terms, count: depth)
      }
    }
  }
}
