import NNFormat

extension KerasClass {
  /// Normalisations.
  static let normalizations: [KerasClass] = [
    KerasClass(
      "BatchNormalization", "batch_normalization", masks: .carried,
      limits: "modes 1 and 2 of Keras 1, several axes",
      variables: { settings throws(ModelError) in
        var list = try scaleAndShift(settings)
        list.append(KerasVariable("moving_mean", isTrained: false))
        list.append(KerasVariable("moving_variance", isTrained: false))
        guard try settings.bool("renorm", default: false) else { return list }
        // What only training reads.
        return list + ["moving_stddev", "renorm_mean", "renorm_stddev"].map { KerasVariable($0, isTrained: false) }
      }, convert: batch),
    KerasClass(
      "LayerNormalization", "layer_normalization", "rms_normalization", masks: .carried,
      variables: { settings throws(ModelError) in
        if try settings.bool("rms_scaling", default: false) { return [KerasVariable("gamma")] }
        return try scaleAndShift(settings)
      }, convert: layerNorm),
    KerasClass(
      "RMSNormalization", "rms_normalization", variables: { _ in [KerasVariable("scale")] }
    ) { site throws(ModelError) in
      try site.add(
        "rms_normalization",
        [
          "axes": integers(try axes(site)),
          "epsilon": JSONValue(number: try site.settings.number("epsilon", default: 1e-6)),
        ], [site.computed(site.input())], [("gamma", try site.weight("scale"))])
    },
    KerasClass("GroupNormalization", "group_normalization", masks: .carried, variables: scaleAndShift, convert: group),
    KerasClass("UnitNormalization", "unit_normalization", masks: .carried) { site throws(ModelError) in
      try site.add("unit_normalization", ["axes": integers(try axes(site))], [site.computed(site.input())])
    },
  ]

  private static let scaleAndShift: Variables = { settings throws(ModelError) in
    var list: [KerasVariable] = []
    if try settings.bool("scale", default: true) { list.append(KerasVariable("gamma")) }
    if try settings.bool("center", default: true) { list.append(KerasVariable("beta")) }
    return list
  }

  private static func axes(_ site: KerasSite) throws(ModelError) -> [Int] {
    try site.settings.ints("axis", default: -1)
  }

  private static func common(_ site: KerasSite) throws(ModelError) -> JSONObject {
    [
      "epsilon": JSONValue(number: try site.settings.number("epsilon", default: 1e-3)),
      "scale": .bool(try site.settings.bool("scale", default: true)),
      "center": .bool(try site.settings.bool("center", default: true)),
    ]
  }

  private static func gammaAndBeta(_ site: KerasSite) throws(ModelError) -> [(role: String, tensor: KerasTensor)] {
    var list: [(role: String, tensor: KerasTensor)] = []
    if try site.settings.bool("scale", default: true) { list.append(("gamma", try site.weight("gamma"))) }
    if try site.settings.bool("center", default: true) { list.append(("beta", try site.weight("beta"))) }
    return list
  }

  private static func batch(_ site: KerasSite) throws(ModelError) -> [KerasValue] {
    let settings = site.settings
    settings.ignore(
      "momentum", "synchronized", "renorm", "renorm_clipping", "renorm_momentum", "fused", "virtual_batch_size",
      "adjustment", "gamma_init", "beta_init")
    if let mode = settings.value("mode")?.smallInt, mode != 0 {
      throw settings.unsupported("mode \(mode) of Keras 1, which uses the statistics of the batch at inference")
    }
    let list = try axes(site)
    guard list.count == 1 else { throw settings.unsupported("several axes") }
    var fields = try common(site)
    fields["axis"] = JSONValue(list[0])
    return try site.add(
      "batch_normalization", fields, [site.computed(site.input())],
      gammaAndBeta(site) + [
        ("moving_mean", try site.weight("moving_mean")), ("moving_variance", try site.weight("moving_variance")),
      ])
  }

  private static func layerNorm(_ site: KerasSite) throws(ModelError) -> [KerasValue] {
    let input = try site.computed(site.input())
    var list = try axes(site)
    let rank = input.type.rank
    // Weights are in the order of the axes as given; ours in ascending order.
    let places = list.map { $0 < 0 ? $0 + rank : $0 }
    let order = places.indices.sorted { places[$0] < places[$1] }
    list = order.map { places[$0] - rank }
    var fields = try common(site)
    fields["axes"] = integers(list)
    if try site.settings.bool("rms_scaling", default: false) {
      site.settings.ignore("center", "scale")
      fields["center"] = nil
      fields["scale"] = nil
      return try site.add(
        "rms_normalization", fields, [input], [("gamma", try site.weight("gamma").permuted(order))])
    }
    var parameters: [(role: String, tensor: KerasTensor)] = []
    for (role, tensor) in try gammaAndBeta(site) { parameters.append((role, try tensor.permuted(order))) }
    return try site.add("layer_normalization", fields, [input], parameters)
  }

  private static func group(_ site: KerasSite) throws(ModelError) -> [KerasValue] {
    let input = try site.computed(site.input())
    let axis = try site.settings.int("axis", default: -1)
    let groups = try site.settings.int("groups", default: 32)
    let place = axis < 0 ? axis + input.type.rank : axis
    guard input.type.shape.indices.contains(place), let channels = input.type.shape[place].value else {
      throw site.settings.unsupported("an open number of channels")
    }
    var fields = try common(site)
    fields["axis"] = JSONValue(axis)
    fields["groups"] = JSONValue(groups == -1 ? channels : groups)
    return try site.add("group_normalization", fields, [input], gammaAndBeta(site))
  }
}
