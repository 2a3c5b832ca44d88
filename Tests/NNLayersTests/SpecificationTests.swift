import NNFormat
import NNLayers
import NNTestSupport
import Testing

/// `spec/layers.md`, which says what the sources say.
@Suite struct SpecificationTests {
  @Test func theSpecificationOfTheLayersIsThatOfTheSources() throws {
    try expectSnapshot(try specification(), "\(packageFolder)/spec/layers.md")
  }

  @Test func everyKindDocumentsItsFormulaItsShapesAndItsSource() throws {
    let sources = try LayerSource.all()
    for type in LayerCatalog.standard.all {
      let source = try #require(
        sources[type.kind], "no file under Sources/NNLayers names the kind '\(type.kind)'")
      #expect(source.documentation.contains("| output "), "\(type.kind)")
      #expect(source.documentation.contains("- Source: "), "\(type.kind)")
      for role in try parameterRoles(of: type.kind) {
        #expect(source.documentation.contains("| `\(role)`"), "\(type.kind) does not document '\(role)'")
      }
    }
  }

  private func specification() throws -> String {
    let sources = try LayerSource.all()
    var text = """
      # Layers

      This page is generated from the sources of `NNLayers`; a test fails when it is stale. Each kind names its inputs, its output, its
      fields and its parameters. A field that a node does not give has its default; a field without default must be given. Unknown fields
      are errors. Layers compute in the element type of their inputs, f32 or f64; a stored parameter may be narrower and widens without
      loss. `numerics.md` defines the arithmetic, `architecture.schema.json` says the same of the fields as a JSON Schema.

      """
    var group = ""
    for type in LayerCatalog.standard.all {
      let source = try #require(sources[type.kind])
      if source.group != group {
        group = source.group
        text += "\n## \(group)\n"
      }
      text += "\n### `\(type.kind)`\n\n\(source.documentation)\n\n"
      text += fields(of: type)
      let roles = try parameterRoles(of: type.kind)
      text += roles.isEmpty ? "" : "Parameters: \(roles.map { "`\($0)`" }.joined(separator: ", ")).\n\n"
      text += "Precision: \(words(type.precision)).\n"
    }
    return text
  }

  private func fields<L: Layer>(of type: L.Type) -> String {
    guard !L.fields.isEmpty else { return "" }
    let rows = L.fields.map { field in
      let value = field.defaultValue.map { "`\(json($0))`" } ?? "must be given"
      return "| `\(field.name)` | \(field.summary) | \(field.expectation) | \(value) |"
    }
    return (["| field | meaning | values | default |", "|---|---|---|---|"] + rows).joined(separator: "\n")
      + "\n\n"
  }

  private func json(_ value: JSONValue) -> String {
    (try? JSONWriter.text(value, style: .compact)).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }

  private func words(_ precision: Precision) -> String {
    switch precision {
    case .exact: "the bits that `numerics.md` defines"
    case .rounding(let f32, let f64):
      "at most \(f32) units in the last place from the exact result in f32, \(f64) in f64"
    case .cancelling(let f32, let f64):
      "at most \(f32) units in the last place from the exact result in f32, \(f64) in f64; where the result is below 1, units of 1"
    }
  }
}

/// The parameters that a kind has in any of its cases, in order.
func parameterRoles(of kind: String) throws -> [String] {
  var roles: [String] = []
  for item in try LayerCase.all(of: kind) {
    for (role, _) in item.parameters where !roles.contains(role) { roles.append(role) }
  }
  return roles
}
