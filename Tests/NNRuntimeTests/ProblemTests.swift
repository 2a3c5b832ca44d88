import FoundationEssentials
import NNFormat
import NNLayers
import NNRuntime
import NNTestSupport
import Testing

/// What callers can do wrong, each with its sentence and with a call that is right.
struct ProblemTests {
  private let network: Network
  private let several: Network

  init() throws {
    network = try Network(example())
    several = try Network(
      Model(
        graph: Graph(
          inputs: [
            GraphInput("image", TensorType(.f64, [.symbol("N"), .symbol("W")])),
            GraphInput("scale", TensorType(.f64, [.symbol("N"), .known(1)])),
          ],
          nodes: [Add().node("sum", inputs: ["image", "scale"])],
          outputs: [GraphOutput("sum", "sum"), GraphOutput("scale", "scale")])))
  }

  private func sentence(_ body: () throws(ModelError) -> some Any) -> String? { error(thrownBy: body)?.description }

  @Test func oneTensorIsRefusedWhereThereAreSeveralInputs() throws {
    let x = try Tensor([0.0, 1], [1, 2])
    #expect(throws: ModelError(RuntimeProblem.severalInputs(["image", "scale"]))) { try several(x) }
    #expect(
      sentence { () throws(ModelError) in try several(x) }
        == "the network has 2 inputs ('image', 'scale'); give each tensor under its name")
    #expect(try network(x).shape == [1, 1])
  }

  @Test func oneResultIsRefusedWhereThereAreSeveralOutputs() throws {
    let model = graph([ReLU().node("relu", inputs: ["x"])], outputs: [("a", "relu"), ("b", "x")])
    let both = try Network(model)
    let x = try Tensor([0.0, 1], [1, 2])
    #expect(
      sentence { () throws(ModelError) in try both(x) }
        == "the network has 2 outputs ('a', 'b'); call it with named inputs to get all")
    #expect(try both(["x": x]).count == 2)
  }

  @Test func namesOfInputsAreChecked() throws {
    let x = try Tensor([0.0, 1], [1, 2])
    #expect(
      sentence { () throws(ModelError) in try several(["imag": x, "scale": x]) }
        == "input 'imag': the network has no such input; did you mean 'image'?")
    #expect(
      sentence { () throws(ModelError) in try network(["x": x, "other": x]) }
        == "input 'other': the network has no such input; it has 'x'")
    #expect(
      sentence { () throws(ModelError) in try several(["image": x]) }
        == "input 'scale': no tensor is given for it; it takes f64 [N, 1]")
    #expect(try several(["image": x, "scale": Tensor([0.0], [1, 1])]).count == 2)
  }

  @Test func typesAndShapesOfInputsAreChecked() throws {
    let wrongType = try Tensor([0 as Float, 1], [1, 2])
    #expect(
      sentence { () throws(ModelError) in try network(wrongType) }
        == "input 'x': the elements must be f64, found f32")
    let wrongRank = try Tensor([0.0, 1], [2])
    #expect(
      sentence { () throws(ModelError) in try network(wrongRank) }
        == "input 'x': must be f64 [N, 2], of rank 2, found [2], of rank 1")
    let wrongExtent = try Tensor([0.0, 1, 2], [1, 3])
    #expect(
      sentence { () throws(ModelError) in try network(wrongExtent) }
        == "input 'x': must be f64 [N, 2], found [1, 3]; dimension 1 differs")
    let (two, three) = (try Tensor([0.0, 1], [2, 1]), try Tensor([0.0, 1, 2], [3, 1]))
    #expect(
      sentence { () throws(ModelError) in try several(["image": two, "scale": three]) }
        == "input 'scale': the dimension 'N' is 3 here and 2 in the input 'image'; dimensions of one name must be equal"
    )
  }

  @Test func arraysFillTheInputOrAreRefused() throws {
    let x = try Tensor([0.0, 1, 1, 0], [2, 2])
    let expected = try network(x).elements(as: Double.self)
    #expect(try network([0, 1]) == [expected[0]])
    #expect(try network([0, 1, 1, 0]) == expected)
    #expect(try network([[0, 1], [1, 0]]) == expected.map { [$0] })
    #expect(
      sentence { () throws(ModelError) in try network([1, 2, 3]) } == "input 'x': 3 elements do not fill f64 [N, 2]")
    #expect(
      sentence { () throws(ModelError) in try network([[0, 1], [1]]) }
        == "input 'x': row 1 has 1 elements, where 2 are needed")
    #expect(
      sentence { () throws(ModelError) in try network([1 as Float, 2]) }
        == "input 'x': the elements must be f64, found f32")
    let open = try Network(
      Model(
        graph: Graph(
          inputs: [GraphInput("x", TensorType(.f64, [.symbol("N"), .symbol("W")]))],
          nodes: [ReLU().node("relu", inputs: ["x"])], outputs: [GraphOutput("y", "relu")])))
    #expect(
      sentence { () throws(ModelError) in try open([1, 2]) }
        == "input 'x': the shape of f64 [N, W] does not follow from the number of elements; give a tensor, which has a shape"
    )
    #expect(try open([[1, -2]]) == [[1, 0]])
    let vector = try Network(
      Model(
        graph: Graph(
          inputs: [GraphInput("x", TensorType(.f32, [.known(2)]))],
          nodes: [ReLU().node("relu", inputs: ["x"])], outputs: [GraphOutput("y", "relu")])))
    #expect(try vector([1 as Float, -2]) == [1, 0])
    #expect(
      sentence { () throws(ModelError) in try vector([[1 as Float]]) }
        == "input 'x': is f32 [2], which is no list of rows; use a tensor")
  }

  @Test func onlyFilesAreLoaded() throws {
    let url = try #require(URL(string: "https://example.org/model.nnm"))
    #expect(
      sentence { () throws(ModelError) in try Network(contentsOf: url) }
        == "'https://example.org/model.nnm' is no file of this machine; load it down first and give the file's URL")
    #expect(throws: ModelError(FileProblem.notFound, at: .file("/nowhere/model.nnm"))) {
      try Network(contentsOf: URL(filePath: "/nowhere/model.nnm"))
    }
  }

  @Test func aRunThatNeedsTooMuchMemoryIsRefused() throws {
    var options = NetworkOptions()
    options.memoryLimit = 1 << 20
    let model = graph([ReLU().node("relu", inputs: ["x"])], outputs: [("y", "relu")])
    let small = try Network(model, options: options)
    #expect(try small.prepared(for: [1 << 16, 2]).workspaceSize == 0)
    #expect(throws: ModelError(RuntimeProblem.tooMuchMemory(needed: 2 << 20, limit: 1 << 20))) {
      try small.prepared(for: [1 << 17, 2])
    }
    #expect(
      sentence { () throws(ModelError) in try small.prepared(for: [1 << 17, 2]) }
        == "one run needs 2097152 bytes of memory, more than the limit of 1048576")
  }

  @Test func sizesThatCannotBeCountedAreRefused() throws {
    // Sixty doublings of a row: the graph is small, the value is not.
    var nodes: [Node] = []
    var value: ValueReference = "x"
    for index in 0..<54 {
      nodes.append(Concatenate().node("n\(index)", inputs: [value, value]))
      value = ValueReference("n\(index)")
    }
    let network = try Network(graph(nodes, outputs: [("y", value)]))
    let found = error { () throws(ModelError) in try network([0, 1]) }
    guard case .tooMuchMemory(let needed, _)? = found?.problem as? RuntimeProblem else {
      Issue.record("found \(String(describing: found))")
      return
    }
    #expect(needed >= 1 << 56)
  }

  @Test func theRestOfTheSentences() {
    #expect(
      RuntimeProblem.wrongResultType(expected: .f64, found: .f32).description
        == "the result is f32, not f64; use a tensor, or arrays of the result's type")
    #expect(
      RuntimeProblem.outOfMemory(needed: 5).description == "the system has no 5 bytes of memory left")
    #expect(
      RuntimeProblem.openExtents(TensorType(.f32, [.unknown])).description
        == "its output is f32 [?], which leaves extents open though those of its inputs are fixed; this is a fault of the layer"
    )
  }
}
