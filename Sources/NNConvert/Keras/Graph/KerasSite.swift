import NNFormat
import NNLayers

/// One call of a layer, and what its conversion needs: settings, inputs, weights, and the graph to add to.
final class KerasSite {
  /// What the names of layers inside of a model begin with: for what they own, and for their nodes.
  struct Prefix {
    var owner = ""
    var node = ""
  }

  let conversion: KerasConversion
  let layer: KerasLayer
  let call: KerasCall
  let settings: KerasSettings
  /// The name of the layer behind those of the models around it.
  let path: String
  /// The same where a model around it is called a second time: the name of its node then.
  private let nodePath: String
  let depth: Int
  let weights: KerasWeights
  private let callIndex: Int
  private let values: [KerasReference: KerasValue]
  /// The arrays of the layer by the paths of its weights; set before it is converted.
  private(set) var arrays: [String: KerasArray] = [:]

  init(
    _ conversion: KerasConversion, _ layer: KerasLayer, _ call: KerasCall, _ index: Int, prefix: Prefix, depth: Int,
    weights: KerasWeights, values: [KerasReference: KerasValue]
  ) {
    self.conversion = conversion
    self.layer = layer
    self.call = call
    self.depth = depth
    self.weights = weights
    self.values = values
    callIndex = index
    path = prefix.owner + layer.nodeName
    nodePath = prefix.node + layer.nodeName
    settings = KerasSettings(layer, conversion.generation)
  }

  private init(
    inside other: KerasSite, _ layer: KerasLayer, named name: String?, inputs: [KerasValue],
    arrays: [String: KerasArray]
  ) {
    conversion = other.conversion
    self.layer = layer
    call = KerasCall(
      positional: inputs.indices.map { .value(KerasReference(layer: "", call: 0, output: $0)) }, named: other.call.named
    )
    depth = other.depth + 1
    weights = .listed([])
    values = other.values.merging(
      inputs.enumerated().map { (KerasReference(layer: "", call: 0, output: $0.offset), $0.element) }
    ) { _, new in new }
    callIndex = other.callIndex
    path = other.path + (name.map { "_\($0)" } ?? "")
    nodePath = other.nodePath + (name.map { "_\($0)" } ?? "")
    settings = KerasSettings(layer, other.conversion.generation)
    self.arrays = arrays
  }

  /// Converts the call.
  func run() throws(ModelError) -> [KerasValue?] {
    if layer.isModel { return try runModel() }
    guard let row = KerasClass.named(layer, conversion.custom) else {
      throw ModelError(KerasProblem.unsupported([KerasClass.unknown(layer, at: path)]))
    }
    if let reason = row.refusal { throw settings.unsupported(reason) }
    let variables = try row.variables(settings)
    // The layers of a model that a layer holds find their weights themselves.
    if row.isStandIn {
      arrays = try weights.all(in: conversion.store)
      conversion.use(arrays.values)
    } else if !layer.holdsModel {
      arrays = try weights.arrays(of: variables, in: conversion.store)
      conversion.use(arrays.values)
    }
    return try run(row)
  }

  private func run(_ row: KerasClass) throws(ModelError) -> [KerasValue] {
    let outputs = try row.convert(self)
    try settings.finish()
    switch row.masks {
    case .carried: return outputs.map { $0.masked(by: first?.mask) }
    case .dropped: return outputs.map { $0.masked(by: nil) }
    case .own: return outputs
    }
  }

  /// Converts a layer that is a part of this one, with its share of the weights.
  ///
  /// - Parameter name: what its name has behind this layer's, where this layer holds several
  func run(
    inner: KerasLayer, _ inputs: [KerasValue], owner: String, named name: String? = nil
  ) throws(ModelError) -> [KerasValue] {
    guard depth < KerasConversion.maximumDepth else {
      throw ModelError(KerasProblem.tooDeep(limit: KerasConversion.maximumDepth))
    }
    let inner = KerasLegacy.modern(inner, conversion.generation)
    guard let row = KerasClass.named(inner, conversion.custom) else {
      throw ModelError(KerasProblem.unsupported([KerasClass.unknown(inner, at: path)]))
    }
    if let reason = row.refusal { throw settings.unsupported(reason) }
    let share = Dictionary(
      uniqueKeysWithValues: arrays.compactMap { name, array in
        name.hasPrefix("\(owner)/") ? (String(name.dropFirst(owner.count + 1)), array) : nil
      })
    return try KerasSite(inside: self, inner, named: name, inputs: inputs, arrays: share).run(row)
  }

  private func runModel() throws(ModelError) -> [KerasValue?] {
    let masks = valueList(call["mask"])
    guard !masks.isEmpty, masks.count == inputs.count else { return try run(model: layer, inputs, owner: nil) }
    return try run(model: layer, zip(inputs, masks).map { conversion.masked($0, by: $1) }, owner: nil)
  }

  /// Converts the layers of a model that is this layer, or that this layer holds.
  func run(model: KerasLayer, _ inputs: [KerasValue], owner: String?) throws(ModelError) -> [KerasValue?] {
    let network = try KerasNetwork(model, generation: conversion.generation)
    let inner: KerasModelWeights
    switch weights {
    case .owned(let own):
      let root = owner.map { "\(own)/\($0)" } ?? own
      inner = KerasModelWeights(owned: root, layers: network.layers, in: conversion.store)
    case .listed(let list):
      let generation = conversion.generation
      let custom = conversion.custom
      inner = try KerasModelWeights(listed: list, layers: network.layers) { (layer) throws(ModelError) in
        try KerasClass.variables(of: layer, generation, custom)
      }
    }
    return try conversion.add(
      network, weights: inner, inputs: inputs, prefix: Prefix(owner: "\(path)/", node: "\(nodeName)/"), depth: depth + 1
    )
  }

  // MARK: Inputs

  /// All values that come without a name, in order; a list counts as its items.
  var inputs: [KerasValue] { call.positional.flatMap(\.references).compactMap { values[$0] } }

  /// The first value.
  var first: KerasValue? { inputs.first }

  /// The only value, or the first where further ones are optional.
  func input() throws(ModelError) -> KerasValue {
    guard let first else { throw settings.unsupported("it is called without a value of the graph") }
    return first
  }

  /// The value of an argument that is one.
  func value(_ argument: KerasArgument?) -> KerasValue? {
    guard case .value(let reference)? = argument else { return nil }
    return values[reference]
  }

  /// The values of an argument that is one or several.
  func valueList(_ argument: KerasArgument?) -> [KerasValue] {
    (argument?.references ?? []).compactMap { values[$0] }
  }

  /// The mask of the first value, or the one given for the call.
  func mask() -> KerasValue? { value(call["mask"]) ?? first?.mask }

  /// The type in which the layer computes: f64 if its policy says so, else f32.
  var computeType: DataType {
    let policy = layer.config["dtype"]
    let name = policy?.string ?? policy?.object?["config"]?.object?["name"]?.string ?? ""
    if name.contains("float16") {
      conversion.warn(
        "the layer '\(path)' has the policy '\(name)', in which Keras rounds results to 16 bits; here it computes in f32"
      )
    }
    return name.contains("float64") && !name.contains("_from_") ? .f64 : .f32
  }

  /// A value in the type in which the layer computes, as Keras casts those that are of another floating-point type.
  func computed(_ value: KerasValue) throws(ModelError) -> KerasValue {
    guard value.type.dataType != computeType else { return value }
    return try cast(value, to: computeType)
  }

  /// A value in another type.
  func cast(_ value: KerasValue, to type: DataType) throws(ModelError) -> KerasValue {
    guard value.type.dataType != type else { return value }
    return try add("cast", ["dtype": .string(type.rawValue)], [value], suffix: "cast")[0].masked(by: value.mask)
  }

  // MARK: Output

  /// The name of the layer's main node in this call.
  var nodeName: String { callIndex == 0 ? nodePath : "\(nodePath)_call_\(callIndex + 1)" }

  /// Adds a node.
  ///
  /// - Parameter suffix: what its name has behind the layer's; nil for the node that is the layer itself
  func add(
    _ kind: String, _ fields: JSONObject = JSONObject(), _ inputs: [KerasValue],
    _ parameters: [(role: String, tensor: KerasTensor)] = [], suffix: String? = nil
  ) throws(ModelError) -> [KerasValue] {
    try conversion.add(
      suffix.map { "\(nodeName)_\($0)" } ?? nodeName, kind, fields, inputs, parameters,
      owner: suffix.map { "\(path)_\($0)" } ?? path)
  }

  /// A weight of the layer.
  func weight(_ name: String) throws(ModelError) -> KerasTensor {
    guard let array = arrays[name] else {
      throw ModelError(KerasProblem.missingWeight(name, expected: [name], found: arrays.keys.sorted()))
    }
    return try KerasLowRank.adapted(KerasTensor(array), name, self)
  }

  /// Adds the activation that a setting names behind a value.
  func activated(_ value: KerasValue, setting: String = "activation") throws(ModelError) -> KerasValue {
    guard let activation = settings.value(setting) else { return value }
    return try activated(value, by: activation)
  }

  /// Adds an activation behind a value.
  func activated(_ value: KerasValue, by activation: JSONValue) throws(ModelError) -> KerasValue {
    // A layer may stand where a function is expected.
    if let object = activation.object, let layer = try? KerasLayer(activation), layer.config["name"] != nil,
      KerasClass.named(layer, conversion.custom) != nil, object["class_name"]?.string != "function"
    {
      return try run(inner: layer, [value], owner: "activation").first ?? value
    }
    if activation.string == "sparsemax" { return try KerasActivation.sparsemax(self, value) }
    let (kind, fields) = try KerasActivation.kind(activation, settings, conversion.custom)
    guard kind != Linear.kind else { return value }
    return try add(kind, fields, [value], suffix: kind)[0].masked(by: value.mask)
  }
}
