import NNFormat

/// Attention with heads out of kinds of the catalogue, for what the fused kinds do not give: scores as an output, other axes than the
/// steps of a sequence, masks for each head.
///
/// Source: `keras/src/layers/attention/multi_head_attention.py` and `grouped_query_attention.py` of Keras 3.15.
struct KerasHeads {
  let site: KerasSite
  /// The values as they come: query, value, key.
  let query, value, key: KerasValue
  /// The axes over which it attends.
  let axes: [Int]
  /// The extents of heads and of what each has of a key.
  let heads, size: Int
  /// How many heads of queries share one of keys.
  let sharing: Int
  /// Masks `[batch, steps, steps]`, or with an axis of heads as the second.
  let masks: [KerasValue]

  /// The output, and the shares `[batch..., heads, queries..., keys...]`.
  ///
  /// - Throws: ``KerasProblem/unsupported(_:)`` for causal masks and windows of open extents.
  func outputs() throws(ModelError) -> [KerasValue] {
    let rank = query.type.rank + 1
    let places = axes.map { $0 < 0 ? $0 + rank - 1 : $0 }
    guard rank <= 16, Set(places).count == places.count, !places.isEmpty,
      places.allSatisfy((1..<max(rank - 2, 1)).contains), [value, key].allSatisfy({ $0.type.rank == rank - 1 })
    else { throw site.settings.unsupported("attention over the axes \(axes) of a value of rank \(rank - 1)") }
    let scaled = try site.add(
      "rescaling", ["scale": JSONValue(number: 1 / Double(size).squareRoot())], [projection(query, "query")],
      suffix: "scaled_query")[0]
    let keys = try shared(projection(key, "key"), "keys")
    let values = try shared(projection(value, "value"), "values")

    // Letters of the queries' axes; those of the keys are others where it attends.
    let alphabet = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
    let target = Array(alphabet[..<rank])
    var source = target
    for place in places { source[place] = alphabet[rank + place] }
    let batch = target.indices.dropLast().filter { !places.contains($0) }.map { target[$0] }
    let product = batch + places.map { target[$0] } + places.map { source[$0] }
    let dots = try KerasContraction(site).sum(
      "\(String(source)),\(String(target))->\(String(product))", [keys, scaled], suffix: "dots")
    let dot = KerasDotProduct(site)
    let scores = try dot.masked(
      dots, by: aligned(try allMasks(), rank: product.count), lowest: -Double(Float.greatestFiniteMagnitude), "masked")
    let shares = try dot.shares(scores, axes: places.count, "shares")
    var joined = try KerasContraction(site).sum(
      "\(String(product)),\(String(source))->\(String(target))", [shares, values], suffix: "joined")
    if try site.settings.bool("use_gate", default: false) {
      let gate = try site.add("sigmoid", [:], [projection(query, "gate")], suffix: "gate_sigmoid")[0]
      joined = try site.add("multiply", [:], [joined, gate], suffix: "gated")[0]
    }
    return [try output(joined), shares]
  }

  // MARK: Parts

  private func parameters(_ name: String) throws(ModelError) -> [(role: String, tensor: KerasTensor)] {
    var list = [("weights", try site.weight("\(name)_dense/kernel"))]
    if try site.settings.bool("use_bias", default: true) {
      list.append(("biases", try site.weight("\(name)_dense/bias")))
    }
    return list
  }

  /// A value's share for each head: a new axis of heads before the last.
  private func projection(_ value: KerasValue, _ name: String) throws(ModelError) -> KerasValue {
    let parameters = try parameters(name)
    let shape = parameters[0].tensor.shape
    guard shape.rank == 3 else { throw site.settings.unsupported("a projection of the shape \(shape)") }
    return try site.add(
      "einsum_dense",
      [
        "equation": "...a,abc->...bc", "output_shape": KerasClass.integers([shape[1], shape[2]]),
        "bias_axes": parameters.count > 1 ? "bc" : "",
      ], [value.masked(by: nil)], parameters, suffix: name)[0]
  }

  private func output(_ joined: KerasValue) throws(ModelError) -> KerasValue {
    let parameters = try parameters("output")
    let shape = parameters[0].tensor.shape
    guard shape.rank >= 3, shape.rank <= 8 else {
      throw site.settings.unsupported("a projection of the shape \(shape)")
    }
    let letters = String(Array("cdefghij")[..<(shape.rank - 2)])
    return try site.add(
      "einsum_dense",
      [
        "equation": .string("...ab,ab\(letters)->...\(letters)"),
        "output_shape": KerasClass.integers(Array(shape.dimensions[2...])),
        "bias_axes": .string(parameters.count > 1 ? letters : ""),
      ], [joined], parameters)[0]
  }

  /// Heads of keys or values, each as often as queries share it.
  private func shared(_ value: KerasValue, _ name: String) throws(ModelError) -> KerasValue {
    guard sharing > 1 else { return value }
    // The settings' number is believed where the array of the queries has it too.
    let shape = try site.weight("query_dense/kernel").shape
    guard shape.rank == 3, shape[1] == heads else {
      throw site.settings.unsupported("\(heads) heads where the queries' projection has the shape \(shape)")
    }
    let places = (0..<heads).map { Double($0 / sharing) }
    let indices = try site.constant(places, [heads], .i32, suffix: "\(name)_heads")
    return try site.add("gather", ["axis": 2], [value, indices], suffix: name)[0]
  }

  /// The masks of the call, that of steps that are later, and that of steps that are far.
  private func allMasks() throws(ModelError) -> [KerasValue] {
    var all = masks
    let (rows, columns) = (query.type.shape[1], value.type.shape[1])
    let dot = KerasDotProduct(site)
    if site.isTrue("use_causal_mask") {
      all.append(try dot.mask(rows: rows, columns: columns, "causal_mask") { row, column in column <= row })
    }
    if site.settings.value("sliding_window") != nil {
      let width = try site.settings.int("sliding_window")
      all.append(
        try dot.mask(rows: rows, columns: columns, "window_mask") { row, column in abs(row - column) < width })
    }
    return all
  }

  /// Masks with axes of extent 1 where scores have heads and what Keras does not attend over.
  private func aligned(_ masks: [KerasValue], rank: Int) throws(ModelError) -> [KerasValue] {
    var result: [KerasValue] = []
    for (number, mask) in masks.enumerated() {
      // A mask of a sequence made here has no batch.
      let first = max(mask.type.rank - 2 * axes.count, 0)
      let missing = rank - mask.type.rank
      guard missing > 0, mask.type.rank > 2 else {
        result.append(mask)
        continue
      }
      result += try site.add(
        "expand_dims", ["axes": KerasClass.integers(Array(first..<first + missing))], [mask],
        suffix: "mask_for_heads_\(number + 1)")
    }
    return result
  }
}
