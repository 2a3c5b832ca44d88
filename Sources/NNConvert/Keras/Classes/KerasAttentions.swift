import NNFormat

extension KerasClass {
  /// Attention.
  static let attentions: [KerasClass] = [
    KerasClass(
      "Attention", "attention", masks: .own,
      variables: { settings throws(ModelError) in
        var list: [KerasVariable] = []
        let isConcat = try settings.string("score_mode", default: "dot") == "concat"
        if try settings.bool("use_scale", default: false) { list.append(KerasVariable("scale")) }
        if isConcat { list.append(KerasVariable("concat_score_weight")) }
        return list
      }
    ) { site throws(ModelError) in
      let useScale = try site.settings.bool("use_scale", default: false)
      let mode = try site.settings.string("score_mode", default: "dot")
      var parameters: [(role: String, tensor: KerasTensor)] = []
      if useScale { parameters.append(("scale", try site.weight("scale").reshaped([]))) }
      if mode == "concat" {
        parameters.append(("concat_score_weight", try site.weight("concat_score_weight").reshaped([])))
      }
      return try scored(site, "attention", ["use_scale": .bool(useScale), "score_mode": .string(mode)], parameters)
    },
    KerasClass(
      "AdditiveAttention", "additive_attention", masks: .own,
      variables: { settings throws(ModelError) in
        try settings.bool("use_scale", default: true) ? [KerasVariable("scale")] : []
      }
    ) { site throws(ModelError) in
      let useScale = try site.settings.bool("use_scale", default: true)
      return try scored(
        site, "additive_attention", ["use_scale": .bool(useScale)],
        useScale ? [("scale", try site.weight("scale"))] : [])
    },
    KerasClass(
      "MultiHeadAttention", "multi_head_attention", "einsum_dense", "matmul", "softmax", masks: .own,
      limits: "causal masks of open extents where scores or axes are asked for",
      variables: { settings throws(ModelError) in try projections(settings) }, convert: multiHead),
    KerasClass(
      "GroupedQueryAttention", "grouped_query_attention", "einsum_dense", "matmul", "softmax", masks: .own,
      limits: "causal masks of open extents where scores are asked for",
      variables: { settings throws(ModelError) in try projections(settings) }, convert: grouped),
  ]

  // MARK: Over values as they are

  private static func scored(
    _ site: KerasSite, _ kind: String, _ base: JSONObject, _ parameters: [(role: String, tensor: KerasTensor)]
  ) throws(ModelError) -> [KerasValue] {
    var fields = base
    let settings = site.settings
    settings.ignore("dropout")
    let causal = try settings.bool("causal", default: false)
    let isCausal = causal || site.isTrue("use_causal_mask")
    if isCausal { fields["use_causal_mask"] = true }
    let inputs = site.inputs
    guard inputs.count == 2 || inputs.count == 3 else { throw settings.unsupported("\(inputs.count) inputs") }
    var values: [KerasValue] = []
    for input in inputs { values.append(try site.computed(input)) }
    var given: [KerasArgument] = []
    if case .list(let items)? = site.call["mask"] { given = items }
    let queryMask = site.value(given.first) ?? inputs[0].mask
    let valueMask = site.value(given.dropFirst().first) ?? inputs[1].mask
    if site.isTrue("return_attention_scores") {
      let composed = KerasScoredAttention(
        site: site, query: values[0], value: values[1], key: values.last ?? values[1], queryMask: queryMask,
        valueMask: valueMask, isCausal: isCausal)
      let isAdditive = kind == "additive_attention" || parameters.contains { $0.role == "concat_score_weight" }
      let outputs = try composed.outputs(isAdditive: isAdditive, parameters)
      return [outputs[0].masked(by: queryMask), outputs[1]]
    }
    if let queryMask {
      fields["use_query_mask"] = true
      values.append(queryMask)
    }
    if let valueMask {
      fields["use_value_mask"] = true
      values.append(valueMask)
    }
    return try site.add(kind, fields, values, parameters).map { $0.masked(by: queryMask) }
  }

  // MARK: With projections

  private static func projections(_ settings: KerasSettings) throws(ModelError) -> [KerasVariable] {
    let useBias = try settings.bool("use_bias", default: true)
    let gate = try settings.bool("use_gate", default: false) ? ["gate"] : []
    return (["query", "key"] + gate + ["value", "output"]).flatMap { part in
      (useBias ? ["kernel", "bias"] : ["kernel"]).map { KerasVariable("\(part)_dense/\($0)") }
    }
  }

  private static func parameters(_ site: KerasSite) throws(ModelError) -> [(role: String, tensor: KerasTensor)] {
    var list: [(role: String, tensor: KerasTensor)] = []
    let gate = try site.settings.bool("use_gate", default: false) ? ["gate"] : []
    for part in ["query", "key", "value", "output"] + gate {
      list.append(("\(part)_weights", try site.weight("\(part)_dense/kernel")))
      if try site.settings.bool("use_bias", default: true) {
        list.append(("\(part)_biases", try site.weight("\(part)_dense/bias")))
      }
    }
    return list
  }

  private static func multiHead(_ site: KerasSite) throws(ModelError) -> [KerasValue] {
    let settings = site.settings
    let key = try settings.int("key_dim")
    var fields: JSONObject = ["num_heads": JSONValue(try settings.int("num_heads")), "key_dim": JSONValue(key)]
    if settings.value("value_dim") != nil { fields["value_dim"] = JSONValue(try settings.int("value_dim")) }
    if settings.value("output_shape") != nil { fields["output_shape"] = integers(try settings.ints("output_shape")) }
    let rank = (site.first ?? site.value(site.call["query"]))?.type.rank ?? 3
    let axes =
      settings.value("attention_axes") == nil ? Array(1..<max(rank - 1, 1)) : try settings.ints("attention_axes")
    settings.ignore("dropout", "flash_attention", "query_shape", "key_shape", "value_shape")
    let outputs = try headed(site, "multi_head_attention", fields, axes: axes, size: key)
    if site.conversion.isSince(3, 8) {
      let named = ["query", "value", "key"].compactMap { site.value(site.call[$0]) }
      for value in site.inputs + named { site.conversion.bare(value) }
    }
    return outputs
  }

  private static func grouped(_ site: KerasSite) throws(ModelError) -> [KerasValue] {
    let settings = site.settings
    let size = try settings.int("head_dim")
    let (queries, keys) = (try settings.int("num_query_heads"), try settings.int("num_key_value_heads"))
    settings.ignore("dropout", "flash_attention")
    guard keys > 0, queries % keys == 0 else {
      throw settings.unsupported("\(queries) heads of queries for \(keys) of keys")
    }
    let fields: JSONObject = [
      "head_dim": JSONValue(size), "num_query_heads": JSONValue(queries), "num_key_value_heads": JSONValue(keys),
    ]
    return try headed(
      site, "grouped_query_attention", fields, axes: [1], size: size, heads: queries, sharing: queries / keys)
  }

  private static func headed(
    _ site: KerasSite, _ kind: String, _ base: JSONObject, axes: [Int], size: Int, heads: Int = 1, sharing: Int = 1
  ) throws(ModelError) -> [KerasValue] {
    var fields = base
    let settings = site.settings
    fields["use_bias"] = .bool(try settings.bool("use_bias", default: true))
    fields["use_gate"] = .bool(try settings.bool("use_gate", default: false))
    if site.isTrue("use_causal_mask") { fields["use_causal_mask"] = true }
    if settings.value("sliding_window") != nil {
      fields["sliding_window"] = JSONValue(try settings.int("sliding_window"))
    }
    // query, value, key, each by its place or by its name.
    let places = site.inputs
    guard let query = places.first ?? site.value(site.call["query"]),
      let value = places.dropFirst().first ?? site.value(site.call["value"])
    else { throw settings.unsupported("it is called without queries and values") }
    let key = places.dropFirst(2).first ?? site.value(site.call["key"])
    var values = [try site.computed(query), try site.computed(value)]
    if let key, key.reference != value.reference { values.append(try site.computed(key)) }

    var masks: [KerasValue] = []
    let queryMask = site.value(site.call["query_mask"]) ?? query.mask
    let valueMask = site.value(site.call["value_mask"]) ?? value.mask
    let keyMask = site.value(site.call["key_mask"]) ?? key?.mask
    for (name, mask, axis) in [("query_mask", queryMask, 2), ("value_mask", valueMask, 1), ("key_mask", keyMask, 1)] {
      guard let mask, name != "key_mask" || mask.reference != valueMask?.reference else { continue }
      masks += try site.add("expand_dims", ["axes": [JSONValue(axis)]], [try site.cast(mask, to: .bool)], suffix: name)
    }
    if let given = site.value(site.call["attention_mask"]) {
      masks.append(try site.cast(given, to: .bool))
    }
    let givesScores = site.isTrue("return_attention_scores")
    if givesScores || axes != [1] || query.type.rank != 3 || masks.contains(where: { $0.type.rank != 3 }) {
      let composed = KerasHeads(
        site: site, query: values[0], value: values[1], key: values.last ?? values[1], axes: axes, heads: heads,
        size: size, sharing: sharing, masks: masks)
      let outputs = try composed.outputs()
      return [outputs[0].masked(by: query.mask)] + (givesScores ? [outputs[1]] : [])
    }
    if var mask = masks.first {
      for (position, other) in masks.dropFirst().enumerated() {
        mask = try site.add("and", [:], [mask, other], suffix: "mask_\(position + 1)")[0]
      }
      fields["use_attention_mask"] = true
      values.append(mask.masked(by: nil))
    }
    return try site.add(kind, fields, values, parameters(site)).map { $0.masked(by: query.mask) }
  }
}

extension KerasSite {
  /// Whether an argument of the call is true.
  func isTrue(_ name: String) -> Bool {
    if case .constant(let value)? = call[name] { value.bool == true || value.smallInt == 1 } else { false }
  }
}
