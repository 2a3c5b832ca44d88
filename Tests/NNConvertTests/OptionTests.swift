import NNContainer
import NNFormat
import NNNumPy
import NNTestSupport
import Testing

import NNConvert

@Suite struct OptionTests {
  private let folder = TemporaryFolder()

  @Test func twoFilesMakeAnExample() throws {
    let files = try ExampleFiles("a=b/x.npy=y.npz")
    #expect(files.inputs == "a=b/x.npy")
    #expect(files.outputs == "y.npz")
  }

  @Test(arguments: ["x.npy", "x.npy=", "x=y", "x.npy=y.txt", "x.npy=y.npy=z.npy", ""])
  func anythingElseIsNoExample(text: String) {
    #expect(throws: ModelError(ConvertProblem.badExample(text))) { try ExampleFiles(text) }
  }

  @Test func anExampleHasTheNameOfItsInputsAndIsCastOnlyIfAsked() throws {
    var numpy = NumPyImport()
    numpy.activations = try Activations("sigmoid")
    numpy.dataType = .f32
    let source = "\(fixtures)/numpy-example/2-2-1"
    var model = try numpy.model(from: ["\(source)/arrays.npz"]).model
    let files = try ExampleFiles("\(source)/x_1.npy=\(source)/y_1.npy")
    let author = ComputedBy(text: "numpy,2.4.6,x86-64, AVX-512")
    #expect(author == ComputedBy(framework: "numpy", version: "2.4.6", machine: "x86-64, AVX-512"))
    let (example, report) = try files.example(for: model, casts: true, tolerance: .exact, computedBy: author)
    #expect(example.name == "x_1")
    #expect(example.computedBy == author)
    #expect(example.inputs["input"]?.dataType == .f32 && example.outputs["output"]?.dataType == .f32)
    #expect(report.changes.map(\.tensor) == ["examples/x_1/inputs/input", "examples/x_1/outputs/output"])
    model.examples.append(example)
    try model.validate()
    let second = try files.example(for: model, casts: false, tolerance: .exact, computedBy: author)
    #expect(second.example.name == "x_1_2")
    #expect(second.example.inputs["input"]?.dataType == .f64)
    #expect(second.report.changes.isEmpty)
  }

  @Test func oneArrayCannotStandForSeveralInputs() throws {
    let type = TensorType(.f64, [.known(1)])
    let model = Model(
      graph: Graph(
        inputs: [GraphInput("a", type), GraphInput("b", type)], nodes: [Node("c", "add", inputs: ["a", "b"])],
        outputs: [GraphOutput("c", "c")]))
    let one = folder.file("one.npy")
    try Tensor([1.0], [1]).writeNPY(to: one)
    let both = folder.file("both.npz")
    try NamedTensors([("a", Tensor([1.0], [1])), ("b", Tensor([2.0], [1]))]).writeNPZ(to: both)
    #expect(
      throws: ModelError(ConvertProblem.exampleNeedsNames(what: "input", count: 2), at: .file(one))
    ) {
      try ExampleFiles("\(one)=\(one)").example(for: model, casts: false, tolerance: .exact, computedBy: ComputedBy())
    }
    let files = try ExampleFiles("\(both)=\(one)")
    let example = try files.example(for: model, casts: false, tolerance: .exact, computedBy: ComputedBy()).example
    #expect(example.inputs.names == ["a", "b"])
  }

  @Test func theEndingOfTheOutputSaysItsKind() throws {
    for (name, kind) in [
      ("a.nnm", ContainerKind.binary), ("a.h5", .hdf5), ("a.json", .json), ("a.safetensors", .safetensors),
      ("a.npz", .npz), ("a", .folder), ("a.b/", .folder),
    ] {
      #expect(try ModelFiles.kind(forWriting: name) == kind)
    }
    #expect(throws: ModelError(ConvertProblem.unknownOutputKind("a.pt"))) { try ModelFiles.kind(forWriting: "a.pt") }
  }

  @Test func onlyFloatingPointTypesAreForWeights() throws {
    #expect(try DataType(floatName: "bf16") == .bf16)
    for name in ["i8", "float32", ""] {
      #expect(throws: ModelError(ConvertProblem.badFloatType(name))) { try DataType(floatName: name) }
    }
  }

  @Test func editsMakeNoSenseInAFileThatCannotBeEdited() throws {
    let path = folder.file("a.nnm")
    let model = Model(
      graph: Graph(
        inputs: [GraphInput("a", TensorType(.f64, [.known(1)]))], nodes: [], outputs: [GraphOutput("a", "a")]))
    try model.write(to: path, as: .binary)
    #expect(try ModelFiles.open(path).model == model)
    #expect(
      throws: ModelError(
        ConvertProblem.senselessOption(
          "--accept-edits", reason: "only a folder or .npz with an architecture.json can be edited"), at: .file(path))
    ) { try ModelFiles.open(path, acceptsEdits: true) }
  }
}
