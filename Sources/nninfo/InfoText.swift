import NNFormat
import NNLayers
import NNRuntime
import NNTerminal

/// What `nninfo` prints for people.
struct InfoText {
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

  var text: String {
    var parts = [title + facts]
    if !about.isEmpty { parts.append(about) }
    parts += [interface, layers, totals]
    if !model.examples.isEmpty { parts.append(examples) }
    if let statistics { parts.append(TensorStatistics.text(statistics)) }
    if let plan { parts.append(plan.text) }
    if let verification { parts.append(verification.text) }
    return parts.joined(separator: "\n")
  }

  private var title: String {
    let name = model.metadata["name"]?.string.map { ": \($0)" } ?? ""
    let description = model.metadata["description"]?.string.map { printable($0) + "\n" } ?? ""
    return printable(file + name) + "\n" + description + "\n"
  }

  private var facts: String {
    var rows: [(String, String)] = [
      ("format", "\(container.kind.name), version \(container.version)"),
      ("size", exactSize(container.fileSize)),
    ]
    if let digest = container.promisedDigest { rows.append(("digest", digest.description)) }
    return InfoText.pairs(rows + provenance)
  }

  /// What the author says beyond name and description, under names of the author's choice.
  private var about: String {
    let members = model.metadata.members.filter { $0.0 != "name" && $0.0 != "description" }
    return InfoText.pairs(members.map { ($0.0, shown($0.1)) })
  }

  private var provenance: [(String, String)] {
    let origin = model.provenance
    var rows: [(String, String)] = []
    if !origin.tool.isEmpty { rows.append(("made by", origin.tool)) }
    if !origin.sources.isEmpty {
      let names = origin.sources.prefix(4).map(\.name) + (origin.sources.count > 4 ? ["…"] : [])
      rows.append(("sources", names.joined(separator: ", ")))
    }
    // Importers say first from where a tensor was read, which is no change.
    let changes = origin.steps.map { $0.steps.filter { !$0.hasPrefix("read from ") } }.filter { !$0.isEmpty }
    if !changes.isEmpty {
      let steps = Set(changes.joined()).sorted()
      let words = steps.prefix(3) + (steps.count > 3 ? ["…"] : [])
      rows.append(("changed", "\(counted(changes.count, "tensor")): \(words.joined(separator: ", "))"))
    }
    return rows
  }

  private var interface: String {
    let inputs = model.graph.inputs.map { ("input", $0.name, TensorType?.some($0.type)) }
    let outputs = model.graph.outputs.map { ("output", $0.name, layout.type(of: $0.value, in: model.graph)) }
    let width = (inputs + outputs).reduce(0) { max($0, displayWidth(printable($1.1))) }
    return InfoText.pairs(
      (inputs + outputs).map { what, name, type in
        let space = String(repeating: " ", count: width - displayWidth(printable(name)) + 2)
        return (what, name + (type.map { "\(space)\($0)" } ?? ""))
      })
  }

  private var layers: String {
    var table = Table(
      .name("layer"), .text("kind"), .name("fields"), .name(isChain ? "" : "inputs"), .text("output"),
      .number("parameters"))
    for node in model.graph.nodes {
      let checked = layout[node]
      let count = model.parameterCount(of: node)
      table.add(
        node.name, node.kind,
        (checked?.layer.encodedFields ?? node.fields).members.map { "\($0)=\(shown($1))" }.joined(
          separator: " "),
        isChain ? "" : node.inputs.map(\.description).joined(separator: ", "),
        checked?.outputs.map(\.description).joined(separator: ", ") ?? "?",
        count > 0 ? grouped(count) : "")
    }
    return table.isEmpty ? "no layers\n" : table.text()
  }

  /// Whether each node uses the value before it and nothing else, so that its inputs need no mention.
  private var isChain: Bool {
    guard let first = model.graph.inputs.first, model.graph.inputs.count == 1 else { return false }
    return zip([first.name] + model.graph.nodes.map(\.name), model.graph.nodes).allSatisfy { previous, node in
      node.inputs == [ValueReference(previous)]
    }
  }

  private var totals: String {
    let sizes = model.parameterSizes
    var count = grouped(model.parameterCount)
    let shared = model.sharedTensors.count
    if shared > 0 { count += " (\(counted(shared, "tensor")) of several layers counted once)" }
    var bytes = exactSize(sizes.bytes)
    if !sizes.types.isEmpty {
      let types = sizes.types.map { "\($0.type.rawValue) \(grouped($0.count))" }
      bytes +=
        sizes.types.count == 1
        ? ", all \(sizes.types[0].type.rawValue)" : ": " + types.joined(separator: ", ")
    }
    var rows = [("parameters", count), ("bytes", bytes)]
    if let multiplyAdds = layout.multiplyAdds {
      let extents = layout.openExtents.map { "\($0) = 1" }.joined(separator: ", ")
      rows.append(("multiply-adds", grouped(multiplyAdds) + (extents.isEmpty ? "" : " for \(extents)")))
    }
    return InfoText.pairs(rows)
  }

  private var examples: String {
    var table = Table(.name("example"), .name("inputs"), .text("tolerance"), .name("computed by"))
    for example in model.examples {
      table.add(
        example.name,
        example.inputs.entries.map { "\($0.name) \($0.tensor.shape)" }.joined(separator: ", "),
        example.tolerance.words, example.computedBy.words)
    }
    return table.text()
  }

  private func shown(_ value: JSONValue) -> String {
    if let text = value.string { return text }
    // Only a value that is not finite cannot be written, and the reader makes none.
    let text = (try? JSONWriter.text(value, style: .compact)) ?? []
    return String(decoding: text, as: UTF8.self)
  }

  private func exactSize(_ count: Int) -> String {
    count < 1024 ? byteSize(count) : "\(byteSize(count)) (\(grouped(count)) bytes)"
  }

  /// Lines of a name and a fact, the facts below one another; a digest then just fits into 80 columns.
  static func pairs(_ rows: [(name: String, fact: String)]) -> String {
    let width = max(7, rows.reduce(0) { max($0, displayWidth(printable($1.name))) })
    return rows.map { name, fact in
      let name = printable(name)
      return name + String(repeating: " ", count: width - displayWidth(name) + 2) + printable(fact) + "\n"
    }.joined()
  }
}
