import NNFormat
import NNLayers

/// The making of a graph out of a Keras model: collects nodes, tensors, and what cannot be had.
final class KerasConversion {
  /// The generation that wrote the file.
  let generation: KerasGeneration
  /// What the file was computed with; Theano's convolutions turn their kernels round.
  let backend: String
  /// Where the weights are.
  let store: KerasStore
  /// Kinds that stand in for a user's own classes and functions.
  let custom: KerasCustom.Table
  /// The nodes so far.
  private(set) var nodes: [Node] = []
  /// The tensors so far.
  private(set) var tensors = NamedTensors()
  /// What each tensor was made of.
  private(set) var mapped: [ConversionReport.Mapping] = []
  /// The paths of the arrays that some layer has.
  private(set) var used: Set<String> = []
  /// What is not supported.
  private(set) var unsupported: [KerasProblem.Item] = []
  /// What is worth a look, in words.
  private(set) var warnings: [String] = []
  /// The values that have lost their masks.
  private var bare: Set<ValueReference> = []
  private let file: KerasFile
  private var names: UniqueNames
  private var sources: [String: [String]] = [:]

  init(
    _ file: KerasFile, store: KerasStore, custom: KerasCustom.Table, reserving names: Set<String>
  ) {
    generation = file.generation
    backend = file.backend
    self.file = file
    self.store = store
    self.custom = custom
    self.names = UniqueNames(taken: names)
  }

  /// Whether Keras 3 wrote the file, in the given release or a later one; one that is not said is taken for the newest.
  func isSince(_ major: Int, _ minor: Int) -> Bool { generation == .three && file.isSince(major, minor) }

  // MARK: Nodes

  /// Adds a node, after checking it against the catalogue.
  ///
  /// - Parameters:
  ///   - name: what to call it, if the name is free
  ///   - owner: the layer whose name its tensors have; several calls of a layer share them
  /// - Returns: its outputs, with the types that the catalogue gives them
  /// - Throws: what the catalogue says, and ``KerasProblem/wrongWeight(_:role:expected:found:)``.
  func add(
    _ name: String, _ kind: String, _ fields: JSONObject, _ inputs: [KerasValue],
    _ parameters: [(role: String, tensor: KerasTensor)], owner: String
  ) throws(ModelError) -> [KerasValue] {
    // Models that call one another twice each could make any number of nodes.
    guard nodes.count < Limits.standard.nodeCount else {
      throw ModelError(
        ModelProblem.tooMany(what: "nodes", count: nodes.count + 1, limit: Limits.standard.nodeCount))
    }
    let types = inputs.map(\.type)
    var node = Node(name, kind, fields: fields, inputs: inputs.map(\.reference))
    let layer = try LayerCatalog.standard.layer(for: node)
    node.fields = layer.encodedFields
    let wanted = try layer.parameters(for: types)
    for (role, tensor) in parameters {
      guard let parameter = wanted.first(where: { $0.role == role }) else {
        throw ModelError(LayerProblem.unknownParameter(kind: kind, role: role, known: wanted.map(\.role)))
      }
      let type = tensor.scales == nil ? parameter.type : TensorType(.i8, parameter.type.shape)
      node.parameters.append(NodeParameter(role, try add(tensor, Parameter(role, type), "\(owner)/\(role)")))
      if let scales = tensor.scales {
        let scaled = Parameter("\(role)_scales", scales.type)
        let factors = tensor.replaced(scales, "the reciprocals of its factors")
        node.parameters.append(NodeParameter(scaled.role, try add(factors, scaled, "\(owner)/\(scaled.role)")))
      }
    }
    if let missing = wanted.first(where: { parameter in !parameters.contains { $0.role == parameter.role } }) {
      throw ModelError(LayerProblem.missingParameter(kind: kind, missing))
    }
    let outputs = try layer.outputs(for: types)
    node.name = names.take(name)
    nodes.append(node)
    return outputs.enumerated().map { index, type in KerasValue(ValueReference(node.name, index), type) }
  }

  private func add(_ tensor: KerasTensor, _ wanted: Parameter, _ wish: String) throws(ModelError) -> String {
    // Layers that are called twice have one set of weights; layers whose names happen to be alike have two.
    var name = wish
    var number = 2
    while let first = sources[name] {
      if first == tensor.sources { return name }
      name = "\(wish)_\(number)"
      number += 1
    }
    sources[name] = tensor.sources
    var changing = tensor.changing
    if !changing.tensor.type.canBecome(wanted.type), changing.tensor.dataType.isFloat, wanted.type.dataType.isFloat {
      changing.cast(to: wanted.type.dataType)
    }
    guard changing.tensor.type.canBecome(wanted.type) else {
      throw ModelError(
        KerasProblem.wrongWeight(
          tensor.sources.joined(separator: ", "), role: wanted.role, expected: wanted.type, found: changing.tensor.type)
      )
    }
    let odd = tensor.isStored ? changing.tensor.nonFiniteCount : 0
    if odd > 0 {
      let owner = name.split(separator: "/").dropLast().joined(separator: "/")
      let array = tensor.sources.joined(separator: ", ")
      warn(
        odd == 1
          ? "the layer '\(owner)' has a value in '\(array)' that is NaN or infinite"
          : "the layer '\(owner)' has \(odd) values in '\(array)' that are NaN or infinite")
    }
    try tensors.append(name, changing.tensor)
    mapped.append(
      ConversionReport.Mapping(
        array: tensor.sources.joined(separator: ", "), tensor: name, type: changing.tensor.type,
        changes: changing.changes))
    return name
  }

  // MARK: Models

  /// Adds all layers of a model.
  ///
  /// - Returns: its outputs; nil for those that depend on something that is not supported
  func add(
    _ network: KerasNetwork, weights: KerasModelWeights, inputs: [KerasValue?], prefix: KerasSite.Prefix, depth: Int = 0
  ) throws(ModelError) -> [KerasValue?] {
    guard depth < KerasConversion.maximumDepth else {
      throw ModelError(KerasProblem.tooDeep(limit: KerasConversion.maximumDepth))
    }
    var values: [KerasReference: KerasValue?] = [:]
    for (reference, value) in zip(network.inputs, inputs) { values[reference] = value }
    for (layer, index, call) in try network.ordered() {
      let references = call.references
      if let missing = references.first(where: { values[$0] == nil }) {
        throw ModelError(
          KerasProblem.badConfig(reason: "the layer '\(missing.layer)' has no output \(missing.output)"))
      }
      guard references.allSatisfy({ (values[$0] ?? nil) != nil }) else {
        for output in 0..<64 { values[KerasReference(layer: layer.name, call: index, output: output)] = .some(nil) }
        try check(layer, prefix.owner, depth: depth + 1)
        continue
      }
      var given: [KerasReference: KerasValue] = [:]
      for reference in references { given[reference] = (values[reference] ?? nil).map(seen) }
      let site = KerasSite(
        self, layer, call, index, prefix: prefix, depth: depth, weights: weights[layer.name], values: given)
      var results: [KerasValue?] = []
      do throws(ModelError) {
        results = try site.run()
      } catch {
        guard case KerasProblem.unsupported(let items)? = error.problem as? KerasProblem else {
          throw error.places.contains(.node(site.path)) ? error : error.inside(.node(site.path))
        }
        note(items.map { KerasProblem.Item(layer: site.path, className: $0.className, reason: $0.reason) })
        results = [KerasValue?](repeating: nil, count: 64)
      }
      for (output, value) in results.enumerated() {
        values[KerasReference(layer: layer.name, call: index, output: output)] = .some(value)
      }
    }
    var outputs: [KerasValue?] = []
    for reference in network.outputs {
      guard let value = values[reference] else {
        throw ModelError(
          KerasProblem.badConfig(reason: "the layer '\(reference.layer)' has no output \(reference.output)"))
      }
      outputs.append(value)
    }
    return outputs
  }

  /// Takes the mask away from a value, for all that is converted from now on.
  func bare(_ value: KerasValue) { bare.insert(value.reference) }

  /// Gives a value a mask, also if it had lost one.
  func masked(_ value: KerasValue, by mask: KerasValue) -> KerasValue {
    bare.remove(value.reference)
    return value.masked(by: mask)
  }

  /// A value as the next layer sees it.
  private func seen(_ value: KerasValue) -> KerasValue {
    bare.contains(value.reference) ? value.masked(by: nil) : value
  }

  /// The deepest nesting of models and wrappers.
  static let maximumDepth = 32

  /// Looks at a layer whose inputs cannot be had, so that what it has of its own is listed too.
  private func check(_ layer: KerasLayer, _ owner: String, depth: Int) throws(ModelError) {
    if layer.isModel, depth < KerasConversion.maximumDepth {
      let network = try KerasNetwork(layer, generation: generation)
      for inner in network.layers { try check(inner, "\(owner)\(layer.name)/", depth: depth + 1) }
    } else if !layer.isModel {
      guard let row = KerasClass.named(layer, custom) else {
        return note([KerasClass.unknown(layer, at: owner + layer.name)])
      }
      guard let reason = row.refusal else { return }
      note([KerasProblem.Item(layer: owner + layer.name, className: layer.className, reason: reason)])
    }
  }

  private func note(_ items: [KerasProblem.Item]) {
    for item in items where !unsupported.contains(item) { unsupported.append(item) }
  }

  /// Adds what is worth a look, once.
  func warn(_ text: String) {
    if !warnings.contains(text) { warnings.append(text) }
  }

  /// Notes that arrays belong to a layer.
  func use(_ arrays: some Sequence<KerasArray>) { used.formUnion(arrays.map(\.name)) }
}
