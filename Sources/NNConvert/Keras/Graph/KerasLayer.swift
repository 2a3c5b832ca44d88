import NNFormat

/// A layer as a configuration describes it.
struct KerasLayer {
  /// The class without its module: `Dense`.
  let className: String
  /// The module that the file names: `keras.layers`, `keras.src.ops.numpy`, or a user's own; empty where it names none.
  let module: String
  /// The name under which a user registered a class of their own, with its package: `my_package>Swish`.
  let registeredName: String
  /// The name of the layer, unique in its model.
  let name: String
  /// The settings.
  let config: JSONObject
  /// The calls of the layer, as the file writes them.
  let calls: [JSONValue]
  /// What the layer was built for, where the file says it.
  let buildShape: JSONValue?

  /// Reads the object that describes a layer.
  ///
  /// - Throws: ``KerasProblem/badConfig(reason:)`` if it has no class or no settings.
  init(_ json: JSONValue) throws(ModelError) {
    guard let object = json.object, let className = object["class_name"]?.string else {
      throw ModelError(KerasProblem.badConfig(reason: "a layer has no 'class_name'"))
    }
    // Keras 3 writes the classes of operations as module and name; Keras 2 wrote 'Addons>GELU' for a user's own.
    self.className = String(className.split(separator: ">").last ?? "")
    module = object["module"]?.string ?? ""
    registeredName = object["registered_name"]?.string ?? (className.contains(">") ? className : "")
    if let list = object["config"]?.array {
      // Before Keras 2.2.3 the settings of a Sequential were the bare list of its layers.
      config = JSONObject([("layers", .array(list))])
    } else {
      config = object["config"]?.object ?? JSONObject()
    }
    name = object["name"]?.string ?? config["name"]?.string ?? ""
    calls = object["inbound_nodes"]?.array ?? []
    let build = object["build_config"]?.object
    buildShape = build?["input_shape"] ?? build?["shapes_dict"] ?? config["build_input_shape"]
  }

  init(className: String, name: String, config: JSONObject) {
    (self.className, self.name, self.config) = (className, name, config)
    (module, registeredName, calls, buildShape) = ("", "", [], nil)
  }

  /// Whether this is a model of layers.
  var isModel: Bool {
    (isChain || className == "Functional" || className == "Model" || className == "Container")
      && config["layers"] != nil
  }

  /// Whether this is a model whose layers follow one another; a `Pipeline` of preprocessing is one too.
  var isChain: Bool { className == "Sequential" || className == "Pipeline" }

  /// The name without colons, which our references give a meaning.
  var nodeName: String { KerasLayer.nodeName(name) }

  static func nodeName(_ name: String) -> String { String(name.map { $0 == ":" ? "_" : $0 }) }

  /// Whether this is a wrapper around a model of layers.
  var holdsModel: Bool {
    guard let inner = config["layer"] else { return false }
    return (try? KerasLayer(inner))?.isModel == true
  }

  /// The same layer with other settings.
  func with(_ config: JSONObject, className: String? = nil) -> KerasLayer {
    KerasLayer(self, config: config, className: className ?? self.className)
  }

  private init(_ other: KerasLayer, config: JSONObject, className: String) {
    self.className = className
    self.config = config
    (module, registeredName, name) = (other.module, other.registeredName, other.name)
    (calls, buildShape) = (other.calls, other.buildShape)
  }
}

/// An output of a call of a layer.
struct KerasReference: Hashable {
  /// The name of the layer.
  var layer: String
  /// Which of its calls, counted from 0.
  var call: Int
  /// Which of the outputs, counted from 0.
  var output: Int
}

/// An argument of a call.
indirect enum KerasArgument {
  /// A value of the graph.
  case value(KerasReference)
  /// Several arguments in one.
  case list([KerasArgument])
  /// Part of an index: `start:stop:step`.
  case slice(KerasArgument, KerasArgument, KerasArgument)
  /// A value that stands in the file.
  case constant(JSONValue)

  /// All values of the graph in it, in order.
  var references: [KerasReference] {
    switch self {
    case .value(let reference): [reference]
    case .list(let items): items.flatMap(\.references)
    case .slice(let start, let stop, let step): [start, stop, step].flatMap(\.references)
    case .constant: []
    }
  }
}

/// One call of a layer.
struct KerasCall {
  /// The arguments that have no names.
  var positional: [KerasArgument] = []
  /// The arguments that have names.
  var named: [(name: String, value: KerasArgument)] = []

  /// All values of the graph that it needs.
  var references: [KerasReference] {
    positional.flatMap(\.references) + named.flatMap(\.value.references)
  }

  /// The argument of a name.
  subscript(name: String) -> KerasArgument? { named.first { $0.name == name }?.value }
}
