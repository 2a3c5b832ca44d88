import NNFormat
import NNLayers

/// What a class of Keras becomes: one row of the table.
struct KerasClass: Sendable {
  /// What a layer does with the masks that Keras carries along.
  enum Masks: Sendable {
    /// The outputs have that of the first input.
    case carried
    /// The outputs have none.
    case dropped
    /// The conversion decides.
    case own
  }

  typealias Variables = @Sendable (KerasSettings) throws(ModelError) -> [KerasVariable]
  typealias Conversion = @Sendable (KerasSite) throws(ModelError) -> [KerasValue]

  /// The name of the class.
  let name: String
  /// The kinds of the catalogue that it becomes.
  let kinds: [String]
  /// What of it is not supported, in a few words; empty if nothing is.
  let limits: String
  /// Whether a kind stands in for a class of which nothing is known, so that all its arrays are taken.
  var isStandIn = false
  /// Why the class as such is refused; nil if it is not.
  let refusal: String?
  let masks: Masks
  let variables: Variables
  let convert: Conversion

  init(
    _ name: String, _ kinds: String..., masks: Masks = .dropped, limits: String = "",
    variables: @escaping Variables = { _ in [] }, convert: @escaping Conversion
  ) {
    self.name = name
    self.kinds = kinds
    self.limits = limits
    self.masks = masks
    self.variables = { settings throws(ModelError) in
      KerasLowRank.variables(try variables(settings), settings)
    }
    self.convert = convert
    refusal = nil
  }

  /// A class that cannot be converted, and why.
  init(refused name: String, because reason: String) {
    self.name = name
    kinds = []
    limits = ""
    masks = .dropped
    variables = { _ in [] }
    convert = { site throws(ModelError) in throw site.settings.unsupported(reason) }
    refusal = reason
  }

  // MARK: The table

  /// All classes, in the order of the documentation.
  static let all: [KerasClass] =
    core + convolutions + poolings + normalizations + activations + recurrent + attentions + merging + reshaping
    + preprocessing + spectrograms + resizing + dropped + regularization + refused

  private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

  /// The row of a layer's class, or of the kind that stands in for it; nil if there is none.
  static func named(_ layer: KerasLayer, _ custom: KerasCustom.Table) -> KerasClass? {
    if layer.isOperation { return KerasOperations.row(layer) }
    if let other = layer.standInNames.lazy.compactMap({ custom[$0] }).first { return standIn(layer.className, other) }
    // What a user registered may have the name of one of Keras's classes and be another.
    guard !layer.isOfUser else { return nil }
    if ["TFOpLambda", "SlicingOpLambda", "TensorFlowOpLayer"].contains(layer.className) {
      return KerasOperations.row(layer)
    }
    return byName[layer.className]
  }

  /// The weights of a layer, those of a model inside of it included.
  static func variables(
    of layer: KerasLayer, _ generation: KerasGeneration, _ custom: KerasCustom.Table
  ) throws(ModelError) -> [KerasVariable] {
    if layer.isModel {
      let network = try KerasNetwork(layer, generation: generation)
      var all: [KerasVariable] = []
      for inner in network.layers {
        all += try variables(of: inner, generation, custom).map { $0.inside(inner.name) }
      }
      return layer.isFrozen ? all.map(\.frozen) : all
    }
    let layer = KerasLegacy.modern(layer, generation)
    guard let row = named(layer, custom) else {
      throw ModelError(KerasProblem.unsupported([unknown(layer, at: layer.name)]))
    }
    let all = try row.variables(KerasSettings(layer, generation))
    return layer.isFrozen ? all.map(\.frozen) : all
  }

  /// A kind of the catalogue in the place of a user's own class.
  private static func standIn(_ name: String, _ other: KerasCustom.StandIn) -> KerasClass {
    let kind = other.kind
    var row = KerasClass(name, kind, masks: .carried) { site throws(ModelError) in
      var fields = JSONObject()
      // Settings that the kind has as fields keep their values, and so do the arguments of a function.
      let arguments = site.layer.arguments
      for field in KerasCustom.fields(of: kind) {
        let setting = site.settings.value(field)
        if let value = other.fields[field] ?? arguments[field] ?? setting { fields[field] = value }
      }
      if name == "Lambda" {
        site.settings.ignore(
          "function", "function_type", "module", "output_shape", "output_shape_type", "output_shape_module",
          "arguments",
          "mask")
      }
      let others = site.settings.takeUnread()
      if !others.isEmpty {
        site.conversion.warn(
          "'\(kind)' stands in for the layer '\(site.path)', whose settings \(others.map { "'\($0)'" }.joined(separator: ", ")) it does not have"
        )
      }
      // Its arrays are the kind's parameters, in their order.
      let inputs = site.inputs
      let node = Node(site.path, kind, fields: fields, inputs: inputs.map(\.reference))
      let roles = try LayerCatalog.standard.layer(for: node).parameters(for: inputs.map(\.type)).map(\.role)
      guard roles.count == site.arrays.count else {
        throw site.settings.unsupported(
          "it has \(site.arrays.count) weights, and '\(kind)', which is to stand in for it, has \(roles.count)")
      }
      var parameters: [(role: String, tensor: KerasTensor)] = []
      for (number, role) in roles.enumerated() { parameters.append((role, try site.weight("\(number)"))) }
      return try site.add(kind, fields, inputs, parameters)
    }
    row.isStandIn = true
    return row
  }

  /// Why a class that is not in the table is refused.
  static func unknown(_ layer: KerasLayer, at path: String) -> KerasProblem.Item {
    let near = nearest(to: layer.className, among: all.map(\.name))
    let hint = near.map { "; did the file mean '\($0)'?" } ?? ""
    return KerasProblem.Item(
      layer: path, className: layer.className,
      reason: layer.isOfUser
        ? "a class of its user's, whose code is not in the file; --custom \(layer.className)=KIND puts a kind of spec/layers.md in its place"
        : "no class that is known\(hint.isEmpty ? "; --custom \(layer.className)=KIND puts a kind of spec/layers.md in its place" : hint)"
    )
  }
}

extension KerasLayer {
  /// Whether the class is a user's own and not one of Keras.
  var isOfUser: Bool {
    let package = registeredName.split(separator: ">").dropLast().first.map(String.init) ?? ""
    // A layer of the InceptionResNetV2 of keras.applications is registered like a user's.
    if !package.isEmpty, !["keras", "Keras", "keras_hub", "TFOpLambda"].contains(package),
      registeredName != "Custom>CustomScaleLayer"
    {
      return true
    }
    let top = module.split(separator: ".").first.map(String.init) ?? ""
    return !module.isEmpty && !["keras", "tf_keras", "tensorflow"].contains(top)
  }

  /// Whether none of its weights are trained.
  var isFrozen: Bool { config["trainable"]?.bool == false }
}
