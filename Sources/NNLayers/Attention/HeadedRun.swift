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
  let context: UnsafeMutablePointer<Scalar>
  let gate: UnsafeMutablePointer<Scalar>
  let transposed: UnsafeMutablePointer<Scalar>
  let scores: UnsafeMutablePointer<Scalar>
  let product: UnsafeMutableRawPointer

  init(_ layer: HeadedAttention, _ values: borrowing LayerValues) {
    self.layer = layer
    let (queryShape, valueShape) = (values.inputs[0].shape, values.inputs[1].shape)
    batch = queryShape[0]
    queries = queryShape[1]
    keys = valueShape[1]
    query = values.scratch(as: Scalar.self)
    key = query + batch * queries * layer.queryHeads * layer.depth
    value = key + batch * keys * layer.keyHeads * layer.depth
    context = value + batch * keys * layer.keyHeads * layer.width
    gate = context + batch * queries * layer.queryHeads * layer.width
    transposed = gate + (layer.useGate ? batch * queries * layer.queryHeads * layer.width : 0)
    scores = transposed + keys * layer.depth
    product = UnsafeMutableRawPointer(scores + queries * keys)
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
    for sample in 0..<batch {
      let mask = self.mask(values, sample)
      for head in 0..<layer.queryHeads { attend(sample, head, mask) }
    }
    if layer.useGate { applyGate(values, 3 * step) }
    let columns = layer.queryHeads * layer.width
    let last = (layer.useGate ? 4 : 3) * step
    MatrixProduct.run(
      Scalar.floatType, rows: batch * queries, columns: output.shape.count / (batch * queries), depth: columns,
      a: context, b: values.address(of: values.parameters[last]),
      bias: layer.useBias ? values.address(of: values.parameters[last + 1]) : nil,
      result: values.mutableAddress(of: output), scratch: product)
  }

  private func project(
    _ values: borrowing LayerValues, _ input: LayerValue, _ parameter: Int, _ rows: Int, _ columns: Int,
    to result: UnsafeMutablePointer<Scalar>
  ) {
    MatrixProduct.run(
      Scalar.floatType, rows: rows, columns: columns, depth: input.shape[2], a: values.address(of: input),
      b: values.address(of: values.parameters[parameter]),
      bias: layer.useBias ? values.address(of: values.parameters[parameter + 1]) : nil, result: result,
      scratch: product)
  }

  private func attend(_ sample: Int, _ index: Int, _ mask: ScoreMask) {
    let (depth, width) = (layer.depth, layer.width)
    let keyHead = index / (layer.queryHeads / layer.keyHeads)
    let head = AttentionHead(
      queries: queries, keys: keys, depth: depth, width: width, queryStride: layer.queryHeads * depth,
      keyStride: layer.keyHeads * depth, valueStride: layer.keyHeads * width,
      resultStride: layer.queryHeads * width)
    head.score(
      UnsafePointer(query + sample * queries * head.queryStride + index * depth),
      UnsafePointer(key + sample * keys * head.keyStride + keyHead * depth), transposed: transposed,
      scores: scores, scratch: product)
    let scale = Scalar(1 / Double(depth).squareRoot())
    for k in 0..<queries * keys { scores[k] = scores[k] * scale }
    head.mask(scores, mask) { _ in -Scalar.greatestFiniteMagnitude }
    head.combine(
      scores, UnsafePointer(value + sample * keys * head.valueStride + keyHead * width),
      to: context + sample * queries * head.resultStride + index * width, scratch: product)
  }

  private func mask(_ values: borrowing LayerValues, _ sample: Int) -> ScoreMask {
    var mask = ScoreMask(isCausal: layer.isCausal, window: layer.window)
    guard layer.useAttentionMask else { return mask }
    let input = values.inputs[values.inputs.count - 1]
    let (rows, columns) = (input.shape[1], input.shape[2])
    let start = input.shape[0] == 1 ? 0 : sample * rows * columns
    mask.bytes = values.address(of: input).assumingMemoryBound(to: UInt8.self) + start
    mask.queryStride = rows == 1 ? 0 : columns
    mask.keyStride = columns == 1 ? 0 : 1
    return mask
  }

  private func applyGate(_ values: borrowing LayerValues, _ parameter: Int) {
    let columns = layer.queryHeads * layer.width
    project(values, values.inputs[0], parameter, batch * queries, columns, to: gate)
    let count = batch * queries * columns
    Elementwise.sigmoid.run(Scalar.floatType, from: gate, to: gate, count: count)
    for k in 0..<count { context[k] = context[k] * gate[k] }
  }
}
