import NNFormat
import NNLayers

/// The functional model while it is made.
final class ExportGraph {
  private(set) var layers: [ExportLayer] = []
  /// The places of the layers that are inputs.
  private(set) var inputs: [Int] = []
  /// What the file does not have, and why.
  var leftOut: [ConversionReport.Ignored] = []
  let tensors: NamedTensors
  private var values: [String: [ExportValue]] = [:]
  private var names = UniqueNames(taken: [])
  private var shared: [String: Int] = [:]

  init(_ tensors: NamedTensors) { self.tensors = tensors }

  /// Adds an input of the model.
  func addInput(_ name: String, _ type: TensorType) throws(ModelError) {
    guard let dtype = type.dataType.kerasName else {
      throw ModelError(
        KerasExportProblem.unsupported([
          KerasExportProblem.Item(node: name, kind: "input", reason: "Keras has no type \(type.dataType.rawValue)")
        ]))
    }
    let unique = self.name(for: name)
    let config: JSONObject = [
      "batch_shape": type.kerasShape, "dtype": .string(dtype), "sparse": false, "ragged": false,
      "name": .string(unique), "optional": false,
    ]
    inputs.append(layers.count)
    values[name] = [ExportValue(source: .output(layer: layers.count, call: 0, output: 0), type: type)]
    layers.append(ExportLayer(name: unique, className: "InputLayer", module: "keras.layers", config: config))
  }

  /// Adds a node of the model.
  func add(_ node: CheckedGraph.CheckedNode) throws(ModelError) {
    var inputs: [ExportValue] = []
    for reference in node.node.inputs { inputs.append(try value(reference)) }
    let site = ExportSite(node, inputs, self)
    guard let convert = ExportTable.all[node.node.kind] else {
      throw site.refused(ExportTable.refusal(node.node.kind))
    }
    // What depends on a refused node is looked at for reasons of its own.
    let outputs = try convert(site)
    precondition(outputs.count == node.outputs.count, "a row gives all outputs of its kind")
    values[node.node.name] = zip(outputs, node.outputs).map { ExportValue(source: $0.source, type: $1) }
  }

  /// Lets later nodes refer to a node that was refused.
  func refuse(_ node: CheckedGraph.CheckedNode) {
    values[node.node.name] = node.outputs.map { ExportValue(source: .refused, type: $0) }
  }

  /// The outputs of the model that are constants, which Keras cannot give.
  func refusedOutputs(_ checked: CheckedGraph) -> [KerasExportProblem.Item] {
    checked.outputs.compactMap { output in
      guard case .constant? = values[output.value.name]?[output.value.index].source else { return nil }
      return KerasExportProblem.Item(
        node: output.value.name, kind: "constant", reason: "an output of a functional model must depend on an input")
    }
  }

  /// The value that a reference names.
  func value(_ reference: ValueReference) throws(ModelError) -> ExportValue {
    guard let outputs = values[reference.name], outputs.indices.contains(reference.index) else {
      throw ModelError(LayerProblem.noSuchOutput(reference, count: values[reference.name]?.count ?? 0))
    }
    return outputs[reference.index]
  }

  /// A name that Keras accepts and no other layer has.
  func name(for name: String) -> String {
    let letters = name.unicodeScalars.map { scalar in
      let isPlain =
        scalar.isASCII
        && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || "_.-".unicodeScalars.contains(scalar))
      return isPlain ? Character(scalar) : "_"
    }
    let plain = String(letters)
    let beginsWell = plain.first.map { $0.isLetter || $0.isNumber } ?? false
    return names.take(beginsWell ? plain : "layer\(plain)")
  }

  /// Adds a call of a layer: of a new one, or of one with equal settings and the same tensors.
  ///
  /// - Parameter key: what tells layers apart that may be one; nil for a layer of its own.
  func call(_ layer: ExportLayer, _ call: ExportCall, key: String?, types: [TensorType]) -> [ExportValue] {
    let place: Int
    if let key, let known = shared[key] {
      place = known
    } else {
      place = layers.count
      layers.append(layer)
      if let key { shared[key] = place }
    }
    layers[place].calls.append(call)
    let number = layers[place].calls.count - 1
    return types.enumerated().map {
      ExportValue(source: .output(layer: place, call: number, output: $0.offset), type: $0.element)
    }
  }
}

extension DataType {
  /// The name that Keras has for the type; nil if it has none.
  var kerasName: String? {
    switch self {
    case .f16: "float16"
    case .bf16: "bfloat16"
    case .f32: "float32"
    case .f64: "float64"
    case .i8: "int8"
    case .i16: "int16"
    case .i32: "int32"
    case .i64: "int64"
    case .u8: "uint8"
    case .u16: "uint16"
    case .u32: "uint32"
    case .u64: "uint64"
    case .bool: "bool"
    }
  }
}

extension TensorType {
  /// The shape as Keras writes it: open extents are null.
  var kerasShape: JSONValue { .array(shape.map { $0.value.map { JSONValue($0) } ?? .null }) }
}
