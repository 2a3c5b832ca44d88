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

  func scratchSize(for inputs: [TensorType], threads: Int) -> Int {
    guard let checked = try? checked(inputs), let query = try? checked.query.knownShape(),
      let value = try? checked.value.knownShape()
    else { return 0 }
    guard let sizes = HeadedSizes(self, checked, query: query, value: value) else { return .max }
    let type = FloatType(checked.query.dataType)
    let scores = AttentionHead.scoresByteCount(type, queries: query[1], keys: value[1])
    let context = width == depth ? 0 : sizes.context
    let (total, overflow) = scores.multipliedClamped(by: threads).addingReportingOverflow(
      byteCount(sizes.query, sizes.key, sizes.value, context, sizes.gate, of: checked.query.dataType))
    return overflow ? .max : total
  }

  /// The projections' weights.
  func weights(for inputs: [TensorType]) -> [WeightMatrix] {
    guard let checked = try? checked(inputs) else { return [] }
    func rows(_ input: TensorType) -> Int? { (try? TensorType(.f32, Array(input.shape.prefix(2))).knownShape())?.count }
    let (queries, keys) = (rows(checked.query), rows(checked.value))
    let outputs =
      outputShape.isEmpty ? checked.features.query : outputShape.reduce(1) { $0.multipliedClamped(by: $1.value) }
    var columns = [
      (queryHeads.multipliedClamped(by: depth), queries), (keyHeads.multipliedClamped(by: depth), keys),
      (keyHeads.multipliedClamped(by: width), keys),
    ]
    if useGate { columns.append((queryHeads.multipliedClamped(by: width), queries)) }
    columns.append((outputs, queries))
    return columns.enumerated().map { index, matrix in
      WeightMatrix(index * (useBias ? 2 : 1), columns: matrix.0, rows: matrix.1)
    }
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

/// The elements of what a run computes on the way.
struct HeadedSizes {
  let query: Int
  let key: Int
  let value: Int
  let context: Int
  let gate: Int

  /// Nil where they cannot be counted.
  init?(_ layer: HeadedAttention, _ inputs: HeadedAttention.Inputs, query: Shape, value: Shape) {
    let outputs = layer.outputShape.isEmpty ? [inputs.features.query] : layer.outputShape.map(\.value)
    guard let queryCount = HeadedSizes.count(query[0], query[1], layer.queryHeads, layer.depth),
      let keyCount = HeadedSizes.count(value[0], value[1], layer.keyHeads, layer.depth),
      let valueCount = HeadedSizes.count(value[0], value[1], layer.keyHeads, layer.width),
      let contextCount = HeadedSizes.count(query[0], query[1], layer.queryHeads, layer.width),
      HeadedSizes.count(query[1], value[1]) != nil, let columns = (try? Shape(outputs))?.count,
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
  }

  private static func count(_ extents: Int...) -> Int? { (try? Shape(extents))?.count }
}

/// A layer that is headed attention; the kernels of products read its weights narrow or packed, too.
protocol HeadedLayer: FusingProductLayer {
  /// The settings as the two kinds share them.
  var attention: HeadedAttention { get }
}

extension HeadedLayer {
  /// The projections' weights.
  package func weights(for inputs: [TensorType]) -> [WeightMatrix] { attention.weights(for: inputs) }

  /// Where the output has one extent behind the steps, which is that of the last product's columns.
  package func fuses(for inputs: [TensorType]) -> Bool { attention.outputShape.count <= 1 }

  /// What is computed on the way, and the scores of each thread.
  package func scratchSize(for inputs: [TensorType], threads: Int) -> Int {
    attention.scratchSize(for: inputs, threads: threads)
  }

  /// With one thread.
  public func scratchSize(for inputs: [TensorType]) -> Int { attention.scratchSize(for: inputs, threads: 1) }

  /// Those of all matrix products.
  public func multiplyAdds(for inputs: [TensorType]) -> Int? { attention.multiplyAdds(for: inputs) }

  /// The formula, each step rounded.
  public func forward(_ values: borrowing LayerValues) {
    switch FloatType(values.outputs[0].dataType) {
    case .f32: HeadedRun<Float>(attention, values).run(values)
    case .f64: HeadedRun<Double>(attention, values).run(values)
    }
  }
}
