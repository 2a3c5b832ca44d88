import NNFormat

/// The `config.json` of a functional model.
struct KerasConfig {
  let json: JSONValue

  init(_ graph: ExportGraph, order: [Int], outputs: [ExportValue]) {
    let layers = graph.layers
    let list = order.map { KerasConfig.layer(layers[$0], layers) }
    let inputs: [JSONValue] = graph.inputs.map { [.string(layers[$0].name), 0, 0] }
    let results = outputs.map { KerasConfig.history($0, layers) }
    json = [
      "module": "keras.src.models.functional", "class_name": "Functional",
      "config": [
        "name": "functional", "trainable": true, "layers": .array(list),
        // One stands without a list around it, so that the model gives an array and no list.
        "input_layers": inputs.count == 1 ? inputs[0] : .array(inputs),
        "output_layers": results.count == 1 ? results[0] : .array(results),
      ],
      "registered_name": "Functional", "build_config": ["input_shape": .null],
    ]
  }

  private static func layer(_ layer: ExportLayer, _ layers: [ExportLayer]) -> JSONValue {
    [
      "module": .string(layer.module), "class_name": .string(layer.className), "config": .object(layer.config),
      "registered_name": layer.registeredName, "name": .string(layer.name),
      "inbound_nodes": .array(layer.calls.map { call($0, layers) }),
    ]
  }

  private static func call(_ call: ExportCall, _ layers: [ExportLayer]) -> JSONValue {
    [
      "args": .array(call.arguments.map { argument($0, layers) }),
      "kwargs": .object(JSONObject(call.named.map { ($0.name, argument($0.argument, layers)) })),
    ]
  }

  private static func argument(_ argument: ExportArgument, _ layers: [ExportLayer]) -> JSONValue {
    switch argument {
    case .json(let json): return json
    case .list(let items): return .array(items.map { self.argument($0, layers) })
    case .value(let value):
      let dtype = JSONValue.string(value.type.dataType.kerasName ?? "float32")
      if case .constant(let tensor) = value.source {
        return ["class_name": "__numpy__", "config": ["value": numbers(tensor), "dtype": dtype]]
      }
      return [
        "class_name": "__keras_tensor__",
        "config": ["shape": value.type.kerasShape, "dtype": dtype, "keras_history": history(value, layers)],
      ]
    }
  }

  private static func history(_ value: ExportValue, _ layers: [ExportLayer]) -> JSONValue {
    guard let (layer, call, output) = value.place else { return .null }
    return [.string(layers[layer].name), JSONValue(call), JSONValue(output)]
  }

  /// The elements in nested lists.
  private static func numbers(_ tensor: Tensor) -> JSONValue {
    var items: [JSONValue]
    switch tensor.dataType {
    case .bool: items = tensor.elements(as: Bool.self).map { .bool($0) }
    case .i64: items = tensor.elements(as: Int64.self).map { JSONValue($0) }
    case .u64: items = tensor.elements(as: UInt64.self).map { JSONValue($0) }
    default:
      let isFloat = tensor.dataType.isFloat
      items = tensor.cast(to: .f64).tensor.elements(as: Double.self).map {
        isFloat ? JSONValue(number: $0) : JSONValue(Int64($0))
      }
    }
    for extent in tensor.shape.dimensions.dropFirst().reversed() {
      items = stride(from: 0, to: items.count, by: extent).map { .array(Array(items[$0..<$0 + extent])) }
    }
    return tensor.shape.rank == 0 ? items[0] : .array(items)
  }
}
