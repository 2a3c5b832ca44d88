import NNFormat

/// `Attention` and `AdditiveAttention` out of kinds of the catalogue, for scores as an output, which the fused kinds do not give.
///
/// Source: `keras/src/layers/attention/attention.py` and `additive_attention.py` of Keras 3.15.
struct KerasScoredAttention {
  let site: KerasSite
  /// The values as they come: query, value, key.
  let query, value, key: KerasValue
  /// The masks of steps.
  let queryMask, valueMask: KerasValue?
  let isCausal: Bool

  /// The output, and the shares `[batch, queries, keys]`.
  ///
  /// - Parameters:
  ///   - isAdditive: whether scores are sums of the tangent of sums, and no products
  ///   - parameters: the layer's weights
  func outputs(
    isAdditive: Bool, _ parameters: [(role: String, tensor: KerasTensor)]
  ) throws(ModelError) -> [KerasValue] {
    var scores = try isAdditive ? sums(parameters) : products(parameters)
    let dot = KerasDotProduct(site)
    var masks: [KerasValue] = []
    if let valueMask {
      masks += try site.add("expand_dims", ["axes": [1]], [site.cast(valueMask, to: .bool)], suffix: "value_mask")
    }
    if isCausal {
      masks.append(
        try dot.mask(rows: query.type.shape[1], columns: key.type.shape[1], "causal_mask") { row, column in
          column <= row
        })
    }
    if !masks.isEmpty {
      let lowered = try site.add("rescaling", ["scale": 1.0, "offset": -1e9], [scores], suffix: "lowered")[0]
      scores = try dot.masked(scores, by: masks, other: lowered, "masked")
    }
    let shares = try dot.shares(scores, axes: 1, "shares")
    let suffix = queryMask == nil ? nil : "joined"
    let joined = try KerasContraction(site).sum("...ts,...sd->...td", [shares, value.masked(by: nil)], suffix: suffix)
    guard let queryMask else { return [joined, shares] }
    let wide = try site.add("expand_dims", ["axes": [-1]], [site.cast(queryMask, to: .bool)], suffix: "query_mask")[0]
    let zero = try site.constant([0], [], joined.type.dataType, suffix: "zero")
    return [try site.add("where", [:], [wide, joined, zero])[0], shares]
  }

  /// `query · key`, times the scale.
  private func products(_ parameters: [(role: String, tensor: KerasTensor)]) throws(ModelError) -> KerasValue {
    let scores = try KerasContraction(site).sum("...td,...sd->...ts", [query, key], suffix: "scores")
    return try scaled(scores, parameters, "scale", "scaled")
  }

  /// `tanh(query + key)` summed over the features, with the scale inside of the tangent where there is a weight for the sum.
  private func sums(_ parameters: [(role: String, tensor: KerasTensor)]) throws(ModelError) -> KerasValue {
    let isConcat = parameters.contains { $0.role == "concat_score_weight" }
    let rows = try site.add("expand_dims", ["axes": [-2]], [query], suffix: "rows")[0]
    let columns = try site.add("expand_dims", ["axes": [-3]], [key], suffix: "columns")[0]
    var sums = try site.add("add", [:], [rows, columns], suffix: "sums")[0]
    if isConcat { sums = try scaled(sums, parameters, "scale", "scaled") }
    var bent = try site.add("tanh", [:], [sums], suffix: "bent")[0]
    if !isConcat { bent = try scaled(bent, parameters, "scale", "scaled") }
    let scores = try site.add("reduce_sum", ["axes": [-1]], [bent], suffix: "scores")[0]
    return try scaled(scores, parameters, "concat_score_weight", "weighted")
  }

  /// A value times a weight, if the layer has it.
  private func scaled(
    _ value: KerasValue, _ parameters: [(role: String, tensor: KerasTensor)], _ role: String, _ suffix: String
  ) throws(ModelError) -> KerasValue {
    guard let tensor = parameters.first(where: { $0.role == role })?.tensor else { return value }
    let factor = try site.constant(tensor, value.type.dataType, suffix: role)
    return try site.add("multiply", [:], [value, factor], suffix: suffix)[0]
  }
}
