import NNFormat

extension KerasClass {
  /// Preprocessing that computes with numbers.
  static let preprocessing: [KerasClass] = [
    KerasClass("Rescaling", "rescaling", "multiply", "add", masks: .carried) { site throws(ModelError) in
      let input = try site.computed(site.input())
      let (scale, offset) = (site.settings.value("scale") ?? 1.0, site.settings.value("offset") ?? 0.0)
      if let factor = scale.number, let summand = offset.number {
        return try site.add(
          "rescaling", ["scale": JSONValue(number: factor), "offset": JSONValue(number: summand)], [input])
      }
      // One for each channel.
      let factors = try site.constant(scale, input.type.dataType, suffix: "scale")
      let summands = try site.constant(offset, input.type.dataType, suffix: "offset")
      let product = try site.add("multiply", [:], [input, factors], suffix: "product")[0]
      return try site.add("add", [:], [product, summands])
    },
    KerasClass(
      "Normalization", "normalization", masks: .carried,
      variables: { settings throws(ModelError) in
        guard settings.value("mean") == nil else { return [] }
        return ["mean", "variance", "count"].map { KerasVariable($0, isTrained: false) }
      }, convert: normalization),
    KerasClass("CategoryEncoding", "category_encoding", "reshape") { site throws(ModelError) in
      try encoded(
        site, site.input(), try site.settings.int("num_tokens"),
        try site.settings.string("output_mode", default: "multi_hot"))
    },
    KerasClass("Discretization", "discretization", "category_encoding") { site throws(ModelError) in
      let settings = site.settings
      settings.ignore("num_bins", "epsilon", "sparse")
      guard let json = settings.value("bin_boundaries")?.array else {
        throw settings.unsupported("boundaries that are not in its settings")
      }
      let bins = try site.add(
        "discretization", ["bin_boundaries": .array(json)], [site.computed(site.input())],
        suffix: try settings.string("output_mode", default: "int") == "int" ? nil : "bins")[0]
      let mode = try settings.string("output_mode", default: "int")
      return mode == "int" ? [bins] : try encoded(site, bins, json.count + 1, mode)
    },
    KerasClass(
      "IntegerLookup", "equal", "reduce_sum", "category_encoding",
      limits: "inverse lookups, 'tf_idf', several indices for what is not in the vocabulary or none",
      convert: KerasLookup.indices),
    KerasClass("AutoContrast", "rescaling", "reduce_min", "reduce_max", "multiply", "where", convert: stretched),
  ]

  /// Each channel of each image stretched until its extremes are those of the range.
  private static func stretched(_ site: KerasSite) throws(ModelError) -> [KerasValue] {
    let settings = site.settings
    settings.ignore("factor", "bounding_box_format", "data_format", "value_range")
    let ends = settings.layer.config["value_range"].map { KerasSettings.numbers($0) } ?? [0, 255]
    guard ends.count == 2, ends[0] != ends[1] else { throw settings.unsupported("a range that is none") }
    let (low, width) = (min(ends[0], ends[1]), abs(ends[1] - ends[0]))
    let input = try site.computed(site.input())
    guard input.type.rank >= 3 else { throw settings.unsupported("an image of \(input.type.rank) dimensions") }
    func scaled(
      _ value: KerasValue, _ scale: Double, _ offset: Double, _ suffix: String
    ) throws(ModelError) -> KerasValue {
      let fields: JSONObject = ["scale": JSONValue(number: scale), "offset": JSONValue(number: offset)]
      return try site.add("rescaling", fields, [value], suffix: suffix)[0]
    }
    let isBytes = low == 0 && width == 255
    let image = isBytes ? input : try scaled(input, 255 / width, -low * 255 / width, "bytes")
    // The two axes behind the images'.
    let axes: JSONObject = ["axes": integers(input.type.rank == 3 ? [0, 1] : [1, 2]), "keepdims": true]
    let least = try site.add("reduce_min", axes, [image], suffix: "least")[0]
    let greatest = try site.add("reduce_max", axes, [image], suffix: "greatest")[0]
    let distance = try site.add("subtract", [:], [greatest, least], suffix: "distance")[0]
    let full = try site.constant([255], [], image.type.dataType, suffix: "full")
    let factor = try site.add("divide", [:], [full, distance], suffix: "factor")[0]
    let start = try site.add(
      "neg", [:], site.add("multiply", [:], [least, factor], suffix: "start"), suffix: "offset")[0]
    let product = try site.add("multiply", [:], [image, factor], suffix: "product")[0]
    let sum = try site.add("add", [:], [product, start], suffix: "sum")
    var result = try site.add("clip", ["min": 0.0, "max": 255.0], sum, suffix: "clipped")[0]
    if !isBytes { result = try scaled(result, width / 255, low, "range") }
    // A channel of one value stays as it is.
    let isNone = try site.add("not_equal", [:], [result, result], suffix: "is_none")[0]
    return try site.add("where", [:], [isNone, input, result])
  }

  /// Indices as the counts, or the presence, of each.
  static func encoded(
    _ site: KerasSite, _ given: KerasValue, _ count: Int, _ mode: String
  ) throws(ModelError) -> [KerasValue] {
    site.settings.ignore("sparse")
    var input = given.type.dataType.isFloat ? try site.cast(given, to: .i32) : given
    var values: [KerasValue] = []
    if mode == "one_hot" {
      if input.type.rank > 1, input.type.shape.last == .known(1) {
        input = try site.add("squeeze", ["axes": [-1]], [input], suffix: "squeezed")[0]
      }
    } else if let weights = site.value(site.call["count_weights"]) {
      values.append(try site.computed(weights))
    }
    guard ["one_hot", "multi_hot", "count"].contains(mode) else {
      throw site.settings.unsupported("the output mode '\(mode)'")
    }
    return try site.add(
      "category_encoding",
      ["num_tokens": JSONValue(count), "output_mode": .string(mode), "dtype": .string(site.computeType.rawValue)],
      [input] + values)
  }

  private static func normalization(_ site: KerasSite) throws(ModelError) -> [KerasValue] {
    let settings = site.settings
    let input = try site.computed(site.input())
    let rank = input.type.rank
    let axes = settings.value("axis") == nil ? [] : try settings.ints("axis")
    let places = axes.compactMap { input.place(of: $0) }.sorted()
    guard places.count == axes.count else {
      throw settings.unsupported("axes that the input, of rank \(rank), does not have")
    }
    let extents = places.map { input.type.shape[$0].value ?? 1 }
    let size = try Shape(extents).count
    func constant(_ name: String) throws(ModelError) -> KerasTensor {
      if let json = settings.value(name) {
        let list = KerasSettings.numbers(json)
        let count = size
        guard list.count == count || list.count == 1 && count <= 1 << 24 else {
          throw settings.unsupported("a '\(name)' of \(list.count) numbers for \(count)")
        }
        let all = list.count == count ? list : [Double](repeating: list[0], count: count)
        return KerasTensor(
          try Tensor(all, try Shape(extents)).cast(to: .f32).tensor, madeFrom: "the setting '\(name)'", isStored: true)
      }
      return try site.weight(name).reshaped(extents)
    }
    return try site.add(
      "normalization",
      ["axes": integers(places), "invert": .bool(try settings.bool("invert", default: false))], [input],
      [("mean", try constant("mean")), ("variance", try constant("variance"))])
  }
}

extension KerasSettings {
  /// All numbers in nested lists, in order.
  static func numbers(_ json: JSONValue) -> [Double] {
    if let number = json.number ?? json.bool.map({ $0 ? 1 : 0 }) { return [number] }
    return (json.array ?? json.object?["config"]?.object?["value"]?.array ?? []).flatMap(numbers)
  }
}
