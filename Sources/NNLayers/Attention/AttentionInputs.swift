import NNFormat

/// What `attention` and `additive_attention` take: queries, values, keys where they are others, and masks.
struct AttentionInputs {
  let query: TensorType
  let value: TensorType
  let key: TensorType
  /// The number of the key among the inputs; that of the value where it serves as key.
  let keyIndex: Int
  let queryMaskIndex: Int?
  let valueMaskIndex: Int?

  init(
    _ inputs: [TensorType], kind: String, useQueryMask: Bool, useValueMask: Bool
  ) throws(ModelError) {
    let masks = (useQueryMask ? 1 : 0) + (useValueMask ? 1 : 0)
    guard inputs.count == 2 + masks || inputs.count == 3 + masks else {
      throw ModelError(
        LayerProblem.inputCount(
          kind: kind,
          expected: "query, value and, where it is not the value, key"
            + (masks == 0 ? "" : masks == 1 ? ", and one mask" : ", and two masks"),
          found: inputs.count))
    }
    keyIndex = inputs.count - masks == 3 ? 2 : 1
    query = inputs[0]
    value = inputs[1]
    key = inputs[keyIndex]
    queryMaskIndex = useQueryMask ? keyIndex + 1 : nil
    valueMaskIndex = useValueMask ? inputs.count - 1 : nil
    try checkExtents()
    if let index = queryMaskIndex { try checkMask(inputs[index], index, Array(query.shape.dropLast())) }
    if let index = valueMaskIndex { try checkMask(inputs[index], index, Array(value.shape.dropLast())) }
  }

  private func checkExtents() throws(ModelError) {
    try query.requireFloat(index: 0)
    guard query.rank >= 3, query.shape.last?.value != nil else {
      throw ModelError(
        LayerProblem.badInput(index: 0, expected: "of rank 3 or more with a fixed last extent", found: query))
    }
    let leading = Array(query.shape.dropLast(2))
    let steps = value.rank == query.rank ? value.shape[value.rank - 2] : .unknown
    guard value.dataType == query.dataType, value.rank == query.rank,
      TensorType.agree(Array(value.shape.dropLast(2)), leading)
    else {
      throw ModelError(
        LayerProblem.badInput(
          index: 1, expected: "\(TensorType(query.dataType, leading + [.symbol("keys"), .symbol("width")]))",
          found: value))
    }
    let wanted = TensorType(query.dataType, leading + [steps] + query.shape.suffix(1))
    guard key.dataType == query.dataType, TensorType.agree(key.shape, wanted.shape) else {
      throw ModelError(LayerProblem.badInput(index: keyIndex, expected: "\(wanted)", found: key))
    }
  }

  private func checkMask(_ mask: TensorType, _ index: Int, _ shape: [Dimension]) throws(ModelError) {
    guard mask.dataType == .bool, TensorType.agree(mask.shape, shape) else {
      throw ModelError(
        LayerProblem.badInput(index: index, expected: "\(TensorType(.bool, shape))", found: mask))
    }
  }

  /// The type of the result.
  var output: TensorType { TensorType(query.dataType, query.shape.dropLast() + value.shape.suffix(1)) }
}

extension TensorType {
  /// Whether two lists of extents can be equal: of the same length, and no fixed one beside another fixed one.
  static func agree(_ one: [Dimension], _ other: [Dimension]) -> Bool {
    one.count == other.count
      && zip(one, other).allSatisfy { left, right in
        guard let left = left.value, let right = right.value else { return true }
        return left == right
      }
  }
}
