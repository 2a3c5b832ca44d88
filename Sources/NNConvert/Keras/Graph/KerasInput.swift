import NNFormat

/// What comes into a model.
enum KerasInput {
  /// The type of an input: the extents of its layer, the open ones under names.
  ///
  /// - Throws: ``KerasProblem`` if the file does not say what comes in.
  static func type(of layer: KerasLayer, isFirst: Bool) throws(ModelError) -> TensorType {
    let config = layer.config
    var json = config["batch_shape"] ?? config["batch_input_shape"]
    if json == nil, let shape = config["input_shape"]?.array { json = .array([.null] + shape) }
    // Sequences that were built for several shapes name the first.
    if let object = json?.object, object["items"] == nil { json = object.members.first { _ in true }?.1 }
    guard let json, let shape = KerasSettings.shape(json) else {
      throw ModelError(
        KerasProblem.badSetting("batch_shape", expected: "the shape of what comes in", found: json),
        at: .node(layer.name))
    }
    guard config["sparse"]?.bool != true, config["ragged"]?.bool != true else {
      throw ModelError(
        KerasProblem.unsupported([
          KerasProblem.Item(layer: layer.name, className: layer.className, reason: "a sparse or ragged input")
        ]))
    }
    var dimensions: [Dimension] = []
    for (axis, extent) in shape.enumerated() {
      switch (axis, extent) {
      case (0, nil): dimensions.append(.symbol("N"))
      case (_, nil): dimensions.append(.symbol("\(layer.nodeName)_\(axis)"))
      case (_, let extent?): dimensions.append(.known(extent))
      }
    }
    return TensorType(try dataType(config["dtype"], layer), dimensions)
  }

  private static func dataType(_ json: JSONValue?, _ layer: KerasLayer) throws(ModelError) -> DataType {
    let name = json?.string ?? json?.object?["config"]?.object?["name"]?.string ?? "float32"
    switch name {
    // Types that we do not compute in come as the next wider one.
    case "float32", "float16", "bfloat16", "mixed_float16", "mixed_bfloat16", "float": return .f32
    case "float64": return .f64
    case "int8": return .i8
    case "int16": return .i16
    case "int32", "int": return .i32
    case "int64": return .i64
    case "uint8": return .u8
    case "uint16": return .u16
    case "uint32": return .u32
    case "uint64": return .u64
    case "bool": return .bool
    default:
      throw ModelError(
        KerasProblem.unsupported([
          KerasProblem.Item(layer: layer.name, className: layer.className, reason: "an input of the type '\(name)'")
        ]))
    }
  }
}
