import NNContainer
import NNFormat
import NNNumPy
import NNTestSupport

/// Models for the tests, made of arrays that NumPy wrote (Fixtures/generate/commands.py).
enum Models {
  /// The path of a fixture.
  static func fixture(_ name: String) -> String { "\(fixtures)/commands/\(name)" }

  /// Two dense layers, a relu between them; NumPy's result for `x.npy` is `y.npy`.
  static func network(examples: [Example] = []) throws -> Model {
    let arrays = try NamedTensors(npzFile: fixture("network.npz"))
    var tensors = NamedTensors()
    for (stored, name) in [
      ("hidden_weights", "hidden/weights"), ("hidden_biases", "hidden/biases"), ("output_weights", "output/weights"),
      ("output_biases", "output/biases"),
    ] {
      tensors[name] = arrays[stored]
    }
    let graph = Graph(
      inputs: [GraphInput("x", TensorType(.f64, [.symbol("N"), .known(2)]))],
      nodes: [
        dense("hidden", 3, from: "x"), Node("hidden_activation", "relu", inputs: ["hidden"]),
        dense("output", 2, from: "hidden_activation"),
      ],
      outputs: [GraphOutput("y", "output")])
    return Model(
      graph: graph, tensors: tensors,
      metadata: JSONObject([
        ("name", "Two layers"), ("description", "A network of two dense layers."), ("license", "MIT"), ("classes", 2),
      ]),
      examples: examples,
      provenance: Provenance(
        sources: [.init(name: "network.npz", format: "npz", digest: Digest(of: []))], tool: "nnconvert 0.1.0",
        steps: [.init(tensor: "hidden/biases", steps: ["reshaped [1, 3] to [3]"])]))
  }

  /// A network that gives back what it gets.
  static func identity() -> Model {
    Model(
      graph: Graph(
        inputs: [GraphInput("x", TensorType(.f64, [.symbol("N"), .known(2)]))],
        nodes: [Node("same", "linear", inputs: ["x"])], outputs: [GraphOutput("y", "same")]))
  }

  /// An example of the network with NumPy's result, or with one that differs by two units in the last place.
  static func example(_ name: String, expecting output: String, tolerance: Tolerance = .exact) throws -> Example {
    Example(
      name, inputs: try NamedTensors([("x", try Tensor(npyFile: fixture("x.npy")))]),
      outputs: try NamedTensors([("y", try Tensor(npyFile: fixture(output)))]),
      values: try NamedTensors([("hidden_activation", try Tensor(npyFile: fixture("hidden.npy")))]),
      tolerance: tolerance, computedBy: ComputedBy(framework: "numpy", version: "2.4.6", machine: "x86-64")
    )
  }

  /// Two dense layers that share their tensors.
  static func tied() throws -> Model {
    let weights = try Tensor([1.0, 0.5, -0.5, 2], [2, 2])
    let nodes = ["first", "second"].map { name in
      Node(
        name, "dense", fields: JSONObject([("units", 2), ("use_bias", false)]),
        inputs: [name == "first" ? "x" : "first"],
        parameters: [NodeParameter("weights", "shared")])
    }
    return Model(
      graph: Graph(
        inputs: [GraphInput("x", TensorType(.f64, [.symbol("N"), .known(2)]))], nodes: nodes,
        outputs: [GraphOutput("y", "second")]),
      tensors: try NamedTensors([("shared", weights)]))
  }

  /// Two inputs and two outputs: their sum, and the first one unchanged.
  static func twoInputs() -> Model {
    let type = TensorType(.f32, [.symbol("N"), .known(2)])
    return Model(
      graph: Graph(
        inputs: [GraphInput("left", type), GraphInput("right", type)],
        nodes: [
          Node("sum", "add", inputs: ["left", "right"]), Node("positive", "relu", inputs: ["left"]),
        ], outputs: [GraphOutput("total", "sum"), GraphOutput("kept", "positive")]))
  }

  /// A model with one node of a kind that nobody knows and the given tensors.
  static func bag(_ tensors: NamedTensors, kind: String = "bag", node: String = "everything") -> Model {
    Model(
      graph: Graph(
        inputs: [GraphInput("x", TensorType(.f64, [.symbol("N")]))],
        nodes: [
          Node(
            node, kind, fields: JSONObject([("depth", 3)]), inputs: ["x"],
            parameters: tensors.names.map { NodeParameter($0, $0) })
        ], outputs: [GraphOutput("y", ValueReference(node))]),
      tensors: tensors)
  }

  private static func dense(_ name: String, _ units: Int, from input: ValueReference) -> Node {
    Node(
      name, "dense", fields: JSONObject([("units", JSONValue(units))]), inputs: [input],
      parameters: [NodeParameter("weights", "\(name)/weights"), NodeParameter("biases", "\(name)/biases")])
  }
}

extension Session {
  /// Writes a model into the folder.
  func write(_ model: Model, _ name: String, as kind: ContainerKind = .binary) throws {
    try model.write(to: folder.file(name), as: kind)
  }

  /// Copies a fixture into the folder.
  func copy(_ name: String) throws {
    folder.write(name, try bytes(of: Models.fixture(name)))
  }
}

extension Session {
  /// Changes the bytes of a file in the folder.
  func damage(_ name: String, _ change: (inout [UInt8]) -> Void) throws {
    var content = try bytes(of: folder.file(name))
    change(&content)
    folder.write(name, content)
  }
}
