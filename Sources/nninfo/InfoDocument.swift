import NNFormat
import NNLayers
import NNRuntime
import NNTerminal

/// What `nninfo --json` prints: the document "nninfo", version 1.
///
/// Members may be added within a version; none is removed or changes its meaning. Extents of shapes are numbers, names of open
/// extents, or null where nothing is known; NaN and infinity are the strings "NaN", "Infinity" and "-Infinity".
struct InfoDocument {
  private let file: String
  private let container: Container
  private let layout: Layout
  private let statistics: [TensorStatistics]?
  private let plan: PlanSummary?
  private let verification: VerificationReport?
  private var model: Model { container.model }

  init(
    _ file: String, _ container: Container, _ layout: Layout, _ statistics: [TensorStatistics]?,
    _ plan: PlanSummary?, _ verification: VerificationReport?
  ) {
    self.file = file
    self.container = container
    self.layout = layout
    self.statistics = statistics
    self.plan = plan
    self.verification = verification
  }

  func write() throws(ModelError) {
    var members: [(String, JSONValue)] = [
      ("file", .string(file)),
      (
        "container",
        [
          "kind": .string(container.kind.rawValue), "format_version": .string(container.version.description),
          "bytes": JSONValue(container.fileSize),
        ]
      ),
      ("digest", container.promisedDigest.map { .string($0.description) } ?? .null),
      ("metadata", .object(model.metadata)),
      ("provenance", provenance),
      ("inputs", .array(model.graph.inputs.map { typed($0.name, $0.type) })),
      ("layers", .array(model.graph.nodes.map(layer))),
      ("outputs", .array(model.graph.outputs.map(output))),
      ("tensors", tensors),
      ("totals", totals),
      ("examples", .array(model.examples.map(example))),
      ("problems", .array(layout.problems.map { .string($0.description) })),
    ]
    if let plan { members.append(("plan", plan.json)) }
    if let verification { members.append(("verification", verification.json)) }
    try StandardOutput.write(document: "nninfo", version: 1, members)
  }

  private var provenance: JSONValue {
    let origin = model.provenance
    return [
      "tool": .string(origin.tool),
      "sources": .array(
        origin.sources.map { source in
          [
            "name": .string(source.name), "format": .string(source.format),
            "digest": .string(source.digest.description),
          ]
        }),
      "steps": .array(
        origin.steps.map { entry in
          ["tensor": .string(entry.tensor), "steps": .array(entry.steps.map(JSONValue.string))]
        }),
    ]
  }

  private func typed(_ name: String, _ type: TensorType) -> JSONValue {
    .object(JSONObject([("name", .string(name))] + type.members))
  }

  private func output(_ output: GraphOutput) -> JSONValue {
    var object = JSONObject([("name", .string(output.name)), ("value", .string(output.value.description))])
    let members =
      layout.type(of: output.value, in: model.graph)?.members ?? [("dtype", .null), ("shape", .null)]
    for (name, value) in members { object[name] = value }
    return .object(object)
  }

  private func layer(_ node: Node) -> JSONValue {
    let checked = layout[node]
    return [
      "name": .string(node.name), "kind": .string(node.kind), "understood": .bool(checked != nil),
      "fields": .object(checked?.layer.encodedFields ?? node.fields),
      "inputs": .array(node.inputs.map { .string($0.description) }),
      "outputs": checked.map { .array($0.outputs.map { .object(JSONObject($0.members)) }) } ?? .null,
      "parameters": .object(JSONObject(node.parameters.map { ($0.role, .string($0.tensor)) })),
      "parameter_count": JSONValue(model.parameterCount(of: node)),
    ]
  }

  private var tensors: JSONValue {
    let byName = statistics.map { Dictionary($0.map { ($0.name, $0.json) }) { first, _ in first } } ?? [:]
    return .array(
      model.tensors.entries.map { name, tensor in
        var object = JSONObject(
          [("name", .string(name))] + tensor.type.members + [("bytes", JSONValue(tensor.bytes.count))])
        if let digest = tensor.promisedDigest { object["digest"] = .string(digest.description) }
        if let statistics = byName[name] { object["statistics"] = statistics }
        return .object(object)
      })
  }

  private var totals: JSONValue {
    let sizes = model.parameterSizes
    return [
      "parameters": JSONValue(model.parameterCount), "bytes": JSONValue(sizes.bytes),
      "by_dtype": .object(
        JSONObject(
          sizes.types.map { entry in
            (entry.type.rawValue, ["parameters": JSONValue(entry.count), "bytes": JSONValue(entry.bytes)])
          })),
      "shared_tensors": .array(model.sharedTensors.map(JSONValue.string)),
      "multiply_adds": layout.multiplyAdds.map { JSONValue($0) } ?? .null,
      "multiply_adds_for": .object(JSONObject(layout.openExtents.map { ($0, 1) })),
    ]
  }

  private func example(_ example: Example) -> JSONValue {
    func values(_ tensors: NamedTensors) -> JSONValue {
      .array(tensors.entries.map { typed($0.name, $0.tensor.type) })
    }
    return [
      "name": .string(example.name), "inputs": values(example.inputs), "outputs": values(example.outputs),
      "values": values(example.values), "tolerance": example.tolerance.json,
      "computed_by": example.computedBy.json,
    ]
  }
}

extension TensorType {
  /// The members `dtype` and `shape`.
  var members: [(String, JSONValue)] {
    let extents = shape.map { dimension -> JSONValue in
      switch dimension {
      case .known(let value): JSONValue(value)
      case .symbol(let name): .string(name)
      case .unknown: .null
      }
    }
    return [("dtype", .string(dataType.rawValue)), ("shape", .array(extents))]
  }
}
