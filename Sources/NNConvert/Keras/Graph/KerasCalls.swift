import NNFormat

/// Reads how layers are called, in the two forms that Keras has had for it.
enum KerasCalls {
  /// A call: an object of `args` and `kwargs` (Keras 3), or a list of `[layer, call, output, settings]` (before).
  static func call(_ json: JSONValue, layers: Set<String>) throws(ModelError) -> KerasCall {
    if let object = json.object, object["args"] != nil || object["kwargs"] != nil {
      var call = KerasCall()
      for item in object["args"]?.array ?? [] { call.positional.append(try modern(item)) }
      for (name, item) in object["kwargs"]?.object?.members ?? JSONObject().members {
        call.named.append((name, try modern(item)))
      }
      return call
    }
    guard let list = json.array else {
      throw ModelError(KerasProblem.badConfig(reason: "a call is neither a list nor an object"))
    }
    // One input may stand there without a list around it.
    let items = list.first?.string != nil ? [json] : list
    var call = KerasCall()
    var values: [KerasArgument] = []
    for item in items {
      let (value, settings) = try legacy(item)
      values.append(value)
      guard call.named.isEmpty, let settings else { continue }
      for (name, item) in settings.members {
        call.named.append((name, argument(item, layers: layers)))
      }
    }
    if values.count == 1 { call.positional = values } else if !values.isEmpty { call.positional = [.list(values)] }
    return call
  }

  /// References as models list them: `[layer, call, output]`, several of these, or an object or nested lists of them.
  static func references(_ json: JSONValue?, _ what: String) throws(ModelError) -> [KerasReference] {
    guard let json else { return [] }
    if let reference = reference(json) { return [reference] }
    var all: [KerasReference] = []
    if let list = json.array {
      for item in list { all += try references(item, what) }
    } else if let object = json.object {
      for (_, item) in object.members { all += try references(item, what) }
    } else {
      throw ModelError(KerasProblem.badConfig(reason: "'\(what)' names no layer"))
    }
    return all
  }

  private static func reference(_ json: JSONValue) -> KerasReference? {
    guard let list = json.array, list.count >= 3, let layer = list[0].string, let call = list[1].smallInt,
      let output = list[2].smallInt
    else { return nil }
    return KerasReference(layer: layer, call: call, output: output)
  }

  private static func modern(_ json: JSONValue) throws(ModelError) -> KerasArgument {
    if let list = json.array {
      var items: [KerasArgument] = []
      for item in list { items.append(try modern(item)) }
      // A list without values of the graph is one value: a shape, axes, a constant.
      return items.contains(where: \.isSymbolic) ? .list(items) : .constant(json)
    }
    guard let object = json.object else { return .constant(json) }
    switch object["class_name"]?.string {
    case "__keras_tensor__":
      guard let history = object["config"]?.object?["keras_history"], let reference = reference(history) else {
        throw ModelError(KerasProblem.badConfig(reason: "a tensor does not say where it comes from"))
      }
      return .value(reference)
    case "__slice__":
      let config = object["config"]?.object ?? JSONObject()
      return .slice(
        try modern(config["start"] ?? .null), try modern(config["stop"] ?? .null), try modern(config["step"] ?? .null))
    case "__numpy__", "__tensor__":
      return .constant(object["config"]?.object?["value"] ?? .null)
    case "__ellipsis__":
      return .constant("...")
    default:
      return .constant(json)
    }
  }

  private static func legacy(_ json: JSONValue) throws(ModelError) -> (KerasArgument, JSONObject?) {
    guard let list = json.array, let name = list.first?.string, list.count >= 3 else {
      throw ModelError(KerasProblem.badConfig(reason: "an input is not [layer, call, output]"))
    }
    let settings = list.count > 3 ? list[3].object : nil
    if name == "_CONSTANT_VALUE" { return (.constant(list[2]), settings) }
    guard let reference = reference(json) else {
      throw ModelError(KerasProblem.badConfig(reason: "an input is not [layer, call, output]"))
    }
    return (.value(reference), settings)
  }

  /// A setting of a call of Keras 2, in which a list that begins with the name of a layer is a value of the graph.
  private static func argument(_ json: JSONValue, layers: Set<String>) -> KerasArgument {
    if let reference = reference(json), layers.contains(reference.layer) { return .value(reference) }
    if let list = json.array {
      if list.first?.string == "_CONSTANT_VALUE", list.count >= 3 { return .constant(list[2]) }
      let items = list.map { argument($0, layers: layers) }
      return items.contains(where: \.isSymbolic) ? .list(items) : .constant(json)
    }
    if json.object?["class_name"]?.string == "__ellipsis__" { return .constant("...") }
    if let object = json.object, object.names.contains("start"), object.names.contains("stop") {
      return .slice(
        argument(object["start"] ?? .null, layers: layers), argument(object["stop"] ?? .null, layers: layers),
        argument(object["step"] ?? .null, layers: layers))
    }
    return .constant(json)
  }
}

extension KerasArgument {
  fileprivate var isSymbolic: Bool {
    switch self {
    case .value, .slice: true
    case .list(let items): items.contains(where: \.isSymbolic)
    case .constant: false
    }
  }
}
