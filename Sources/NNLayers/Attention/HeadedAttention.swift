import NNFormat
import NNKernels

/// What `multi_head_attention` and `grouped_query_attention` share: projections to heads, attention in each, and the way back.
struct HeadedAttention {
  var kind: String
  var queryHeads: Int
  var keyHeads: Int
  var depth: Int
  var width: Int
  /// The extents that replace the queries' last; none for that itself.
  var outputShape: [Positive] = []
  var useBias: Bool
  var useGate: Bool
  var useAttentionMask: Bool
  var isCausal: Bool
  var window: Int

  /// Which inputs there are.
  struct Inputs {
    let query: TensorType
    let value: TensorType
    let key: TensorType
    let keyIndex: Int
    let features: (query: Int, key: Int, value: Int)
  }

  func checked(_ inputs: [TensorType]) throws(ModelError) -> Inputs {
    let masks = useAttentionMask ? 1 : 0
    guard inputs.count == 2 + masks || inputs.count == 3 + masks else {
      throw ModelError(
        LayerProblem.inputCount(
          kind: kind,
          expected: "query, value and, where it is not the value, key\(useAttentionMask ? ", and a mask" : "")",
          found: inputs.count))
    }
    let keyIndex = inputs.count - masks == 3 ? 2 : 1
    let query = inputs[0]
    try query.requireFloat(index: 0)
    guard query.rank == 3, let features = query.shape[2].value else {
      throw ModelError(
        LayerProblem.badInput(index: 0, expected: "of rank 3 with a fixed last extent", found: query))
    }
    let value = inputs[1]
    let steps = value.rank == 3 ? value.shape[1] : .unknown
    let valueFeatures = try self.features(value, 1, [query.shape[0], steps], query.dataType)
    let keyFeatures = try self.features(inputs[keyIndex], keyIndex, [query.shape[0], steps], query.dataType)
    if useAttentionMask {
      try checkMask(inputs[inputs.count - 1], inputs.count - 1, [query.shape[0], query.shape[1], steps])
    }
    guard window >= 0 else {
      throw ModelError(
        LayerProblem.badSetting(reason: "a window has no negative width, found \(window)"), at: .field("sliding_window")
      )
    }
    return Inputs(
      query: query, value: value, key: inputs[keyIndex], keyIndex: keyIndex,
      features: (features, keyFeatures, valueFeatures))
  }

  private func features(
    _ input: TensorType, _ index: Int, _ leading: [Dimension], _ type: DataType
  ) throws(ModelError) -> Int {
    guard input.dataType == type, input.rank == 3, TensorType.agree(Array(input.shape.dropLast()), leading),
      let features = input.shape[2].value
    else {
      throw ModelError(
        LayerProblem.badInput(
          index: index, expected: "\(TensorType(type, leading + [.symbol("features")])) with a fixed last extent",
          found: input))
    }
    return features
  }

  private func checkMask(_ mask: TensorType, _ index: Int, _ shape: [Dimension]) throws(ModelError) {
    let fits =
      mask.dataType == .bool && mask.rank == 3
      && zip(mask.shape, shape).allSatisfy { own, wanted in own == .known(1) || TensorType.agree([own], [wanted]) }
    guard fits else {
      throw ModelError(
        LayerProblem.badInput(
          index: index, expected: "\(TensorType(.bool, shape)), or with 1 for an extent", found: mask))
    }
  }

  func parameters(for inputs: [TensorType]) throws(ModelError) -> [Parameter] {
    let checked = try checked(inputs)
    let type = checked.query.dataType
    var parameters: [Parameter] = []
    func add(_ name: String, _ input: [Int], _ output: [Int]) {
      parameters.append(Parameter("\(name)_weights", TensorType(type, (input + output).map(Dimension.known))))
      if useBias { parameters.append(Parameter("\(name)_biases", TensorType(type, output.map(Dimension.known)))) }
    }
    add("query", [checked.features.query], [queryHeads, depth])
    add("key", [checked.features.key], [keyHeads, depth])
    add("value", [checked.features.value], [keyHeads, width])
    if useGate { add("gate", [checked.features.query], [queryHeads, width]) }
    add("output", [queryHeads, width], outputShape.isEmpty ? [checked.features.query] : outputShape.map(\.value))
    return parameters
  }

  func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    let query = try checked(inputs).query
    let last = outputShape.isEmpty ? Array(query.shape.suffix(1)) : outputShape.map { .known($0.value) }
    return [TensorType(query.dataType, query.shape.dropLast() + last)]
  }

  // The products of extents below are those of parameters, of inputs and of what is made of both, and may overflow for inputs
  // that no memory holds.

  func scratchSize(for inputs: [TensorType]) -> Int {
    guard let checked = try? checked(inputs), let query = try? checked.query.knownShape(),
      let value = try? checked.value.knownShape()
    else { return 0 }
    guard let sizes = HeadedSizes(self, checked, query: query, value: value) else { return .max }
    let (total, overflow) = sizes.product.addingReportingOverflow(
      byteCount(
        sizes.query, sizes.key, sizes.value, sizes.context, sizes.gate, sizes.transposed, sizes.scores,
        of: checked.query.dataType))
    return overflow ? .max : total
  }

  func multiplyAdds(for inputs: [TensorType]) -> Int? {
    guard let checked = try? checked(inputs), let query = try? checked.query.knownShape(),
      let value = try? checked.value.knownShape(), let sizes = HeadedSizes(self, checked, query: query, value: value),
      let output = try? outputs(for: inputs)[0].knownShape()
    else { return nil }
    let products = [
      (sizes.query, checked.features.query), (sizes.key, checked.features.key), (sizes.value, checked.features.value),
      (sizes.gate, checked.features.query), (sizes.query, value[1]), (sizes.context, value[1]),
      (output.count, queryHeads * width),
    ]
    var total = 0
    for (count, depth) in products {
      let (product, overflow) = count.multipliedReportingOverflow(by: depth)
      let (sum, sumOverflow) = total.addingReportingOverflow(product)
      guard !overflow, !sumOverflow else { return nil }
      total = sum
    }
    return total
  }
}

/// The elements that each part of the scratch holds, and the bytes of the matrix products'.
struct HeadedSizes {
  let query: Int
  let key: Int
  let value: Int
  let context: Int
  let gate: Int
  let transposed: Int
  let scores: Int
  let product: Int

  /// Nil where they cannot be counted.
  init?(_ layer: HeadedAttention, _ inputs: HeadedAttention.Inputs, query: Shape, value: Shape) {
    let outputs = layer.outputShape.isEmpty ? [inputs.features.query] : layer.outputShape.map(\.value)
    guard let queryCount = HeadedSizes.count(query[0], query[1], layer.queryHeads, layer.depth),
      let keyCount = HeadedSizes.count(value[0], value[1], layer.keyHeads, layer.depth),
      let valueCount = HeadedSizes.count(value[0], value[1], layer.keyHeads, layer.width),
      let contextCount = HeadedSizes.count(query[0], query[1], layer.queryHeads, layer.width),
      let transposed = HeadedSizes.count(value[1], layer.depth), let scores = HeadedSizes.count(query[1], value[1]),
      let columns = (try? Shape(outputs))?.count,
      HeadedSizes.count(layer.queryHeads, layer.width, columns) != nil,
      HeadedSizes.count(inputs.features.query, layer.queryHeads, max(layer.depth, layer.width)) != nil,
      HeadedSizes.count(inputs.features.key, layer.keyHeads, layer.depth) != nil,
      HeadedSizes.count(inputs.features.value, layer.keyHeads, layer.width) != nil
    else { return nil }
    self.query = queryCount
    key = keyCount
    self.value = valueCount
    context = contextCount
    gate = layer.useGate ? contextCount : 0
    self.transposed = transposed
    self.scores = scores
    let type = FloatType(inputs.query.dataType)
    let rows = query[0] * query[1]
    let keyRows = value[0] * value[1]
    let sizes = [
      MatrixProduct.scratchByteCount(
        type, rows: rows, columns: layer.queryHeads * layer.depth, depth: inputs.features.query),
      MatrixProduct.scratchByteCount(
        type, rows: rows, columns: layer.queryHeads * layer.width, depth: inputs.features.query),
      MatrixProduct.scratchByteCount(
        type, rows: keyRows, columns: layer.keyHeads * layer.depth, depth: inputs.features.key),
      MatrixProduct.scratchByteCount(
        type, rows: keyRows, columns: layer.keyHeads * layer.width, depth: inputs.features.value),
      MatrixProduct.scratchByteCount(type, rows: rows, columns: columns, depth: layer.queryHeads * layer.width),
      AttentionHead.productScratch(
        type, queries: query[1], keys: value[1], depth: layer.depth, width: layer.width),
    ]
    product = sizes.max() ?? 0
  }

  private static func count(_ extents: Int...) -> Int? { (try? Shape(extents))?.count }
}
