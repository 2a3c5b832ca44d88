import NNFormat

extension ExportTable {
  /// Attention.
  static let attentions: [String: Conversion] = [
    "attention": { site throws(ModelError) in
      try scored(
        site, "Attention", site.settings("use_scale", "score_mode"),
        try site.weights("scale", "concat_score_weight"))
    },
    "additive_attention": { site throws(ModelError) in
      try scored(site, "AdditiveAttention", site.settings("use_scale"), try site.weights("scale"))
    },
    "multi_head_attention": { site throws(ModelError) in
      var settings = site.settings("num_heads", "key_dim", "use_bias", "use_gate")
      if site.int("value_dim") > 0 { settings["value_dim"] = site.fields["value_dim"] }
      if !site.ints("output_shape").isEmpty { settings["output_shape"] = list(site.ints("output_shape")) }
      return try headed(site, "MultiHeadAttention", settings)
    },
    "grouped_query_attention": { site throws(ModelError) in
      try headed(
        site, "GroupQueryAttention",
        site.settings("head_dim", "num_query_heads", "num_key_value_heads", "use_bias", "use_gate"))
    },
  ]

  private static func scored(
    _ site: ExportSite, _ className: String, _ settings: JSONObject, _ weights: [ExportWeight]
  ) throws(ModelError) -> [ExportValue] {
    var values = site.inputs
    let valueMask = site.bool("use_value_mask") ? values.popLast() : nil
    let queryMask = site.bool("use_query_mask") ? values.popLast() : nil
    var named: [(name: String, argument: ExportArgument)] = []
    if queryMask != nil || valueMask != nil {
      try site.require(site.rank == 3, "masks for queries of a rank above 3")
      let masks: [ExportArgument] = [queryMask, valueMask].map { $0.map { .value($0) } ?? .json(.null) }
      named.append(("mask", .list(masks)))
    }
    if site.bool("use_causal_mask") { named.append(("use_causal_mask", .json(true))) }
    let outputs = try site.layer(
      className, settings, weights, [.list(values.map { .value($0) })], named: named,
      suffix: queryMask == nil ? nil : "masked")
    return try unmasked(site, outputs, queryMask == nil ? 0 : 1)
  }

  private static func headed(
    _ site: ExportSite, _ className: String, _ base: JSONObject
  ) throws(ModelError) -> [ExportValue] {
    var settings = base
    let window = site.int("sliding_window")
    if window > 0 { settings["sliding_window"] = JSONValue(window) }
    var weights: [ExportWeight] = []
    // The order does not matter: each is an object of its own.
    for part in ["query", "key", "value", "gate", "output"] {
      let owner = className == "MultiHeadAttention" ? "\(part)_dense" : "_\(part)_dense"
      weights += try site.weights("\(part)_weights", "\(part)_biases").map { $0.inside(owner) }
    }
    var values = site.inputs
    let mask = site.bool("use_attention_mask") ? values.popLast() : nil
    var named: [(name: String, argument: ExportArgument)] = []
    if let mask { named.append(("attention_mask", .value(mask))) }
    if site.bool("use_causal_mask") { named.append(("use_causal_mask", .json(true))) }
    return try site.layer(className, settings, weights, values.map { .value($0) }, named: named)
  }
}
