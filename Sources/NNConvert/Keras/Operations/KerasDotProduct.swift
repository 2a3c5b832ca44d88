import NNFormat

/// Scores of queries and keys, and what they weigh, out of kinds of the catalogue: where there is no fused kind for it.
struct KerasDotProduct {
  let site: KerasSite

  init(_ site: KerasSite) { self.site = site }

  /// A mask that says for each row and column whether it counts.
  ///
  /// - Throws: ``KerasProblem/unsupported(_:)`` for open extents.
  func mask(
    rows: Dimension, columns: Dimension, _ suffix: String, _ counts: (_ row: Int, _ column: Int) -> Bool
  ) throws(ModelError) -> KerasValue {
    guard let rows = rows.value, let columns = columns.value, rows > 0, columns > 0, rows <= (1 << 24) / columns else {
      throw site.settings.unsupported("a mask of an open number of steps, or of too many")
    }
    let kept = (0..<rows * columns).map { counts($0 / columns, $0 % columns) ? 1.0 : 0 }
    return try site.constant(kept, [rows, columns], .bool, suffix: suffix)
  }

  /// Scores where all masks are true, and a number far below all where one is not.
  func masked(
    _ scores: KerasValue, by masks: [KerasValue], lowest: Double, _ suffix: String
  ) throws(ModelError) -> KerasValue {
    guard !masks.isEmpty else { return scores }
    let least = try site.constant([lowest], [], scores.type.dataType, suffix: "\(suffix)_lowest")
    return try masked(scores, by: masks, other: least, suffix)
  }

  /// Scores where all masks are true, and another value where one is not.
  func masked(
    _ scores: KerasValue, by masks: [KerasValue], other: KerasValue, _ suffix: String
  ) throws(ModelError) -> KerasValue {
    guard let first = masks.first else { return scores }
    var mask = try site.cast(first, to: .bool)
    for (place, next) in masks.dropFirst().enumerated() {
      mask = try site.add("and", [:], [mask, site.cast(next, to: .bool)], suffix: "\(suffix)_mask_\(place + 1)")[0]
    }
    return try site.add("where", [:], [mask, scores, other], suffix: suffix)[0].masked(by: nil)
  }

  /// The shares that scores give along their last axes.
  func shares(_ scores: KerasValue, axes count: Int, _ suffix: String) throws(ModelError) -> KerasValue {
    if count == 1 { return try site.add("softmax", ["axis": -1], [scores], suffix: suffix)[0] }
    let axes = (1...max(count, 1)).map { -$0 }.reversed()
    let sum = try site.add(
      "reduce_log_sum_exp", ["axes": KerasClass.integers(Array(axes)), "keepdims": true], [scores],
      suffix: "\(suffix)_sum")[0]
    let logarithms = try site.add("subtract", [:], [scores, sum], suffix: "\(suffix)_logarithms")
    return try site.add("exponential", [:], logarithms, suffix: suffix)[0]
  }
}

extension KerasOperations {
  /// `keras.ops.dot_product_attention`: values `[batch, steps, heads, size]`.
  static let attention: [String: Conversion] = [
    "dot_product_attention": { operation throws(ModelError) in
      let (site, product) = (operation.site, KerasDotProduct(operation.site))
      var values: [KerasValue] = []
      for (place, name) in ["query", "key", "value"].enumerated() {
        guard let value = site.value(operation.argument([name], place)), value.type.rank == 4 else {
          throw site.settings.unsupported("queries, keys or values that do not have 4 dimensions")
        }
        values.append(value.type.dataType.isFloat ? value : try site.cast(value, to: .f32))
      }
      guard let size = values[0].type.shape[3].value, size > 0,
        values.allSatisfy({ $0.type.shape[2] == values[0].type.shape[2] })
      else { throw site.settings.unsupported("heads of other numbers, or of an open size") }
      guard operation.option("attn_logits_soft_cap") == nil else {
        throw site.settings.unsupported("'attn_logits_soft_cap'")
      }
      let scale = operation.option("scale")?.number ?? 1 / Double(size).squareRoot()
      let dots = try KerasContraction(site).sum("btnh,bsnh->bnts", [values[0], values[1]], suffix: "dots")
      var scores = try site.add("rescaling", ["scale": JSONValue(number: scale)], [dots], suffix: "scores")[0]
      if let bias = operation.argument(["bias"], 3) {
        let summand = try operation.value(bias, scores.type.dataType, 3)
        scores = try site.add("add", [:], [scores, summand], suffix: "biased")[0]
      }
      var masks: [KerasValue] = []
      if let mask = operation.argument(["mask"], 4) { masks.append(try operation.value(mask, .bool, 4)) }
      if operation.isTrue("is_causal") {
        masks.append(
          try product.mask(rows: values[0].type.shape[1], columns: values[1].type.shape[1], "causal_mask") {
            row, column in
            column <= row
          })
      }
      let lowest = -0.7 * Double(Float.greatestFiniteMagnitude)
      scores = try product.masked(scores, by: masks, lowest: lowest, "masked")
      let shares = try product.shares(scores, axes: 1, "shares")
      return [try KerasContraction(site).sum("bnts,bsnh->btnh", [shares, values[2]])]
    }
  ]
}
