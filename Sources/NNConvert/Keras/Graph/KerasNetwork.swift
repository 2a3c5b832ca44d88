import NNFormat

/// A model of layers: what is called with what, in which order.
///
/// A Sequential is read as the chain that it is, so that both kinds of models are one from here on.
struct KerasNetwork {
  /// The name of the model.
  let name: String
  /// The layers, in the order of the file, which that of the weights follows.
  private(set) var layers: [KerasLayer] = []
  /// The calls of each layer, by its name.
  private(set) var calls: [String: [KerasCall]] = [:]
  /// The inputs, in order.
  private(set) var inputs: [KerasReference] = []
  /// The outputs, in order.
  private(set) var outputs: [KerasReference] = []
  /// Whether it is a chain.
  let isSequential: Bool

  /// Reads the settings of a model.
  ///
  /// - Parameter inputName: what to call the input of a chain that has no layer for it
  /// - Throws: ``KerasProblem`` if it does not have the form that some release of Keras gives it.
  init(
    _ model: KerasLayer, generation: KerasGeneration, inputName: String = "input"
  ) throws(ModelError) {
    guard let list = model.config["layers"]?.array else {
      throw ModelError(KerasProblem.badConfig(reason: "the model '\(model.name)' has no list of layers"))
    }
    name = model.name
    isSequential = model.isChain && model.config["input_layers"] == nil
    for item in list {
      layers.append(KerasLegacy.modern(try KerasLayer(item), generation))
    }
    if isSequential {
      try chain(model, generation, inputName)
    } else {
      try connect(model, generation)
    }
    var known: Set<String> = []
    for layer in layers {
      guard !layer.name.isEmpty, known.insert(layer.name).inserted else {
        throw ModelError(
          KerasProblem.badConfig(
            reason: layer.name.isEmpty ? "a layer has no name" : "two layers have the name '\(layer.name)'"))
      }
    }
    for reference in outputs + calls.values.flatMap({ $0 }).flatMap(\.references) where !known.contains(reference.layer)
    {
      throw ModelError(KerasProblem.unknownLayer(reference.layer))
    }
  }

  // MARK: Sequential

  private mutating func chain(
    _ model: KerasLayer, _ generation: KerasGeneration, _ inputName: String
  ) throws(ModelError) {
    guard let first = layers.first else {
      throw ModelError(KerasProblem.badConfig(reason: "the model '\(name)' has no layers"))
    }
    if first.className == "Merge", let branches = first.config["layers"]?.array {
      try merge(branches, into: first, generation, inputName)
    } else {
      // The first layer says what comes in, where no InputLayer stands before it.
      if first.className != "InputLayer" { layers.insert(try inputLayer(model, before: first, inputName), at: 0) }
      inputs = [KerasReference(layer: layers[0].name, call: 0, output: 0)]
    }
    let start = layers.firstIndex { $0.name == (inputs.count == 1 ? inputs[0].layer : first.name) } ?? 0
    for (previous, layer) in zip(layers[start...], layers[start...].dropFirst()) {
      calls[layer.name] = [
        KerasCall(positional: [.value(KerasReference(layer: previous.name, call: 0, output: 0))])
      ]
    }
    if let last = layers.last { outputs = [KerasReference(layer: last.name, call: 0, output: 0)] }
  }

  /// Puts the chains that a first layer of Keras 1 joins before it.
  private mutating func merge(
    _ branches: [JSONValue], into layer: KerasLayer, _ generation: KerasGeneration, _ inputName: String
  ) throws(ModelError) {
    var before: [KerasLayer] = []
    var ends: [KerasArgument] = []
    for (number, branch) in branches.enumerated() {
      let model = try KerasLayer(branch)
      guard model.isModel else {
        throw ModelError(KerasProblem.badConfig(reason: "the layer '\(layer.name)' joins what are no models"))
      }
      let inner = try KerasNetwork(model, generation: generation, inputName: "\(inputName)_\(number + 1)")
      before += inner.layers
      calls.merge(inner.calls) { first, _ in first }
      inputs += inner.inputs
      ends += inner.outputs.map { .value($0) }
    }
    layers.insert(contentsOf: before, at: 0)
    calls[layer.name] = [KerasCall(positional: [.list(ends)])]
  }

  private func inputLayer(
    _ model: KerasLayer, before first: KerasLayer, _ inputName: String
  ) throws(ModelError) -> KerasLayer {
    let settings = first.config
    // The first layer may itself be a model, which knows its input.
    let inner = try first.isModel ? KerasNetwork(first, generation: .two).inputLayer?.config : nil
    let shape =
      model.config["build_input_shape"] ?? settings["batch_input_shape"] ?? settings["batch_shape"]
      ?? inner?["batch_shape"] ?? inner?["batch_input_shape"] ?? first.buildShape
    let name = layers.contains { $0.name == inputName } ? "input_layer" : inputName
    var input: JSONObject = ["name": .string(name)]
    if let shape { input["batch_shape"] = shape }
    input["dtype"] = settings["input_dtype"] ?? inner?["dtype"] ?? KerasNetwork.inputType(of: first)
    return KerasLayer(className: "InputLayer", name: name, config: input)
  }

  /// The one layer that stands for the input of a chain.
  var inputLayer: KerasLayer? { layers.first { $0.className == "InputLayer" } }

  private static func inputType(of layer: KerasLayer) -> JSONValue {
    layer.className == "Embedding" ? "float32" : (layer.config["dtype"]?.string).map { .string($0) } ?? "float32"
  }

  // MARK: Functional

  private mutating func connect(_ model: KerasLayer, _ generation: KerasGeneration) throws(ModelError) {
    let names = Set(layers.map(\.name))
    for layer in layers {
      var list: [KerasCall] = []
      for call in layer.calls {
        list.append(
          try located(.key(layer.name)) { () throws(ModelError) in
            try KerasCalls.call(call, layers: names)
          })
      }
      calls[layer.name] = list
    }
    inputs = try KerasCalls.references(model.config["input_layers"], "input_layers")
    outputs = try KerasCalls.references(model.config["output_layers"], "output_layers")
    guard !outputs.isEmpty else {
      throw ModelError(KerasProblem.badConfig(reason: "the model '\(name)' has no outputs"))
    }
    try countFromZero(generation)
  }

  /// A nested model has a call of its own before those that others make, so that files may count its calls from 1: those of
  /// Keras 2 for every model that knows its input, those of Keras 3 for functional ones, and there among the outputs alone.
  private mutating func countFromZero(_ generation: KerasGeneration) throws(ModelError) {
    for layer in layers where layer.isModel {
      let count = calls[layer.name]?.count ?? 0
      func used(_ references: [KerasReference]) -> Set<Int> {
        Set(references.filter { $0.layer == layer.name }.map(\.call))
      }
      let (among, outside) = (used(calls.values.flatMap { $0 }.flatMap(\.references)), used(outputs))
      let isFunctional = !layer.isChain
      if generation == .three {
        if among.contains(count), !among.contains(0) { renumberCalls(of: layer.name) }
        if !outside.isEmpty, !outside.contains(0), isFunctional || outside.contains(count) {
          outputs = outputs.map { KerasNetwork.earlier($0, of: layer.name) }
        }
      } else {
        let all = among.union(outside)
        guard !all.isEmpty, !all.contains(0), all.contains(count) || isFunctional || count == all.count else {
          continue
        }
        renumberCalls(of: layer.name)
        outputs = outputs.map { KerasNetwork.earlier($0, of: layer.name) }
      }
    }
    for reference in outputs + calls.values.flatMap({ $0 }).flatMap(\.references) {
      let layer = layers.first { $0.name == reference.layer }
      let count = layer?.className == "InputLayer" ? 1 : calls[reference.layer]?.count ?? 0
      guard layer == nil || reference.call >= 0 && reference.call < count && reference.output >= 0 else {
        throw ModelError(
          KerasProblem.badConfig(reason: "call \(reference.call) of the layer '\(reference.layer)' does not exist"))
      }
    }
  }

  private static func earlier(_ reference: KerasReference, of name: String) -> KerasReference {
    guard reference.layer == name else { return reference }
    return KerasReference(layer: name, call: reference.call - 1, output: reference.output)
  }

  private mutating func renumberCalls(of name: String) {
    func moved(_ argument: KerasArgument) -> KerasArgument {
      switch argument {
      case .value(let reference): .value(KerasNetwork.earlier(reference, of: name))
      case .list(let items): .list(items.map(moved))
      case .slice(let start, let stop, let step): .slice(moved(start), moved(stop), moved(step))
      case .constant: argument
      }
    }
    calls = calls.mapValues { list in
      list.map { call in
        KerasCall(positional: call.positional.map(moved), named: call.named.map { ($0.name, moved($0.value)) })
      }
    }
  }
}
