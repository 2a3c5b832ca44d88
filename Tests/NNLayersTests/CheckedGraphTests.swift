import NNFormat
import NNLayers
import NNTestSupport
import Testing

@Suite struct CheckedGraphTests {
  private static func tensor(_ shape: Shape, _ type: DataType = .f64) throws(ModelError) -> Tensor {
    Tensor(type, shape) { _ in }
  }

  /// Two inputs, four hidden units, one output, as many nodes as that needs.
  private func model(
    kind: String = "dense", fields: JSONObject = JSONObject([("units", 4)]), weights: Shape = [2, 4],
    biases: Shape? = [4], type: DataType = .f64, extra: String? = nil, output: ValueReference = "y"
  ) throws -> Model {
    var parameters = [NodeParameter("weights", "w")]
    var tensors = try NamedTensors([("w", try Self.tensor(weights, type))])
    if let biases {
      parameters.append(NodeParameter("biases", "b"))
      try tensors.append("b", try Self.tensor(biases, type))
    }
    if let extra {
      parameters.append(NodeParameter(extra, "e"))
      try tensors.append("e", try Self.tensor([1], type))
    }
    let model = Model(
      graph: Graph(
        inputs: [GraphInput("x", TensorType(.f64, [.symbol("N"), .known(2)]))],
        nodes: [
          Node("h", kind, fields: fields, inputs: ["x"], parameters: parameters),
          Node("y", "sigmoid", inputs: ["h"]),
        ],
        outputs: [GraphOutput("p", output)]),
      tensors: tensors)
    try model.validate()
    return model
  }

  private func problem(_ model: Model) -> ModelError? {
    error(thrownBy: { () throws(ModelError) in try CheckedGraph(model) })
  }

  @Test func typesAndParametersAreInferred() throws {
    let graph = try CheckedGraph(try model())
    #expect(graph.nodes.map(\.node.name) == ["h", "y"])
    #expect(graph.nodes[0].layer as? Dense == Dense(units: 4))
    #expect(graph.nodes[0].inputs == [TensorType(.f64, [.symbol("N"), .known(2)])])
    #expect(graph.nodes[0].parameters.map(\.role) == ["weights", "biases"])
    #expect(graph.nodes[1].outputs == [TensorType(.f64, [.symbol("N"), .known(4)])])
    #expect(graph.outputs.map(\.type) == [TensorType(.f64, [.symbol("N"), .known(4)])])
  }

  @Test func givenInputTypesReplaceTheDeclaredOnes() throws {
    let graph = try CheckedGraph(try model(), inputs: ["x": TensorType(.f64, [3, 2])])
    #expect(graph.outputs.map(\.type) == [TensorType(.f64, [3, 4])])
  }

  @Test func anUnknownKindIsReportedWithTheNearest() throws {
    #expect(
      problem(try model(kind: "dens"))
        == ModelError(LayerProblem.unknownKind("dens", nearest: "dense"), at: .node("h")))
    #expect(
      problem(try model(kind: "quux"))
        == ModelError(LayerProblem.unknownKind("quux", nearest: nil), at: .node("h")))
  }

  @Test func aNameThatIsNoKindComesWithTheReason() throws {
    for name in ["lambda", "time_distributed", "activation", "input_layer", "sequential"] {
      let error = problem(try model(kind: name))
      guard case .noKind(name, let reason)? = error?.problem as? LayerProblem else {
        Issue.record("'\(name)' gives \(String(describing: error))")
        continue
      }
      #expect(!reason.isEmpty && error?.places == [.node("h")])
    }
  }

  @Test func aWrongFieldIsReportedInItsNode() throws {
    #expect(
      problem(try model(fields: JSONObject([("units", 0)])))
        == ModelError(
          LayerProblem.badField(expected: "a positive integer", found: 0), at: .node("h"), .field("units")))
  }

  @Test func aParameterOfAnotherShapeIsRefused() throws {
    #expect(
      problem(try model(weights: [4, 2]))
        == ModelError(
          LayerProblem.parameterMismatch(
            role: "weights", tensor: "w", expected: TensorType(.f64, [2, 4]), found: TensorType(.f64, [4, 2])),
          at: .node("h")))
  }

  @Test func aMissingParameterIsRefused() throws {
    #expect(
      problem(try model(biases: nil))
        == ModelError(
          LayerProblem.missingParameter(kind: "dense", Parameter("biases", TensorType(.f64, [4]))),
          at: .node("h")))
  }

  @Test func aParameterTooManyIsRefused() throws {
    #expect(
      problem(try model(extra: "scale"))
        == ModelError(
          LayerProblem.unknownParameter(kind: "dense", role: "scale", known: ["weights", "biases"]),
          at: .node("h")))
    let withoutBias = JSONObject([("units", 4), ("use_bias", false)])
    #expect(
      problem(try model(fields: withoutBias))
        == ModelError(
          LayerProblem.unknownParameter(kind: "dense", role: "biases", known: ["weights"]), at: .node("h")))
    #expect(problem(try model(fields: withoutBias, biases: nil)) == nil)
  }

  @Test(arguments: [DataType.f16, .bf16, .f32])
  func narrowerParametersWiden(type: DataType) throws {
    #expect(problem(try model(type: type)) == nil)
  }

  @Test func integersDoNotBecomeParameters() throws {
    #expect(
      problem(try model(type: .i32))
        == ModelError(
          LayerProblem.parameterMismatch(
            role: "weights", tensor: "w", expected: TensorType(.f64, [2, 4]), found: TensorType(.i32, [2, 4])),
          at: .node("h")))
  }

  @Test func wideParametersDoNotNarrow() throws {
    let model = try model()
    #expect(
      error(thrownBy: { () throws(ModelError) in
        try CheckedGraph(model, inputs: ["x": TensorType(.f32, [1, 2])])
      })
        == ModelError(
          LayerProblem.parameterMismatch(
            role: "weights", tensor: "w", expected: TensorType(.f32, [2, 4]), found: TensorType(.f64, [2, 4])),
          at: .node("h")))
  }

  @Test func anOutputThatANodeDoesNotHaveIsRefused() throws {
    #expect(
      problem(try model(output: ValueReference("y", 1)))
        == ModelError(LayerProblem.noSuchOutput(ValueReference("y", 1), count: 1), at: .output("p")))
    var model = try model()
    model.graph.nodes[1].inputs = [ValueReference("h", 2)]
    #expect(
      problem(model)
        == ModelError(LayerProblem.noSuchOutput(ValueReference("h", 2), count: 1), at: .node("y")))
  }

  @Test func outputsThatCannotBeCountedAreRefused() throws {
    let extent = 1 << 31
    let model = Model(
      graph: Graph(
        inputs: [
          GraphInput("x", TensorType(.f32, [.known(extent), .known(1)])),
          GraphInput("y", TensorType(.f32, [.known(1), .known(extent)])),
        ],
        nodes: [Node("sum", "add", inputs: ["x", "y"])], outputs: [GraphOutput("z", "sum")]))
    #expect(problem(model) == ModelError(ModelProblem.shapeOverflow([extent, extent]), at: .node("sum")))
  }

  @Test func aCatalogCanBeExtended() throws {
    #expect(LayerCatalog.standard["answer"] == nil)
    #expect(LayerCatalog.standard.adding(Answer.self)["answer"] != nil)
  }

  @Test func kindsAreUnique() {
    let kinds = LayerCatalog.standard.all.map { $0.kind }
    #expect(Set(kinds).count == kinds.count)
  }

  private struct Answer: Layer {
    static let kind = "answer"
    func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] { [] }
    func forward(_ values: borrowing LayerValues) {}
  }
}
