import ArgumentParser
import NNFormat
import NNRuntime
import NNTerminal

/// The value of an option `--extents`: `NAME=COUNT`.
struct ExtentArgument: ExpressibleByArgument {
  let name: String
  let count: Int

  init?(argument: String) {
    let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, let count = Int(parts[1]), count >= 0 else { return nil }
    name = String(parts[0])
    self.count = count
  }
}

extension PlanSummary {
  /// The plan of a model whose open extents are those given, and 1 where none is.
  ///
  /// - Throws: ``InfoProblem/unknownExtent(_:known:)``; what the runtime says of the model and its shapes.
  init(_ model: Model, extents: [ExtentArgument], threads: Int?) throws(ModelError) {
    var options = NetworkOptions()
    if let threads { options.threads = threads }
    var known: [String] = []
    for input in model.graph.inputs {
      for case .symbol(let name) in input.type.shape where !known.contains(name) { known.append(name) }
    }
    if let unknown = extents.first(where: { !known.contains($0.name) }) {
      throw ModelError(InfoProblem.unknownExtent(unknown.name, known: known))
    }
    let counts = Dictionary(extents.map { ($0.name, $0.count) }) { _, last in last }
    var shapes: [Shape] = []
    for input in model.graph.inputs {
      shapes.append(
        try Shape(
          input.type.shape.map { dimension in
            if case .symbol(let name) = dimension { return counts[name] ?? 1 }
            return dimension.value ?? 1
          }))
    }
    self = try Network(model, options: options).planSummary(forShapes: shapes)
  }

  /// The table for people.
  var text: String {
    var table = Table(
      .name("step"), .text("kind"), .text("result"), .text("lies in"), .number("multiply-adds"), .number("scratch"),
      .number("packed"))
    for step in steps {
      table.add(
        step.nodes.joined(separator: " + "), step.kind, step.outputs.map(\.description).joined(separator: ", "),
        step.placeWords, step.multiplyAdds.map { $0 > 0 ? grouped($0) : "" } ?? "?",
        step.scratchByteCount > 0 ? byteSize(step.scratchByteCount) : "",
        step.packedByteCount > 0 ? byteSize(step.packedByteCount) : "")
    }
    let shapes = inputs.map { "\($0.name) \($0.type)" }.joined(separator: ", ")
    let rows: [(String, String)] = [
      ("plan for", shapes), ("threads", grouped(threads)),
      ("steps", "\(grouped(steps.count)) for \(counted(nodeCount, "layer"))"),
      ("multiply-adds", multiplyAdds.map(grouped) ?? "unknown"),
      ("memory of a run", byteSize(arenaByteCount)),
      ("parameters", "\(byteSize(storedByteCount)) as they lie, \(byteSize(packedByteCount)) packed"),
    ]
    return InfoText.pairs(rows) + "\n" + (table.isEmpty ? "no steps\n" : table.text())
  }

  /// The member `plan` of the JSON document.
  var json: JSONValue {
    [
      "inputs": .array(inputs.map(\.json)), "outputs": .array(outputs.map(\.json)),
      "threads": JSONValue(threads), "layers": JSONValue(nodeCount),
      "multiply_adds": multiplyAdds.map { JSONValue($0) } ?? .null, "arena_bytes": JSONValue(arenaByteCount),
      "packed_bytes": JSONValue(packedByteCount), "stored_bytes": JSONValue(storedByteCount),
      "steps": .array(steps.map(\.json)),
    ]
  }
}

extension NamedType {
  fileprivate var json: JSONValue { .object(JSONObject([("name", .string(name))] + type.members)) }
}

extension PlanSummary.Step {
  fileprivate var placeWords: String {
    switch place {
    case .arena(let offset): isInPlace ? "its input's place" : "memory at \(grouped(offset))"
    case .input(let name): "the input \(name)"
    case .output(let name): isInPlace ? "its input's place" : "the output \(name)"
    }
  }

  fileprivate var json: JSONValue {
    let (home, name, offset): (String, JSONValue, JSONValue) =
      switch place {
      case .arena(let offset): ("arena", .null, JSONValue(offset))
      case .input(let name): ("input", .string(name), .null)
      case .output(let name): ("output", .string(name), .null)
      }
    return [
      "layers": .array(nodes.map(JSONValue.string)), "kind": .string(kind),
      "outputs": .array(outputs.map { .object(JSONObject($0.members)) }),
      "place": ["home": .string(home), "name": name, "offset": offset], "in_place": .bool(isInPlace),
      "scratch_bytes": JSONValue(scratchByteCount), "packed_bytes": JSONValue(packedByteCount),
      "multiply_adds": multiplyAdds.map { JSONValue($0) } ?? .null,
    ]
  }
}
