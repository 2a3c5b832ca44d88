import NNFormat
import NNTestSupport
import Testing

@Suite struct ShapeAndTensorTests {
  private func refusal(_ dimensions: [Int]) -> (any Problem)? {
    error { () throws(ModelError) in try Shape(dimensions) }?.problem
  }

  @Test func countsAreProducts() throws {
    #expect(try Shape([2, 3, 5]).count == 30)
    #expect(Shape.scalar.count == 1)
    #expect(try Shape([7, 0, 1 << 50]).count == 0)
  }

  @Test func shapesThatCannotBeCountedAreRefused() {
    #expect(refusal([1 << 32, 1 << 32]) as? ModelProblem == .shapeOverflow([1 << 32, 1 << 32]))
    #expect(refusal([0, 1 << 32, 1 << 32]) as? ModelProblem == .shapeOverflow([0, 1 << 32, 1 << 32]))
    #expect(refusal([1 << 60]) as? ModelProblem == .shapeOverflow([1 << 60]))
    #expect(refusal([2, -1]) as? ModelProblem == .negativeExtent(-1))
    #expect(refusal(Array(repeating: 1, count: 33)) as? ModelProblem == .rankTooLarge(33))
    #expect(refusal(Array(repeating: 1, count: 32)) == nil)
  }

  @Test func tensorsHaveTheBytesOfTheirShape() throws {
    let tensor = try Tensor([1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [2, 3])
    #expect(tensor.bytes.count == 48)
    #expect(tensor.elements(as: Double.self) == [1, 2, 3, 4, 5, 6])
    let found = error { () throws(ModelError) in try Tensor(.f32, [2, 3], bytes: tensor.bytes) }
    #expect(found == ModelError(ModelProblem.wrongSize(needed: 24, found: 48)))
  }

  @Test func truthValuesAreZeroOrOne() throws {
    _ = try Tensor(.bool, [2], bytes: ByteRegion([0, 1]))
    let found = error { () throws(ModelError) in try Tensor(.bool, [2], bytes: ByteRegion([0, 2])) }
    #expect(found == ModelError(ModelProblem.notBool(2)))
  }

  @Test func tensorsAreEqualWhenTheirBitsAre() throws {
    #expect(try Tensor([Double.nan], [1]) == Tensor([Double.nan], [1]))
    #expect(try Tensor([0.0], [1]) != Tensor([-0.0], [1]))
    #expect(try Tensor([0.0], [1]) != Tensor([0.0], [1, 1]))
  }

  @Test func largeRegionsAreZeroAndLieInAFile() {
    let region = ByteRegion(count: 65 << 20) { $0[$0.count - 1] = 7 }
    region.withUnsafeBytes { bytes in
      #expect(bytes[0] == 0)
      #expect(bytes[bytes.count - 1] == 7)
    }
  }

  @Test func partsOfARegionAreItsBytes() {
    let region = ByteRegion([1, 2, 3, 4, 5])
    #expect(region[1..<4] == ByteRegion([2, 3, 4]))
    #expect(region[2..<2] == .empty)
    #expect(region[1..<5].aligned(to: 64) == ByteRegion([2, 3, 4, 5]))
  }

  // FIPS 180-4 test vectors as published by NIST.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
  ])
  func digestsAreSHA256(_ text: String, _ hexadecimal: String) {
    #expect(Digest(of: Array(text.utf8)).hexadecimal == hexadecimal)
    #expect(Digest("sha256:" + hexadecimal) == Digest(of: ByteRegion(text.utf8)))
    #expect(Digest("sha256:" + hexadecimal.dropLast()) == nil)
    #expect(Digest("sha256:" + hexadecimal.uppercased()) == nil)
  }

  @Test func referencesHaveOneText() throws {
    #expect(try ValueReference(text: "split:1") == ValueReference("split", 1))
    #expect(ValueReference("split", 0).description == "split")
    for text in ["", ":1", "a:", "a:0", "a:01", "a:-1", "a:1:2", "a:99999999"] {
      let found = error { () throws(ModelError) in try ValueReference(text: text) }
      #expect(found == ModelError(ModelProblem.badReference(text)))
    }
  }
}

@Suite struct ValidationTests {
  private var model: Model {
    get throws {
      Model(
        graph: Graph(
          inputs: [GraphInput("x", TensorType(.f64, [.symbol("N"), .known(2)]))],
          nodes: [
            Node("a", "dense", inputs: ["x"], parameters: [NodeParameter("weights", "w")]),
            Node("b", "sigmoid", inputs: ["a"]),
          ],
          outputs: [GraphOutput("y", "b")]),
        tensors: try NamedTensors([("w", Tensor([1.0, 2.0], [2, 1]))]),
        examples: [
          Example(
            "one", inputs: try NamedTensors([("x", Tensor([1.0, 2.0], [1, 2]))]),
            outputs: try NamedTensors([("y", Tensor([0.5], [1, 1]))]))
        ])
    }
  }

  private func refusal(_ change: (inout Model) throws -> Void) throws -> ModelError? {
    var changed = try model
    try change(&changed)
    return error { () throws(ModelError) in try changed.validate() }
  }

  @Test func aGoodModelIsAccepted() throws {
    #expect(try refusal { _ in } == nil)
  }

  @Test func namesAreChecked() throws {
    for (name, reason) in [
      ("", "is empty"), ("a:b", "has a colon, which separates a node's name from the number of an output"),
      ("a\u{0}", "has a control character"),
      (String(repeating: "x", count: 1025), "has 1025 bytes, more than the 1024 that a name may have"),
    ] {
      #expect(
        try refusal { $0.graph.nodes[1].name = name }
          == ModelError(ModelProblem.badName(name, reason: reason), at: .node(name)))
    }
  }

  @Test func duplicateNamesAreRefused() throws {
    #expect(
      try refusal { $0.graph.nodes[1].name = "a" } == ModelError(ModelProblem.duplicate(what: "nodes or inputs", "a")))
    #expect(
      try refusal { $0.graph.nodes[1].name = "x" } == ModelError(ModelProblem.duplicate(what: "nodes or inputs", "x")))
    #expect(
      try refusal { $0.graph.inputs.append($0.graph.inputs[0]) }
        == ModelError(ModelProblem.duplicate(what: "inputs", "x")))
    #expect(
      try refusal { $0.graph.outputs.append($0.graph.outputs[0]) }
        == ModelError(ModelProblem.duplicate(what: "outputs", "y")))
    #expect(
      try refusal { $0.examples.append($0.examples[0]) }
        == ModelError(ModelProblem.duplicate(what: "examples", "one")))
  }

  @Test func valuesMustBeComputedBeforeTheyAreUsed() throws {
    #expect(
      try refusal { $0.graph.nodes[1].inputs = ["aa"] }
        == ModelError(ModelProblem.unknownValue("aa", nearest: "a"), at: .node("b")))
    #expect(
      try refusal { $0.graph.nodes.swapAt(0, 1) } == ModelError(ModelProblem.laterValue("a"), at: .node("b")))
    #expect(
      try refusal { $0.graph.nodes[0].inputs = ["b"] }
        == ModelError(ModelProblem.cycle(["a", "b", "a"]), at: .node("a")))
    #expect(
      try refusal { $0.graph.nodes[0].inputs = ["a"] } == ModelError(ModelProblem.cycle(["a", "a"]), at: .node("a")))
    #expect(
      try refusal { $0.graph.outputs[0].value = "z" }
        == ModelError(ModelProblem.unknownValue("z", nearest: nil), at: .output("y")))
  }

  @Test func parametersAndTensorsBelongTogether() throws {
    #expect(
      try refusal { $0.graph.nodes[0].parameters[0].tensor = "ww" }
        == ModelError(ModelProblem.missingTensor(role: "weights", "ww", nearest: "w"), at: .node("a")))
    #expect(
      try refusal { $0.tensors["extra"] = $0.tensors["w"] }
        == ModelError(ModelProblem.unusedTensor, at: .tensor("extra")))
    #expect(
      try refusal {
        $0.tensors["examples/x"] = $0.tensors["w"]
        $0.graph.nodes[0].parameters.append(NodeParameter("more", "examples/x"))
      }
        == ModelError(
          ModelProblem.badName(
            "examples/x", reason: "begins with 'examples/', which is kept for the tensors of examples"),
          at: .tensor("examples/x")))
  }

  @Test func examplesFitTheGraph() throws {
    #expect(
      try refusal { $0.examples[0].inputs["x"] = nil }
        == ModelError(ModelProblem.exampleMismatch(what: "input", "x", isMissing: true), at: .example("one")))
    #expect(
      try refusal { $0.examples[0].outputs["z"] = $0.tensors["w"] }
        == ModelError(ModelProblem.exampleMismatch(what: "output", "z", isMissing: false), at: .example("one")))
    #expect(
      try refusal { $0.examples[0].inputs["x"] = $0.tensors["w"] }
        == ModelError(
          ModelProblem.typeMismatch(
            expected: TensorType(.f64, [.symbol("N"), .known(2)]), found: TensorType(.f64, [2, 1] as Shape)),
          at: .example("one"), .input("x")))
  }

  @Test func somethingMustComeInAndGoOut() throws {
    #expect(try refusal { $0.graph.inputs = [] } == ModelError(ModelProblem.nothing(what: "graph input")))
    #expect(try refusal { $0.graph.outputs = [] } == ModelError(ModelProblem.nothing(what: "graph output")))
  }

  @Test func countsAreLimited() throws {
    var limits = Limits()
    limits.nodeCount = 1
    let model = try model
    let found = error { () throws(ModelError) in try model.validate(limits: limits) }
    #expect(found == ModelError(ModelProblem.tooMany(what: "nodes", count: 2, limit: 1)))
  }

  @Test func theContentDigestKnowsWhatCountsAndWhatDoesNot() throws {
    let digest = try model.contentDigest()
    var other = try model
    other.provenance.tool = "another"
    other.optional["colour"] = "blue"
    #expect(try other.contentDigest() == digest)
    other.metadata["name"] = "another"
    #expect(try other.contentDigest() != digest)
    other = try model
    other.tensors["w"] = try Tensor([1.0, 2.5], [2, 1])
    #expect(try other.contentDigest() != digest)
  }

  @Test func escapedNamesAreOneComponentOfAPath() {
    #expect(Model.storedComponent("a/b%c") == "a%2Fb%25c")
    #expect(Model.storedComponent(".") == "%2E")
    #expect(Model.storedComponent("..") == "%2E%2E")
    #expect(Model.storedComponent("a.b") == "a.b")
  }
}
