import NNFormat
import NNKernels

/// How the scores of pairs of a query and a key come about.
enum AttentionScore<Scalar: ComputingScalar> {
  /// `(query · keyᵀ) · scale`
  case dot(scale: UnsafePointer<Scalar>?)
  /// `weight · sum(tanh(scale · (query + key)))`
  case concat(scale: UnsafePointer<Scalar>?, weight: Scalar)
  /// `sum(scale · tanh(query + key))`, with a scale for each element.
  case additive(scales: UnsafePointer<Scalar>?)
}

/// One run of `attention` or `additive_attention` over all samples.
struct AttentionRun {
  private let head: AttentionHead
  private let samples: Int
  private let keyIndex: Int
  private let queryMaskIndex: Int?
  private let valueMaskIndex: Int?
  private let isCausal: Bool

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

  /// The scores of each thread, and the terms of one.
  static func scratchSize(_ inputs: AttentionInputs, threads: Int) -> Int {
    guard let query = try? inputs.query.knownShape(), let value = try? inputs.value.knownShape() else { return 0 }
    let rank = query.rank
    return threadSize(
      FloatType(inputs.query.dataType), queries: query[rank - 2], keys: value[rank - 2], depth: query[rank - 1]
    ).multipliedClamped(by: threads)
  }

  private static func threadSize(_ type: FloatType, queries: Int, keys: Int, depth: Int) -> Int {
    let (size, overflow) = AttentionHead.scoresByteCount(type, queries: queries, keys: keys).addingReportingOverflow(
      depth.multipliedClamped(by: type.byteSize).roundedUpClamped(to: 64))
    return overflow ? .max : size
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

  /// Runs every sample.
  func run<Scalar: ComputingScalar>(_ values: borrowing LayerValues, _ score: AttentionScore<Scalar>) {
    guard values.outputs[0].shape.count > 0 else { return }
    let units = samples * head.blocks
    let work = BlocksOfSamples(
      head: head, score: score,
      query: values.pointer(to: values.inputs[0], as: Scalar.self),
      key: values.pointer(to: values.inputs[keyIndex], as: Scalar.self),
      value: values.pointer(to: values.inputs[1], as: Scalar.self),
      result: values.mutablePointer(to: values.outputs[0], as: Scalar.self),
      queryMask: queryMaskIndex.map { bytes(values, $0) }, valueMask: valueMaskIndex.map { bytes(values, $0) },
      isCausal: isCausal, scratch: values.scratch,
      scratchSize: AttentionRun.threadSize(
        Scalar.floatType, queries: head.queries, keys: head.keys, depth: head.depth))
    values.crew.divide(
      work, count: units, cost: units.multipliedClamped(by: head.blockCost), partsPerThread: 1)
  }

  private func bytes(_ values: borrowing LayerValues, _ index: Int) -> UnsafePointer<UInt8> {
    values.address(of: values.inputs[index]).assumingMemoryBound(to: UInt8.self)
  }
}

/// The blocks of queries of all samples.
private struct BlocksOfSamples<Scalar: ComputingScalar>: DividedWork {
  let head: AttentionHead
  let score: AttentionScore<Scalar>
  let query: UnsafePointer<Scalar>
  let key: UnsafePointer<Scalar>
  let value: UnsafePointer<Scalar>
  let result: UnsafeMutablePointer<Scalar>
  let queryMask: UnsafePointer<UInt8>?
  let valueMask: UnsafePointer<UInt8>?
  let isCausal: Bool
  let scratch: UnsafeMutableRawPointer
  let scratchSize: Int

  func run(_ units: Range<Int>, part: Int) {
    let own = scratch + part * scratchSize
    let scores = own.assumingMemoryBound(to: Scalar.self)
    let terms = (own + AttentionHead.scoresByteCount(Scalar.floatType, queries: head.queries, keys: head.keys))
      .assumingMemoryBound(to: Scalar.self)
    for unit in units {
      let (sample, block) = unit.quotientAndRemainder(dividingBy: head.blocks)
      run(sample, head.block(block), scores, terms)
    }
  }

  private func run(
    _ sample: Int, _ block: Range<Int>, _ scores: UnsafeMutablePointer<Scalar>, _ terms: UnsafeMutablePointer<Scalar>
  ) {
    let query = query + sample * head.queries * head.depth
    let key = key + sample * head.keys * head.depth
    let result = result + sample * head.queries * head.width
    switch score {
    case .dot(nil): head.score(block, query, key, scores: scores)
    case .dot(let scale?):
      withUnsafeTemporaryAllocation(of: ElementStep.self, capacity: 1) { steps in
        steps.initializeElement(at: 0, to: .multiply(.number(scale)))
        head.score(block, query, key, steps: UnsafeBufferPointer(steps), scores: scores)
      }
    case .concat(let scale, let weight):
      head.addTangents(block, query, key, terms, scores) { sum in
        scale.map { $0.pointee * sum } ?? sum
      } each: { tangent, _ in
        tangent
      }
      for k in 0..<block.count * head.keys { scores[k] = weight * scores[k] }
    case .additive(let scales):
      head.addTangents(block, query, key, terms, scores) {
        $0
      } each: { tangent, k in
        scales.map { $0[k] * tangent } ?? tangent
      }
    }
    var mask = ScoreMask(isCausal: isCausal)
    mask.bytes = valueMask.map { $0 + sample * head.keys }
    mask.keyStride = 1
    head.mask(block, scores, mask) { $0 - 1e9 }
    head.combine(block, scores, value + sample * head.keys * head.width, to: result)
    guard let queryMask else { return }
    for query in block where queryMask[sample * head.queries + query] == 0 {
      (result + query * head.width).update(repeating: 0, count: head.width)
    }
  }
}

extension AttentionHead {
  /// Writes `sum(each(tanh(before(query + key))))` over the depth to the scores of some queries.
  @inline(__always)
  fileprivate func addTangents<Scalar: ComputingScalar>(
    _ block: Range<Int>, _ query: UnsafePointer<Scalar>, _ key: UnsafePointer<Scalar>,
    _ terms: UnsafeMutablePointer<Scalar>, _ scores: UnsafeMutablePointer<Scalar>, before: (Scalar) -> Scalar,
    each: (Scalar, Int) -> Scalar
  ) {
    for row in block {
      for column in 0..<keys {
        for k in 0..<depth { terms[k] = before(query[row * depth + k] + key[column * depth + k]) }
        Elementwise.tanh.run(Scalar.floatType, from: terms, to: terms, count: depth)
        for k in 0..<depth { terms[k] = each(terms[k], k) }
        scores[(row - block.lowerBound) * keys + column] = Statistics.reduce(.sum, terms, count: depth)
      }
    }
  }
}
