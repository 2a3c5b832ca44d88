import NNFormat
import NNLayers
import NNTestSupport
import Testing

@Suite struct SchemaTests {
  @Test func theSchemaIsThatOfTheCatalogue() throws {
    var roles: [String: [String]] = [:]
    for type in LayerCatalog.standard.all { roles[type.kind] = try parameterRoles(of: type.kind) }
    let schema = ArchitectureSchema(catalog: .standard, roles: roles)
    let text = String(decoding: try JSONWriter.text(schema.json), as: UTF8.self)
    try expectSnapshot(
      text.hasSuffix("\n") ? text : text + "\n", "\(packageFolder)/spec/architecture.schema.json")
  }
}
