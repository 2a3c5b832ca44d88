import NNConvert
import NNFormat
import NNLayers
import NNTestSupport
import Testing

/// `spec/keras.md`, which says what the tables say, and what the export does with the cases of `Fixtures/layers`.
@Suite struct KerasDocumentationTests {
  @Test func thePageIsThatOfTheSources() throws {
    var exports = KerasExportDocumentation()
    for kind in LayerCatalog.standard.all.map({ $0.kind }) {
      for layer in try LayerCase.all(of: kind) { try exports.add(kind, layer.model) }
    }
    #expect(exports.unproven == ["constant"], "a constant becomes an argument of what takes it")
    try expectSnapshot(KerasDocumentation.text(exports: exports), "\(packageFolder)/spec/keras.md")
  }
}

extension LayerCase {
  /// The layer as a model of one node, with an open number of rows where each row stands for itself.
  fileprivate var model: Model {
    get throws {
      let graphInputs = inputs.enumerated().map { place, tensor in
        var type = tensor.type
        if rows, inputs.count == 1, !type.shape.isEmpty { type.shape[0] = .symbol("N") }
        return GraphInput("x\(place)", type)
      }
      var node = Node("node", kind, fields: fields, inputs: graphInputs.map { ValueReference($0.name) })
      node.parameters = parameters.map { NodeParameter($0.role, $0.role) }
      let graph = Graph(
        inputs: graphInputs, nodes: [node],
        outputs: expectations[0].outputs.indices.map { GraphOutput("y\($0)", ValueReference("node", $0)) })
      return Model(graph: graph, tensors: try NamedTensors(parameters.map { ($0.role, $0.tensor) }))
    }
  }
}
