import NNFormat

extension ExportTable {
  /// Recurrent layers.
  static let recurrent: [String: Conversion] = [
    "simple_rnn": { site throws(ModelError) in
      try recur(site, "SimpleRNN", site.settings("units"))
    },
    "gru": { site throws(ModelError) in
      let after = site.bool("reset_after")
      try site.require(
        site.bool("use_recurrent_bias") == (after && site.bool("use_bias")),
        after ? "a bias of only one of the shares, with reset_after" : "recurrent biases without reset_after")
      return try recur(site, "GRU", site.settings("units", "reset_after"))
    },
    "lstm": { site throws(ModelError) in
      for name in ["input_forget", "use_peepholes"] { try site.require(!site.bool(name), name) }
      try site.require(site.int("projection_size") == 0, "a projection_size")
      try site.require(
        site.fields["activation"] == site.fields["output_activation"], "an output_activation other than the activation")
      return try recur(site, "LSTM", site.settings("units"))
    },
    "conv_lstm": { site throws(ModelError) in
      let rank = site.rank - 3
      func extents(_ name: String) -> [Int] {
        site.ints(name).isEmpty ? [Int](repeating: 1, count: rank) : site.ints(name)
      }
      var settings = site.settings("filters", "kernel_size", "padding", "data_format")
      let (strides, rate) = (extents("strides"), extents("dilation_rate"))
      try site.require(
        strides.allSatisfy { $0 == 1 } || rate.allSatisfy { $0 == 1 },
        "Keras takes strides or a dilation rate, not both")
      settings["strides"] = list(strides)
      settings["dilation_rate"] = list(rate)
      return try recur(site, "ConvLSTM\(rank)D", settings)
    },
  ]

  private static func recur(
    _ site: ExportSite, _ className: String, _ own: JSONObject
  ) throws(ModelError) -> [ExportValue] {
    if site.fields["clip"] != nil { try site.require(!site.number("clip").isFinite, "a clip") }
    try site.require(site.string("mask") != "lengths", "a mask of lengths; Keras takes one flag for each step")
    let sequences = site.bool("return_sequences")
    let direction = site.string("direction")
    var settings = own
    for name in ["use_bias", "return_sequences", "return_state", "zero_output_for_mask"] {
      settings[name] = site.fields[name]
    }
    for name in ["activation", "recurrent_activation"] where site.fields[name] != nil {
      settings[name] = try activation(name, of: site)
    }
    var named: [(name: String, argument: ExportArgument)] = []
    var further = site.inputs.dropFirst()
    let mask = site.string("mask") == "steps" ? further.popLast() : nil
    if !further.isEmpty { named.append(("initial_state", .list(further.map { .value($0) }))) }
    if let mask { named.append(("mask", .value(mask))) }
    let first = [ExportArgument.value(site.input)]
    let forward = try cell(site, "")

    let isMasked = mask != nil && sequences
    try site.require(
      !isMasked || further.isEmpty || site.bool("zero_output_for_mask"),
      "a mask with states to begin with, of which Keras's backends make different outputs before the first counted step"
    )
    let suffix = isMasked ? "masked" : nil
    switch direction {
    case "bidirectional":
      let mode = site.string("merge_mode")
      if mask != nil, sequences {
        try site.require(
          site.bool("zero_output_for_mask"), "no zero_output_for_mask, which two directions always have in Keras")
      }
      let isPlanes = className.hasPrefix("Conv") && site.string("data_format") == "channels_first"
      try site.require(!(isPlanes && mode == "concat"), "merge_mode concat where channels come first")
      settings["name"] = "forward"
      settings["dtype"] = ExportSite.policy(site.output.dataType)
      let layer: JSONValue = [
        "module": "keras.layers", "class_name": .string(className), "config": .object(settings),
        "registered_name": .null,
      ]
      let weights =
        forward.map { $0.inside("forward_layer/cell") }
        + (try cell(site, "backward_").map { $0.inside("backward_layer/cell") })
      let outputs = try site.layer(
        "Bidirectional", ["layer": layer, "merge_mode": mode == "none" ? .null : .string(mode)], weights, first,
        named: named, suffix: suffix)
      return try unmasked(site, outputs, isMasked ? (mode == "none" ? 2 : 1) : 0)
    case "backward":
      settings["go_backwards"] = true
      let weights = forward.map { $0.inside("cell") }
      if !sequences || site.bool("reversed_output") {
        let outputs = try site.layer(className, settings, weights, first, named: named, suffix: suffix)
        return try unmasked(site, outputs, isMasked ? 1 : 0)
      }
      var outputs = try site.layer(className, settings, weights, first, named: named, suffix: "backward")
      let index = [slice(nil, nil, nil), slice(nil, nil, -1)]
      outputs[0] = try site.step("numpy.GetItem", [:], .value(outputs[0]), .list(index), as: nil).values[0]
      return outputs
    default:
      let outputs = try site.layer(
        className, settings, forward.map { $0.inside("cell") }, first, named: named, suffix: suffix)
      return try unmasked(site, outputs, isMasked ? 1 : 0)
    }
  }

  /// The outputs, of which the first ones no longer carry a mask, which later layers in Keras would take by themselves.
  static func unmasked(_ site: ExportSite, _ outputs: [ExportValue], _ count: Int) throws(ModelError) -> [ExportValue] {
    var outputs = outputs
    for place in 0..<count {
      // Operations drop masks, and this one gives a new tensor in any case.
      outputs[place] = try site.operation(
        "numpy.GetItem", [:], [.value(outputs[place]), .list([slice(nil, nil, nil)])], types: [outputs[place].type])[0]
    }
    return outputs
  }

  /// The weights of one direction as a cell of Keras has them.
  private static func cell(_ site: ExportSite, _ prefix: String) throws(ModelError) -> [ExportWeight] {
    var weights = try site.weights("\(prefix)kernel", "\(prefix)recurrent_kernel", "\(prefix)biases")
    guard let further = try site.weights("\(prefix)recurrent_biases").first, weights.count == 3 else { return weights }
    let width = weights[2].tensor.tensor.shape.count
    let rows = try [weights[2], further].map { (weight) throws(ModelError) in
      try weight.tensor.tensor.reshaped([1, width])
    }
    weights[2].tensor.replace(
      try Tensor.joined(rows, axis: 0), .arranged("row 0 of 2; row 1 is \(further.name)"))
    return weights
  }
}
