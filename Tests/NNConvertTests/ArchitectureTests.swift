import NNContainer
import NNFormat
import NNNumPy
import NNTestSupport
import Testing

import NNConvert

@Suite struct ArchitectureTests {
  private let folder = TemporaryFolder()
  private let source = "\(fixtures)/numpy-example/3-5-2/arrays.npz"
  private static let graph = """
    {
      "inputs": [{"name": "x", "dtype": "f64", "shape": ["N", 3]}],
      "nodes": [
        {"name": "a", "kind": "dense", "fields": {"units": 5}, "inputs": ["x"],
         "parameters": {"weights": "weights_input_hidden", "biases": "biases_hidden"}},
        {"name": "b", "kind": "tanh", "inputs": ["a"]},
        {"name": "c", "kind": "dense", "fields": {"units": 2}, "inputs": ["b"],
         "parameters": {"weights": "weights_hidden_output", "biases": "biases_output"}}
      ],
      "outputs": [{"name": "y", "value": "c"}]
    }
    """

  private func importer(_ document: String) -> NumPyImport {
    var numpy = NumPyImport()
    numpy.architecture = folder.write("graph.json", Array(document.utf8))
    return numpy
  }

  @Test func aGraphTakesItsTensorsFromArraysOfTheirNames() throws {
    let (model, report) = try importer(ArchitectureTests.graph).model(from: [source])
    #expect(model.graph.nodes.map(\.kind) == ["dense", "tanh", "dense"])
    #expect(report.mapped[1].changes == [.reshaped(from: [1, 5], to: [5])])
    #expect(report.weightsLayout == nil)
  }

  @Test func theDocumentOfAModelServesAsWell() throws {
    let plain = try importer(ArchitectureTests.graph).model(from: [source]).model
    let document = """
      {"format": "nnm", "version": "1.0", "metadata": {"name": "mine"}, "graph": \(ArchitectureTests.graph)}
      """
    let model = try importer(document).model(from: [source]).model
    #expect(model.graph == plain.graph && model.tensors == plain.tensors)
    #expect(model.metadata == JSONObject([("name", "mine")]))
  }

  @Test func missingAndUnusedArraysAreListedAllAtOnce() throws {
    let document = ArchitectureTests.graph.replacing("\"weights_", with: "\"matrix_")
    #expect(
      throws: ModelError(ConvertProblem.missingArrays(["matrix_input_hidden", "matrix_hidden_output"]))
    ) { try importer(document).model(from: [source]) }
    let extra = folder.file("extra.npy")
    try Tensor([1.0], [1]).writeNPY(to: extra)
    #expect(throws: ModelError(ConvertProblem.unusedArrays(["extra"]))) {
      try importer(ArchitectureTests.graph).model(from: [source, extra])
    }
  }

  @Test func whatTheArchitectureSaysCannotBeSaidAgain() throws {
    var numpy = importer(ArchitectureTests.graph)
    numpy.layers = "a:b"
    #expect(
      throws: ModelError(ConvertProblem.senselessOption("--layers", reason: "--architecture says it already"))
    ) { try numpy.model(from: [source]) }
  }

  @Test func aShapeThatTheGraphDoesNotHaveIsRefused() throws {
    let document = ArchitectureTests.graph.replacing("\"units\": 5", with: "\"units\": 4")
    let found = error { () throws(ModelError) in try importer(document).model(from: [source]) }
    #expect(found?.places == [.node("a")])
    #expect(found?.problem.category == .malformed)
  }

  @Test func aModelOfArraysComesBackWholeAndTakesNoOptions() throws {
    let model = try importer(ArchitectureTests.graph).model(from: [source]).model
    for (name, kind) in [("exploded", ContainerKind.folder), ("exploded.npz", .npz)] {
      let path = folder.file(name)
      try model.write(to: path, as: kind)
      #expect(try NumPyImport().model(from: [path]).model == model)
      var numpy = NumPyImport()
      numpy.dataType = .f32
      #expect(
        throws: ModelError(
          ConvertProblem.senselessOption("--dtype", reason: "the source is a whole model, with its architecture.json"),
          at: .file(path))
      ) { try numpy.model(from: [path]) }
      #expect(throws: ModelError(ConvertProblem.modelAmongSources, at: .file(path))) {
        var numpy = NumPyImport()
        numpy.activations = try Activations("relu")
        _ = try numpy.model(from: [path, source])
      }
    }
  }

  @Test func editedArraysAreTakenOnlyIfThatIsSaid() throws {
    let model = try importer(ArchitectureTests.graph).model(from: [source]).model
    let path = folder.file("exploded")
    try model.write(to: path, as: .folder)
    let names = ["parameters/biases_output.npy", "parameters/c%2Fbiases.npy"].map { "\(path)/\($0)" }
    let file = try #require(names.first { (try? bytes(of: $0)) != nil })
    try Tensor([0.25, 0.75], [2]).writeNPY(to: file, replacing: true)
    let found = error { () throws(ModelError) in try NumPyImport().model(from: [path]) }
    #expect(found?.problem.category == .failedCheck)
    var numpy = NumPyImport()
    numpy.acceptsEdits = true
    let edited = try numpy.model(from: [path]).model
    #expect(try edited.tensors["biases_output"] == Tensor([0.25, 0.75], [2]))
    #expect(edited.graph == model.graph)
  }
}
