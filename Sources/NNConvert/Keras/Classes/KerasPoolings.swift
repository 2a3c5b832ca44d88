import NNFormat

extension KerasClass {
  /// Pooling, local, global and adaptive.
  static let poolings: [KerasClass] =
    (1...3).flatMap { rank in
      [
        KerasClass("MaxPooling\(rank)D", "max_pooling") { site throws(ModelError) in
          try pooling(site, "max_pooling", rank)
        },
        KerasClass("AveragePooling\(rank)D", "average_pooling") { site throws(ModelError) in
          try pooling(site, "average_pooling", rank)
        },
        KerasClass("GlobalMaxPooling\(rank)D", "global_max_pooling") { site throws(ModelError) in
          try global(site, "global_max_pooling")
        },
        rank == 1
          ? KerasClass(
            "GlobalAveragePooling1D", "global_average_pooling", "multiply", "reduce_sum", "divide", convert: average1D)
          : KerasClass("GlobalAveragePooling\(rank)D", "global_average_pooling") { site throws(ModelError) in
            try global(site, "global_average_pooling")
          },
        KerasClass("AdaptiveMaxPooling\(rank)D", "adaptive_max_pooling") { site throws(ModelError) in
          try adaptive(site, "adaptive_max_pooling", rank)
        },
        KerasClass("AdaptiveAveragePooling\(rank)D", "adaptive_average_pooling") { site throws(ModelError) in
          try adaptive(site, "adaptive_average_pooling", rank)
        },
      ]
    }

  private static func format(_ site: KerasSite) throws(ModelError) -> JSONValue {
    try site.settings.channelsFirst() ? "channels_first" : "channels_last"
  }

  private static func pooling(_ site: KerasSite, _ kind: String, _ rank: Int) throws(ModelError) -> [KerasValue] {
    let size = try site.settings.ints("pool_size", count: rank, default: 2)
    let strides = site.settings.value("strides") == nil ? size : try site.settings.ints("strides", count: rank)
    return try site.add(
      kind,
      [
        "pool_size": integers(size), "strides": integers(strides),
        "padding": .string(try site.settings.string("padding", default: "valid")), "data_format": try format(site),
      ], [site.computed(site.input())])
  }

  private static func global(_ site: KerasSite, _ kind: String) throws(ModelError) -> [KerasValue] {
    try site.add(
      kind,
      ["keepdims": .bool(try site.settings.bool("keepdims", default: false)), "data_format": try format(site)],
      [site.computed(site.input())])
  }

  private static func adaptive(_ site: KerasSite, _ kind: String, _ rank: Int) throws(ModelError) -> [KerasValue] {
    try site.add(
      kind,
      ["output_size": integers(try site.settings.ints("output_size", count: rank)), "data_format": try format(site)],
      [site.computed(site.input())])
  }

  /// With a mask it is the mean over the steps that count: their sum by their number.
  private static func average1D(_ site: KerasSite) throws(ModelError) -> [KerasValue] {
    guard let mask = site.mask() else { return try global(site, "global_average_pooling") }
    let input = try site.computed(site.input())
    let axis = try site.settings.channelsFirst() ? 2 : 1
    let keepdims = try site.settings.bool("keepdims", default: false)
    let counted = try site.cast(mask, to: input.type.dataType)
    let weights = try site.add(
      "expand_dims", ["axes": [JSONValue(axis == 2 ? 1 : 2)]], [counted], suffix: "weights")[0]
    let weighted = try site.add("multiply", [:], [input, weights], suffix: "weighted")[0]
    let fields: JSONObject = ["axes": [JSONValue(axis)], "keepdims": .bool(keepdims)]
    let sum = try site.add("reduce_sum", fields, [weighted], suffix: "sum")[0]
    let count = try site.add("reduce_sum", fields, [weights], suffix: "count")[0]
    return try site.add("divide", [:], [sum, count])
  }
}
