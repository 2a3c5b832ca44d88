import NNConvert
import NNFormat
import NNTestSupport
import Testing

/// Weights stored narrower.
struct NarrowWeightsTests {
  /// A dense layer of these weights, `[depth, channels]`, with an `add` behind it.
  private func model(_ weights: Tensor, shared: Bool = false) throws -> Model {
    let depth = weights.shape[0]
    var nodes = [
      Node(
        "a", "dense", fields: JSONObject([("units", JSONValue(weights.shape[1])), ("use_bias", false)]),
        inputs: [ValueReference("x")], parameters: [NodeParameter("weights", "w")])
    ]
    if shared {
      nodes.append(
        Node(
          "b", "prelu", inputs: [ValueReference("i")], parameters: [NodeParameter("alpha", "w")]))
    }
    var inputs = [GraphInput("x", TensorType(.f32, [.symbol("N"), .known(depth)]))]
    if shared { inputs.append(GraphInput("i", TensorType(.f32, [.symbol("M")] + weights.type.shape))) }
    return Model(
      graph: Graph(inputs: inputs, nodes: nodes, outputs: [GraphOutput("y", "a")]),
      tensors: try NamedTensors([("w", weights)]))
  }

  /// NumPy's `np.rint(w / (np.abs(w).max(0) / 127))` in f32: the scales are 0.02 and 1, and -63.5, 2.5 and -3.5 are ties, which go
  /// to the even integer.
  @Test func integersHaveAScaleForEachOutputChannel() throws {
    let weights = try Tensor([2.54 as Float, 127, -1.27, 2.5, 0, -3.5], [3, 2])
    let narrowed = try NarrowedWeights(model(weights), to: .int8).model
    #expect(narrowed.tensors["w"]?.dataType == .i8)
    #expect(narrowed.tensors["w"]?.elements(as: Int8.self) == [127, 127, -64, 2, 0, -4])
    #expect(narrowed.tensors["w_scales"]?.elements(as: Float.self) == [2.54 / 127, 1])
    #expect(narrowed.graph.nodes[0].tensorName(for: "weights_scales") == "w_scales")
    #expect(narrowed.provenance.steps == [Provenance.TensorSteps(tensor: "w", steps: ["cast f32 to int8"])])
    try narrowed.validate(limits: .standard)
  }

  @Test func channelsOfZerosHaveTheScaleZero() throws {
    let narrowed = try NarrowedWeights(model(Tensor([0 as Float, 1, 0, 2], [2, 2])), to: .int8).model
    #expect(narrowed.tensors["w"]?.elements(as: Int8.self) == [0, 64, 0, 127])
    #expect(narrowed.tensors["w_scales"]?.elements(as: Float.self) == [0, 2.0 / 127])
  }

  @Test func halvesAreRounded() throws {
    let weights = try Tensor([1 as Float, 0.1, -2, 65504], [2, 2])
    let half = try NarrowedWeights(model(weights), to: .f16)
    #expect(half.model.tensors["w"]?.dataType == .f16)
    #expect(half.losses.map(\.loss.exact) == [3])
    let brain = try NarrowedWeights(model(weights), to: .bf16)
    #expect(brain.model.tensors["w"]?.dataType == .bf16)
  }

  @Test func whatCannotBeNarrowIsRefused() throws {
    for (weights, type, reason) in [
      ([1, .infinity], .f16, "has weights that are not finite"), ([1, .nan], .int8, "has weights that are not finite"),
      ([1, 70_000], .f16, "has 1 weights beyond the greatest f16; try bf16"),
    ] as [([Float], NarrowType, String)] {
      #expect(throws: ModelError(ConvertProblem.cannotNarrow(reason), at: .tensor("w"))) {
        try NarrowedWeights(model(Tensor(weights, [2, 1])), to: type)
      }
    }
    let none = ModelError(ConvertProblem.cannotNarrow("no node has f32 weights that can be narrower"))
    #expect(throws: none) { try NarrowedWeights(model(Tensor([1 as Float, 2], [2, 1]), shared: true), to: .f16) }
  }
}
