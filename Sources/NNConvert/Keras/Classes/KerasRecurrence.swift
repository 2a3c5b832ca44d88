import NNFormat

/// The conversion of recurrent layers: one direction, two, and stacks of cells.
enum KerasRecurrence {
  /// The kind and the letters of a class's gates.
  private static func kind(_ className: String) -> String? {
    switch className {
    case "SimpleRNN", "SimpleRNNCell": "simple_rnn"
    case "GRU", "GRUCell", "CuDNNGRU", "GRUCellV1", "GRUCellV2": "gru"
    case "LSTM", "LSTMCell", "CuDNNLSTM", "LSTMCellV1", "LSTMCellV2": "lstm"
    case "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D", "ConvLSTM2DCell": "conv_lstm"
    default: nil
    }
  }

  /// The weights of one cell, or before Keras 2 three for each gate.
  static func cellWeights(_ settings: KerasSettings) throws(ModelError) -> [KerasVariable] {
    let gates = KerasGates.stored(settings.layer.className)
    if KerasGates.areApart(settings) {
      return gates.flatMap { gate in ["W", "U", "b"].map { KerasVariable("\($0)_\(gate)") } }
    }
    return try KerasClass.withBias(["kernel", "recurrent_kernel"], settings)
  }

  // MARK: One direction

  static func layer(_ site: KerasSite) throws(ModelError) -> [KerasValue] {
    var fields = try fields(site.settings, site.conversion.custom)
    let backward = try site.settings.bool("go_backwards", default: false)
    if backward {
      fields["direction"] = "backward"
      if fields["return_sequences"] == true { fields["reversed_output"] = true }
    }
    let gates = try KerasGates(site.settings, site.arrays, owner: "cell", backend: site.conversion.backend)
    return try emit(site, site.settings, fields, gates.parameters, suffix: nil)
  }

  /// The fields that a layer of one direction has.
  private static func fields(_ settings: KerasSettings, _ custom: KerasCustom.Table) throws(ModelError) -> JSONObject {
    let className = settings.layer.className
    guard let kind = kind(className) else { throw settings.unsupported("a cell of the class \(className)") }
    let isCuDNN = className.hasPrefix("CuDNN")
    var fields: JSONObject = [:]
    if kind == "conv_lstm" {
      let rank = Int(className.filter(\.isNumber)) ?? 2
      fields["filters"] = JSONValue(try settings.int("filters"))
      fields["kernel_size"] = KerasClass.integers(try settings.ints("kernel_size", count: rank))
      fields["strides"] = KerasClass.integers(try settings.ints("strides", count: rank, default: 1))
      fields["dilation_rate"] = KerasClass.integers(try settings.ints("dilation_rate", count: rank, default: 1))
      fields["padding"] = .string(try settings.string("padding", default: "valid"))
      fields["data_format"] = try settings.channelsFirst() ? "channels_first" : "channels_last"
    } else {
      fields["units"] = JSONValue(try settings.int("units"))
    }
    let activation =
      isCuDNN ? "tanh" : try KerasActivation.field(settings.value("activation"), settings, custom)
    fields["activation"] = activation
    if kind == "lstm" { fields["output_activation"] = activation }
    if kind != "simple_rnn" {
      fields["recurrent_activation"] =
        isCuDNN ? "sigmoid" : try KerasActivation.field(settings.value("recurrent_activation"), settings, custom)
    }
    fields["use_bias"] = .bool(try settings.bool("use_bias", default: true))
    if kind == "gru" {
      // Before Keras 2.1 there was no such setting, and the product came behind the reset.
      let isAfter = try settings.bool("reset_after", default: settings.generation == .three) || isCuDNN
      fields["reset_after"] = .bool(isAfter)
      let useBias = try settings.bool("use_bias", default: true)
      fields["use_recurrent_bias"] = .bool(isAfter && useBias)
    }
    fields["return_sequences"] = .bool(try settings.bool("return_sequences", default: false))
    fields["return_state"] = .bool(try settings.bool("return_state", default: false))
    settings.ignore(
      "stateful", "dropout", "recurrent_dropout", "unit_forget_bias", "time_major", "use_cudnn", "cell",
      "zero_output_for_mask",
      "go_backwards", "data_format", "rank", "states", "constants")
    if settings.layer.config["time_major"]?.bool == true { throw settings.unsupported("time_major") }
    return fields
  }

  /// Adds the node, with masks and states as they come.
  private static func emit(
    _ site: KerasSite, _ settings: KerasSettings, _ base: JSONObject,
    _ parameters: [(role: String, tensor: KerasTensor)], suffix: String?, inputs given: [KerasValue]? = nil,
    zeroOutput: Bool? = nil
  ) throws(ModelError) -> [KerasValue] {
    var fields = base
    let all = given ?? site.inputs
    guard let first = all.first else { throw settings.unsupported("it is called without a value of the graph") }
    var inputs = [try site.computed(first)]
    // Keras 2 lists states behind the input, Keras 3 passes them under their name.
    var states = Array(all.dropFirst())
    if states.isEmpty { states = site.valueList(site.call["initial_state"]) }
    if !states.isEmpty {
      fields["initial_state"] = true
      for state in states { inputs.append(try site.computed(state)) }
    }
    if settings.layer.config["stateful"]?.bool == true {
      site.conversion.warn(
        "the layer '\(site.path)' keeps its states from call to call in Keras; here they begin at zero in each call, as after "
          + "reset_states()")
    }
    let mask = site.value(site.call["mask"]) ?? first.mask
    if let mask {
      fields["mask"] = "steps"
      inputs.append(mask.type.dataType == .bool ? mask : try site.cast(mask, to: .bool))
      let zero = try settings.bool("zero_output_for_mask", default: false)
      if zeroOutput ?? zero {
        fields["zero_output_for_mask"] = true
      } else if !states.isEmpty, fields["return_sequences"] == true {
        site.conversion.warn(
          "the layer '\(site.path)' has a mask and states to begin with; before the first step that counts it gives the state, as "
            + "Keras on JAX; on TensorFlow and PyTorch it gives 0")
      }
    }
    guard let kind = kind(settings.layer.className) else { throw settings.unsupported("its cell is not known") }
    let outputs = try site.add(kind, fields, inputs, parameters, suffix: suffix)
    let carries = fields["return_sequences"] == true
    return outputs.enumerated().map { $0.offset == 0 && carries ? $0.element.masked(by: mask) : $0.element }
  }

  // MARK: Two directions

  static func bidirectional(_ site: KerasSite) throws(ModelError) -> [KerasValue] {
    guard let json = site.settings.value("layer") else { throw site.settings.unsupported("it wraps nothing") }
    let layer = KerasLegacy.modern(try KerasLayer(json), site.conversion.generation)
    let backward = try backwardLayer(site, layer)
    guard kind(layer.className) != nil, isMirrored(layer, backward) else {
      return try KerasDirections.separate(site, layer, backward)
    }
    let settings = KerasSettings(layer, site.conversion.generation)
    var fields = try fields(settings, site.conversion.custom)
    fields["direction"] = "bidirectional"
    let mode = site.settings.value("merge_mode")?.string ?? "none"
    let isChannelsFirst = fields["data_format"] == "channels_first"
    fields["merge_mode"] = .string(isChannelsFirst && mode == "concat" ? "none" : mode)
    let backend = site.conversion.backend
    var parameters = try KerasGates(settings, site.arrays, owner: ownerOf(layer, "forward_layer"), backend: backend)
      .parameters
    parameters += try KerasGates(settings, site.arrays, owner: ownerOf(layer, "backward_layer"), backend: backend)
      .parameters.map { ("backward_\($0.role)", $0.tensor) }
    site.settings.ignore("return_sequences", "return_state", "stateful", "zero_output_for_mask", "go_backwards")
    // Since 2.2 both directions give zeros at steps that do not count, where they return sequences.
    let zero = fields["return_sequences"] == true
    var outputs = try emit(site, settings, fields, parameters, suffix: nil, zeroOutput: zero)
    if isChannelsFirst && mode == "concat" {
      let joined = try site.add("concatenate", ["axis": -1], Array(outputs.prefix(2)), suffix: "concat")[0]
      outputs = [joined.masked(by: outputs[0].mask)] + outputs.dropFirst(2)
    }
    return outputs
  }

  /// The second direction: as the file gives it, or the first one turned round.
  private static func backwardLayer(_ site: KerasSite, _ layer: KerasLayer) throws(ModelError) -> KerasLayer {
    if let other = site.settings.value("backward_layer") {
      return KerasLegacy.modern(try KerasLayer(other), site.conversion.generation)
    }
    var config = layer.config
    config["go_backwards"] = .bool(layer.config["go_backwards"]?.bool != true)
    return layer.with(config)
  }

  /// Whether two directions are one layer that goes both ways.
  private static func isMirrored(_ layer: KerasLayer, _ backward: KerasLayer) -> Bool {
    let settings = [
      "units", "filters", "kernel_size", "activation", "recurrent_activation", "use_bias", "reset_after",
      "return_state",
      "return_sequences",
    ]
    return backward.className == layer.className && settings.allSatisfy { backward.config[$0] == layer.config[$0] }
      && layer.config["go_backwards"]?.bool != true && backward.config["go_backwards"]?.bool == true
  }

  private static func ownerOf(_ layer: KerasLayer, _ direction: String) -> String { "\(direction)/cell" }

  // MARK: Cells

  /// The cells of an `RNN`, one or a stack, and what owns the weights of each.
  static func cells(_ settings: KerasSettings) throws(ModelError) -> [(layer: KerasLayer, owner: String)] {
    guard let json = settings.value("cell") else { throw settings.unsupported("it has no cell") }
    let cell = try KerasLayer(json)
    guard cell.className == "StackedRNNCells" else { return [(cell, "cell")] }
    guard let list = cell.config["cells"]?.array, !list.isEmpty else {
      throw settings.unsupported("a stack without cells")
    }
    var result: [(layer: KerasLayer, owner: String)] = []
    var counts: [String: Int] = [:]
    for item in list {
      let inner = try KerasLayer(item)
      let name = KerasModelWeights.snakeCase(inner.className)
      let count = counts[name, default: 0]
      counts[name] = count + 1
      result.append((inner, "cell/cells/\(count == 0 ? name : "\(name)_\(count)")"))
    }
    return result
  }

  /// Cells one above the other are layers one after another, of which all but the last return sequences.
  static func stack(_ site: KerasSite) throws(ModelError) -> [KerasValue] {
    let settings = site.settings
    let cells = try cells(settings)
    let sequences = try settings.bool("return_sequences", default: false)
    let returnsState = try settings.bool("return_state", default: false)
    let backward = try settings.bool("go_backwards", default: false)
    settings.ignore("stateful", "time_major", "zero_output_for_mask", "num_constants", "constants")
    let states = Array(site.inputs.dropFirst()) + site.valueList(site.call["initial_state"])
    guard states.isEmpty || cells.count == 1, !(backward && cells.count > 1 && sequences) else {
      throw settings.unsupported("states or a backward direction of a stack of cells")
    }
    var value = try site.input()
    var finals: [KerasValue] = []
    for (position, (cell, owner)) in cells.enumerated() {
      let inner = KerasSettings(cell, site.conversion.generation)
      var fields = try fields(inner, site.conversion.custom)
      try inner.finish()
      let isLast = position == cells.count - 1
      fields["return_sequences"] = .bool(sequences || !isLast)
      fields["return_state"] = .bool(returnsState)
      if backward, position == 0 {
        fields["direction"] = "backward"
        if fields["return_sequences"] == true { fields["reversed_output"] = true }
      }
      let gates = try KerasGates(inner, site.arrays, owner: owner, backend: site.conversion.backend)
      let outputs = try emit(
        site, inner, fields, gates.parameters, suffix: isLast ? nil : "cell_\(position + 1)", inputs: [value] + states,
        zeroOutput: try settings.bool("zero_output_for_mask", default: false))
      value = outputs[0]
      finals += outputs.dropFirst()
    }
    return [value] + finals
  }
}
