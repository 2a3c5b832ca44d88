import NNFormat
import NNLayers
import NNRuntime
import NNTestSupport
import Testing

/// Graphs in which memory is shared, or must not be.
struct GraphTests {
  private let input: Tensor

  init() throws { input = try Tensor([-1.0, 2, 3, -4], [2, 2]) }

  @Test func aValueThatIsNeededLaterIsNotWrittenOver() throws {
    let model = graph(
      [
        Linear().node("copy", inputs: ["x"]),
        ReLU().node("relu", inputs: ["copy"]),
        Add().node("twice", inputs: ["relu", "relu"]),
        ReLU().node("again", inputs: ["twice"]),
        Add().node("sum", inputs: ["copy", "relu", "again", "twice"]),
      ], outputs: [("y", "sum")])
    let result = try Network(model)(input)
    #expect(result.elements(as: Double.self) == [-1, 12, 18, -4])
  }

  @Test func aCallersInputIsNeverWritten() throws {
    let model = graph(
      [
        Flatten().node("flat", inputs: ["x"]),
        ReLU().node("relu", inputs: ["flat"]),
        ReLU().node("relu2", inputs: ["relu"]),
      ], outputs: [("y", "relu2")])
    let result = try Network(model)(input)
    #expect(result.elements(as: Double.self) == [0, 2, 3, 0])
    #expect(input.elements(as: Double.self) == [-1, 2, 3, -4])
  }

  @Test func anOutputMayBeAnInputAViewOrAnInnerValueAndMayBeGivenTwice() throws {
    let model = graph(
      [
        Linear().node("view", inputs: ["x"]),
        ReLU().node("relu", inputs: ["view"]),
        Linear().node("same", inputs: ["relu"]),
        Sigmoid().node("end", inputs: ["same"]),
      ],
      outputs: [
        ("input", "x"), ("view", "view"), ("relu", "relu"), ("same", "same"), ("end", "end"), ("relu2", "relu"),
      ])
    let results = try Network(model)(["x": input])
    #expect(results.count == 6)
    #expect(results["input"] == input)
    #expect(results["view"] == input)
    for name in ["relu", "same", "relu2"] {
      #expect(results[name]?.elements(as: Double.self) == [0, 2, 3, 0])
    }
    #expect(results["end"]?.elements(as: Double.self)[0] == 0.5)
  }

  @Test func anOutputKeepsItsValueWhenALaterNodeWorksInPlace() throws {
    let model = graph(
      [
        Add().node("twice", inputs: ["x", "x"]),
        ReLU().node("relu", inputs: ["twice"]),
        ReLU6().node("relu6", inputs: ["relu"]),
      ], outputs: [("y", "relu6"), ("twice", "twice")])
    let results = try Network(model)(["x": input])
    #expect(results["twice"]?.elements(as: Double.self) == [-2, 4, 6, -8])
    #expect(results["y"]?.elements(as: Double.self) == [0, 4, 6, 0])
  }

  @Test func branchesJoin() throws {
    let model = graph(
      [
        ReLU().node("left", inputs: ["x"]),
        Add().node("right", inputs: ["x", "x"]),
        Concatenate().node("joined", inputs: ["left", "right", "x"]),
        ReLU().node("end", inputs: ["joined"]),
      ], outputs: [("y", "end")])
    let result = try Network(model)(input)
    #expect(result.shape == [2, 6])
    #expect(result.elements(as: Double.self) == [0, 2, 0, 4, 0, 2, 3, 0, 6, 0, 3, 0])
  }

  @Test func severalInputsAreGivenByNameAndShareDimensions() throws {
    let model = Model(
      graph: Graph(
        inputs: [
          GraphInput("a", TensorType(.f32, [.symbol("N"), .known(2)])),
          GraphInput("b", TensorType(.f32, [.symbol("N"), .symbol("M")])),
        ],
        nodes: [Concatenate().node("joined", inputs: ["a", "b"])], outputs: [GraphOutput("y", "joined")]))
    let network = try Network(model)
    let a = try Tensor([1 as Float, 2, 3, 4], [2, 2])
    let b = try Tensor([5 as Float, 6], [2, 1])
    #expect(try network(["b": b, "a": a])["y"]?.elements(as: Float.self) == [1, 2, 5, 3, 4, 6])
    let wrong = try Tensor([5 as Float, 6, 7], [3, 1])
    #expect(
      throws: ModelError(
        RuntimeProblem.unequalExtents(symbol: "N", input: "a", expected: 2, found: 3), at: .input("b"))
    ) { try network(["a": a, "b": wrong]) }
  }

  @Test func nodesMayShareATensor() throws {
    var stream = Stream(seed: 11)
    let weights = try stream.tensor(.f64, [2, 2])
    let shared = [NodeParameter("weights", "shared")]
    var tied = graph(
      [
        Dense(units: 2, useBias: false).node("first", inputs: ["x"], parameters: shared),
        Dense(units: 2, useBias: false).node("second", inputs: ["first"], parameters: shared),
      ], outputs: [("y", "second")])
    tied.tensors["shared"] = weights
    var single = graph(
      [Dense(units: 2, useBias: false).node("only", inputs: ["x"], parameters: shared)], outputs: [("y", "only")])
    single.tensors["shared"] = weights
    let step = try Network(single)
    #expect(try Network(tied)(input) == step(step(input)))
  }

  @Test func batchesOfNoRowsWork() throws {
    let network = try Network(example())
    let result = try network(Tensor([Double](), [0, 2]))
    #expect(result.shape == [0, 1])
    #expect(try network([[Double]]()) == [])
    var target: [Double] = []
    try network.prepared(for: [0, 2])([Double](), into: &target)
  }

  @Test func nodesOnWhichNoOutputDependsAreNotRunButTraced() throws {
    let model = graph(
      [ReLU().node("used", inputs: ["x"]), Sigmoid().node("unused", inputs: ["x"])], outputs: [("y", "used")])
    let network = try Network(model)
    #expect(try network(input).elements(as: Double.self) == [0, 2, 3, 0])
    let trace = try network.trace(["x": input])
    #expect(trace.values.map(\.reference.description) == ["used", "unused"])
    #expect(trace.values[0].tensor.elements(as: Double.self) == [0, 2, 3, 0])
  }

  @Test(arguments: 0..<200)
  func sharingMemoryChangesNoValue(seed: Int) throws {
    var stream = Stream(seed: seed)
    var names: [ValueReference] = ["x"]
    var nodes: [Node] = []
    for index in 0..<12 {
      let name = "n\(index)"
      let first = names[stream.integer(below: names.count)]
      let second = names[stream.integer(below: names.count)]
      switch stream.integer(below: 5) {
      case 0: nodes.append(Linear().node(name, inputs: [first]))
      case 1: nodes.append(Sigmoid().node(name, inputs: [first]))
      case 2: nodes.append(Add().node(name, inputs: [first, second]))
      case 3: nodes.append(Flatten().node(name, inputs: [first]))
      default: nodes.append(Tanh().node(name, inputs: [first]))
      }
      names.append(ValueReference(name))
    }
    let outputs = (0..<3).map { ("y\($0)", names[stream.integer(below: names.count)]) }
    let input = try stream.tensor(.f64, [3, 2])
    let network = try Network(graph(nodes, outputs: outputs))
    let results = try network(["x": input])
    // The traced run shares nothing.
    let trace = try network.trace(["x": input])
    for (name, reference) in outputs {
      let expected = trace.values.first { $0.reference == reference }?.tensor ?? input
      #expect(results[name] == expected)
      #expect(trace.outputs[name] == expected)
    }
    #expect(try network(["x": input]) == results)
  }
}
