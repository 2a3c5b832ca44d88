import NNFormat
import NNKernels

/// One run of `multi_head_attention` or `grouped_query_attention`: the parts of its scratch, and the steps.
struct HeadedRun<Scalar: ComputingScalar> {
  let layer: HeadedAttention
  let batch: Int
  let queries: Int
  let keys: Int
  let query: UnsafeMutablePointer<Scalar>
  let key: UnsafeMutablePointer<Scalar>
  let value: UnsafeMutablePointer<Scalar>
  /// Where values are as wide as queries, a block's results take its queries' place.
  let context: UnsafeMutablePointer<Scalar>
  let gate: UnsafeMutablePointer<Scalar>
  /// A block for each thread.
  let scores: UnsafeMutableRawPointer

  init(_ layer: HeadedAttention, _ values: borrowing LayerValues) {
    self.layer = layer
    let (queryShape, valueShape) = (values.inputs[0].shape, values.inputs[1].shape)
    batch = queryShape[0]
    queries = queryShape[1]
    keys = valueShape[1]
    let contextCount = batch * queries * layer.queryHeads * layer.width
    // First, since each block begins with a cache line.
    scores = values.scratch
    let size = AttentionHead.scoresByteCount(Scalar.floatType, queries: queries, keys: keys)
    query = (scores + values.crew.threadCount * size).assumingMemoryBound(to: Scalar.self)
    key = query + batch * queries * layer.queryHeads * layer.depth
    value = key + batch * keys * layer.keyHeads * layer.depth
    let rest = value + batch * keys * layer.keyHeads * layer.width
    context = layer.width == layer.depth ? query : rest
    gate = layer.width == layer.depth ? rest : rest + contextCount
  }

  func run(_ values: borrowing LayerValues) {
    let output = values.outputs[0]
    guard output.shape.count > 0 else { return }
    let masks = layer.useAttentionMask ? 1 : 0
    let keyIndex = values.inputs.count - masks == 3 ? 2 : 1
    let step = layer.useBias ? 2 : 1
    project(values, values.inputs[0], 0, batch * queries, layer.queryHeads * layer.depth, to: query)
    project(values, values.inputs[keyIndex], step, batch * keys, layer.keyHeads * layer.depth, to: key)
    project(values, values.inputs[1], 2 * step, batch * keys, layer.keyHeads * layer.width, to: value)
    attend(values)
    if layer.useGate { applyGate(values, 3 * step) }
    let columns = output.shape.count / (batch * queries)
    let last = (layer.useGate ? 4 : 3) * step
    values.withSteps(columns: columns) { steps in
      product(batch * queries, columns, layer.queryHeads * layer.width).run(
        values, input: context, weights: values.parameters[last], bias: bias(values, last), steps: steps,
        result: values.mutableAddress(of: output))
    }
  }

  private func product(_ rows: Int, _ columns: Int, _ depth: Int) -> DividedProduct {
    DividedProduct(type: Scalar.floatType, rows: rows, columns: columns, depth: depth)
  }

  private func bias(_ values: borrowing LayerValues, _ parameter: Int) -> UnsafeRawPointer? {
    layer.useBias ? values.address(of: values.parameters[parameter + 1]) : nil
  }

  private func project(
    _ values: borrowing LayerValues, _ input: LayerValue, _ parameter: Int, _ rows: Int, _ columns: Int,
    to result: UnsafeMutablePointer<Scalar>
  ) {
    product(rows, columns, input.shape[2]).run(
      values, input: values.address(of: input), weights: values.parameters[parameter],
      bias: bias(values, parameter), result: result)
  }

  /// The heads of all samples, block by block.
  private func attend(_ values: borrowing LayerValues) {
    let head = head
    let units = batch * layer.queryHeads * head.blocks
    let scale = Scalar(1 / Double(layer.depth).squareRoot())
    let base = mask(values)
    withUnsafePointer(to: scale) { scale in
      let work = BlocksOfHeads(
        run: self, head: head, scale: scale, mask: base.mask, maskStride: base.stride)
      values.crew.divide(
        work, count: units, cost: units.multipliedClamped(by: head.blockCost), partsPerThread: 1)
    }
  }

  private var head: AttentionHead {
    AttentionHead(
      queries: queries, keys: keys, depth: layer.depth, width: layer.width,
      queryStride: layer.queryHeads * layer.depth, keyStride: layer.keyHeads * layer.depth,
      valueStride: layer.keyHeads * layer.width, resultStride: layer.queryHeads * layer.width)
  }

  /// The mask of the first sample, and the bytes from one sample's to the next.
  private func mask(_ values: borrowing LayerValues) -> (mask: ScoreMask, stride: Int) {
    var mask = ScoreMask(isCausal: layer.isCausal, window: layer.window)
    guard layer.useAttentionMask else { return (mask, 0) }
    let input = values.inputs[values.inputs.count - 1]
    let (rows, columns) = (input.shape[1], input.shape[2])
    mask.bytes = values.address(of: input).assumingMemoryBound(to: UInt8.self)
    mask.queryStride = rows == 1 ? 0 : columns
    mask.keyStride = columns == 1 ? 0 : 1
    return (mask, input.shape[0] == 1 ? 0 : rows * columns)
  }

  private func applyGate(_ values: borrowing LayerValues, _ parameter: Int) {
    let columns = layer.queryHeads * layer.width
    project(values, values.inputs[0], parameter, batch * queries, columns, to: gate)
    let count = batch * queries * columns
    Elementwise.sigmoid.run(Scalar.floatType, from: gate, to: gate, count: count)
    for k in 0..<count { context[k] = context[k] * gate[k] }
  }
}

/// The blocks of queries of all heads of all samples.
private struct BlocksOfHeads<Scalar: ComputingScalar>: DividedWork {
  let run: HeadedRun<Scalar>
  let head: AttentionHead
  let scale: UnsafePointer<Scalar>
  let mask: ScoreMask
  let maskStride: Int

  func run(_ units: Range<Int>, part: Int) {
    let size = AttentionHead.scoresByteCount(Scalar.floatType, queries: head.queries, keys: head.keys)
    let scores = (run.scores + part * size).assumingMemoryBound(to: Scalar.self)
    for unit in units {
      let (place, block) = unit.quotientAndRemainder(dividingBy: head.blocks)
      let (sample, index) = place.quotientAndRemainder(dividingBy: run.layer.queryHeads)
      attend(sample, index, head.block(block), scores)
    }
  }

  private func attend(_ sample: Int, _ index: Int, _ block: Range<Int>, _ scores: UnsafeMutablePointer<Scalar>) {
    let layer = run.layer
    let keyHead = index / (layer.queryHeads / layer.keyHeads)
    let query = run.query + sample * head.queries * head.queryStride + index * head.depth
    let key = run.key + sample * head.keys * head.keyStride + keyHead * head.depth
    withUnsafeTemporaryAllocation(of: ElementStep.self, capacity: 1) { steps in
      steps.initializeElement(at: 0, to: .multiply(.number(scale)))
      head.score(block, UnsafePointer(query), UnsafePointer(key), steps: UnsafeBufferPointer(steps), scores: scores)
    }
    var mask = mask
    mask.bytes = mask.bytes.map { $0 + sample * maskStride }
    head.mask(block, scores, mask) { _ in -Scalar.greatestFiniteMagnitude }
    head.combine(
      block, scores, UnsafePointer(run.value + sample * head.keys * head.valueStride + keyHead * head.width),
      to: run.context + sample * head.queries * head.resultStride + index * head.width)
  }
}
