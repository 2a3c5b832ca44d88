extension Graph {
  /// The graph as a document says it.
  package var json: JSONValue {
    [
      "inputs": .array(
        inputs.map { input in
          [
            "name": .string(input.name), "dtype": .string(input.type.dataType.rawValue),
            "shape": .array(input.type.shape.map(\.json)),
          ]
        }),
      "nodes": .array(nodes.map(\.json)),
      "outputs": .array(
        outputs.map { output in
          ["name": .string(output.name), "value": .string(output.value.description)]
        }),
    ]
  }

  /// Reads the graph at `path` of a document.
  package init(_ json: JSONValue, path: String, limits: Limits) throws(ModelError) {
    self.init(inputs: [], nodes: [], outputs: [])
    var reader = try ObjectReader(json, path: path)
    for (position, value) in try reader.array("inputs").enumerated() {
      var input = try ObjectReader(value, path: "\(path).inputs[\(position)]")
      let name = try input.string("name")
      let type = try located(input.place(of: "dtype")) { () throws(ModelError) in
        try DataType(name: try input.string("dtype"))
      }
      var shape: [Dimension] = []
      for value in try input.array("shape") {
        guard let dimension = Dimension(value) else {
          throw ModelError(
            JSONProblem.wrongKind(
              expected: "an array of integers and, for open dimensions, names", found: value.kindInWords),
            at: input.place(of: "shape"))
        }
        shape.append(dimension)
      }
      try input.finish()
      inputs.append(GraphInput(name, TensorType(type, shape)))
    }
    let values = try reader.array("nodes")
    guard values.count <= limits.nodeCount else {
      throw ModelError(
        ModelProblem.tooMany(what: "nodes", count: values.count, limit: limits.nodeCount),
        at: reader.place(of: "nodes"))
    }
    for (position, value) in values.enumerated() {
      nodes.append(try Node(value, path: "\(path).nodes[\(position)]"))
    }
    for (position, value) in try reader.array("outputs").enumerated() {
      var output = try ObjectReader(value, path: "\(path).outputs[\(position)]")
      let name = try output.string("name")
      let text = try output.string("value")
      let value = try located(.output(name)) { () throws(ModelError) in try ValueReference(text: text) }
      try output.finish()
      outputs.append(GraphOutput(name, value))
    }
    try reader.finish()
  }
}

extension Node {
  fileprivate var json: JSONValue {
    [
      "name": .string(name), "kind": .string(kind), "fields": .object(fields),
      "inputs": .array(inputs.map { .string($0.description) }),
      "parameters": .object(JSONObject(parameters.map { ($0.role, .string($0.tensor)) })),
    ]
  }

  fileprivate init(_ json: JSONValue, path: String) throws(ModelError) {
    var reader = try ObjectReader(json, path: path)
    let name = try reader.string("name")
    self.init(name, try reader.string("kind"), fields: try reader.optionalObject("fields"), inputs: [])
    for text in try reader.strings("inputs") {
      inputs.append(try located(.node(name)) { () throws(ModelError) in try ValueReference(text: text) })
    }
    for (role, value) in try reader.optionalObject("parameters").members {
      guard let tensor = value.string else {
        throw ModelError(
          JSONProblem.wrongKind(expected: "the name of a tensor", found: value.kindInWords),
          at: .key("\(path).parameters.\(role)"))
      }
      parameters.append(NodeParameter(role, tensor))
    }
    try reader.finish()
  }
}

extension Dimension {
  fileprivate var json: JSONValue {
    switch self {
    case .known(let value): JSONValue(value)
    case .symbol(let name): .string(name)
    case .unknown: .string("?")
    }
  }

  fileprivate init?(_ json: JSONValue) {
    switch json {
    case .integer(let value): self = .known(Int(value))
    case .string(let name) where !name.isEmpty && name != "?": self = .symbol(name)
    default: return nil
    }
  }
}
