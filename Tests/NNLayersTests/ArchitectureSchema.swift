import NNFormat
import NNLayers

/// The JSON Schema of the document that every encoding carries.
struct ArchitectureSchema {
  let catalog: LayerCatalog
  /// The roles of parameters that each kind knows.
  let roles: [String: [String]]

  private static let description = """
    Generated from the layer catalogue; a test fails when it is stale. What a schema cannot say (references that exist, the \
    order of nodes, shapes that fit) is in container.md and layers.md. Nodes of other kinds than those listed are valid, \
    and cannot be run.
    """

  var json: JSONValue {
    var schema = JSONObject([
      ("$schema", "https://json-schema.org/draft/2020-12/schema"),
      ("title", "The architecture document of a model"),
      ("description", .string(Self.description)),
    ])
    let document = object(
      [
        ("format", ["const": "nnm"]), ("version", ["type": "string", "pattern": "^1\\.(0|[1-9][0-9]*)$"]),
        ("requires", list(["type": "string"])), ("digest", ref("digest")), ("metadata", ["type": "object"]),
        ("graph", graph), ("tensors", list(tensor)), ("examples", list(example)), ("provenance", provenance),
        ("optional", ["type": "object"]),
      ], required: ["format", "version", "graph"])
    for (name, value) in document.members { schema[name] = value }
    schema["$defs"] = [
      "name": ["type": "string", "minLength": 1, "pattern": "^[^\\u0000-\\u001f\\u007f]*$"],
      "node_name": ["type": "string", "minLength": 1, "pattern": "^[^:\\u0000-\\u001f\\u007f]*$"],
      "value": [
        "type": "string", "pattern": "^[^:]+(:[1-9][0-9]*)?$",
        "description": "An input or a node, and after a colon the number of an output other than 0.",
      ],
      "digest": ["type": "string", "pattern": "^sha256:[0-9a-f]{64}$"],
      "dtype": ["enum": .array(DataType.allCases.map { .string($0.rawValue) })],
      "extent": ["type": "integer", "minimum": 0],
      "bound": [
        "anyOf": [["type": "number", "minimum": 0], ["const": "Infinity"]]
      ],
    ]
    return .object(schema)
  }

  private var graph: JSONValue {
    let input = object(
      [
        ("name", ref("node_name")), ("dtype", ref("dtype")),
        (
          "shape",
          list(
            ["anyOf": [ref("extent"), ["type": "string", "minLength": 1, "not": ["const": "?"]]]], atMost: 32)
        ),
      ], required: ["name", "dtype", "shape"])
    let output = object([("name", ref("name")), ("value", ref("value"))], required: ["name", "value"])
    return .object(
      object(
        [
          ("inputs", list(.object(input), atLeast: 1)), ("nodes", list(.object(node))),
          ("outputs", list(.object(output), atLeast: 1)),
        ], required: ["inputs", "nodes", "outputs"]))
  }

  private var node: JSONObject {
    var node = object(
      [
        ("name", ref("node_name")),
        (
          "kind",
          ["type": "string", "minLength": 1, "examples": .array(catalog.all.map { .string($0.kind) })]
        ),
        ("fields", ["type": "object"]), ("inputs", list(ref("value"))),
        ("parameters", ["type": "object", "additionalProperties": ref("name")]),
      ], required: ["name", "kind", "inputs"])
    node["allOf"] = .array(catalog.all.map { rule(for: $0) })
    return node
  }

  private func rule<L: Layer>(for type: L.Type) -> JSONValue {
    let required = L.fields.filter { $0.defaultValue == nil }.map(\.name)
    let properties = L.fields.map { field in
      var schema = field.schema.object ?? JSONObject()
      schema["description"] = .string(field.summary)
      if let value = field.defaultValue { schema["default"] = value }
      return (field.name, JSONValue.object(schema))
    }
    let roles = (roles[L.kind] ?? []).map(JSONValue.string)
    let parameters: JSONValue =
      roles.isEmpty ? ["maxProperties": 0] : ["propertyNames": ["enum": .array(roles)]]
    let rules: JSONValue = [
      "fields": .object(object(properties, required: required)), "parameters": parameters,
    ]
    var then = JSONObject([("properties", rules)])
    if !required.isEmpty { then["required"] = ["fields"] }
    return [
      "if": ["properties": ["kind": ["const": .string(L.kind)]], "required": ["kind"]], "then": .object(then),
    ]
  }

  private var tensor: JSONValue {
    [
      "type": "object",
      "description": "Encodings add members of their own: where the bytes lie, or the values.",
      "properties": [
        "name": ref("name"), "dtype": ref("dtype"), "shape": list(ref("extent"), atMost: 32),
        "digest": ref("digest"),
      ],
      "required": ["name", "dtype", "shape"],
    ]
  }

  private var example: JSONValue {
    .object(
      object(
        [
          ("name", ref("name")), ("inputs", list(ref("name"))), ("outputs", list(ref("name"))),
          ("values", list(ref("value"))),
          (
            "tolerance",
            .object(
              object([
                ("ulps", ["type": "integer", "minimum": 0]), ("absolute", ref("bound")),
                ("relative", ref("bound")),
              ]))
          ),
          (
            "computed_by",
            .object(object(["framework", "version", "machine"].map { ($0, ["type": "string"]) }))
          ),
        ], required: ["name", "inputs", "outputs"]))
  }

  private var provenance: JSONValue {
    let text: JSONValue = ["type": "string"]
    let source = object(
      [("name", text), ("format", text), ("digest", ref("digest"))], required: ["name", "format", "digest"])
    let steps = object([("tensor", text), ("steps", list(text))], required: ["tensor", "steps"])
    return .object(
      object([("sources", list(.object(source))), ("tool", text), ("steps", list(.object(steps)))]))
  }

  private func ref(_ name: String) -> JSONValue { ["$ref": .string("#/$defs/\(name)")] }

  private func list(_ items: JSONValue, atLeast: Int = 0, atMost: Int? = nil) -> JSONValue {
    var list = JSONObject([("type", "array"), ("items", items)])
    if atLeast > 0 { list["minItems"] = JSONValue(atLeast) }
    if let atMost { list["maxItems"] = JSONValue(atMost) }
    return .object(list)
  }

  private func object(_ members: [(String, JSONValue)], required: [String] = []) -> JSONObject {
    var object = JSONObject([("type", "object"), ("properties", .object(JSONObject(members)))])
    if !required.isEmpty { object["required"] = .array(required.map(JSONValue.string)) }
    object["additionalProperties"] = false
    return object
  }
}
