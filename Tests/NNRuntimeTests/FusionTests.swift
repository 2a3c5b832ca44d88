import NNFormat
import NNKernels
import NNLayers
import NNTestSupport
import Testing

import NNRuntime

/// Steps that do several nodes, packed weights, and threads: the bits are those of the nodes one by one.
struct FusionTests {
  /// A residual block of dense layers with a normalisation, whose sum takes the later of two branches.
  private func block(_ type: DataType, _ stream: inout Stream, inner: Int = 37) throws -> Model {
    var tensors = NamedTensors()
    func tensor(_ name: String, _ shape: [Int], positive: Bool = false) throws -> String {
      let values = try stream.tensor(type, Shape(shape))
      guard positive else {
        try tensors.append(name, values)
        return name
      }
      let elements =
        type == .f32
        ? try Tensor(values.elements(as: Float.self).map { abs($0) + 0.1 }, Shape(shape))
        : try Tensor(values.elements(as: Double.self).map { abs($0) + 0.1 }, Shape(shape))
      try tensors.append(name, elements)
      return name
    }
    func dense(_ name: String, _ input: ValueReference, _ from: Int, _ to: Int) throws -> Node {
      Dense(units: Positive(to) ?? 1).node(
        name, inputs: [input],
        parameters: [
          NodeParameter("weights", try tensor("\(name)/w", [from, to])),
          NodeParameter("biases", try tensor("\(name)/b", [to])),
        ])
    }
    let nodes = [
      try dense("first", "x", 19, inner),
      BatchNormalization().node(
        "norm", inputs: ["first"],
        parameters: [
          NodeParameter("gamma", try tensor("gamma", [inner])), NodeParameter("beta", try tensor("beta", [inner])),
          NodeParameter("moving_mean", try tensor("mean", [inner])),
          NodeParameter("moving_variance", try tensor("variance", [inner], positive: true)),
        ]),
      ReLU().node("active", inputs: ["norm"]),
      try dense("second", "active", inner, 19),
      try dense("shortcut", "x", 19, 19),
      Add().node("sum", inputs: ["second", "shortcut"]),
      Tanh().node("squashed", inputs: ["sum"]),
      Multiply().node("gated", inputs: ["squashed", "x"]),
      Subtract().node("less", inputs: ["gated", "second"]),
      GELU().node("curved", inputs: ["less"]),
      Softmax().node("shares", inputs: ["curved"]),
      SiLU().node("last", inputs: ["shares"]),
    ]
    var model = Model(
      graph: Graph(
        inputs: [GraphInput("x", TensorType(type, [.symbol("N"), .known(19)]))], nodes: nodes,
        outputs: [GraphOutput("y", "last"), GraphOutput("z", "squashed")]))
    model.tensors = tensors
    return model
  }

  private func results(_ model: Model, _ x: Tensor, threads: Int, fuses: Bool) throws -> [String: Tensor] {
    var options = NetworkOptions()
    options.threads = threads
    options.fuses = fuses
    return try Network(model, options: options)(["x": x])
  }

  @Test(arguments: [DataType.f32, .f64]) func fusedStepsHaveTheBitsOfTheirNodes(type: DataType) throws {
    var stream = Stream(seed: 17)
    let model = try block(type, &stream)
    for batch in [0, 1, 2, 7, 8, 9, 33, 150] {
      let x = try stream.tensor(type, [batch, 19])
      let plain = try results(model, x, threads: 1, fuses: false)
      #expect(try results(model, x, threads: 1, fuses: true) == plain, "batch \(batch)")
      #expect(try results(model, x, threads: 3, fuses: true) == plain, "batch \(batch), 3 threads")
      let traced = try Network(model).trace(["x": x])
      #expect(traced.outputs == plain)
    }
  }

  @Test func threadsShareLargeProductsWithTheSameBits() throws {
    var stream = Stream(seed: 18)
    let model = try block(.f32, &stream, inner: 1_500)
    for batch in [3, 60, 700] {
      let x = try stream.tensor(.f32, [batch, 19])
      let plain = try results(model, x, threads: 1, fuses: false)
      for threads in [1, 2, 3, 8] {
        #expect(try results(model, x, threads: threads, fuses: true) == plain, "batch \(batch), \(threads) threads")
      }
    }
  }

  @Test func narrowWeightsGiveTheBitsOfTheirWidenedOnes() throws {
    var stream = Stream(seed: 19)
    for (stored, batches) in [(DataType.f16, [1, 5, 40]), (.bf16, [1, 5, 40])] {
      let wide = try stream.tensor(.f32, [70, 33])
      let narrow = Tensor(stored, wide.shape) { bytes in
        wide.bytes.withUnsafeBytes { source in
          guard let from = source.baseAddress, let to = bytes.baseAddress else { return }
          let cast: FloatCast = stored == .f16 ? .f32ToF16 : .f32ToBF16
          cast.run(from: from, to: to, count: wide.shape.count)
        }
      }
      let widened = Tensor(.f32, wide.shape) { bytes in
        narrow.bytes.withUnsafeBytes { source in
          guard let from = source.baseAddress, let to = bytes.baseAddress else { return }
          let cast: FloatCast = stored == .f16 ? .f16ToF32 : .bf16ToF32
          cast.run(from: from, to: to, count: wide.shape.count)
        }
      }
      func network(_ weights: Tensor) throws -> Network {
        try Network(
          Model(
            graph: Graph(
              inputs: [GraphInput("x", TensorType(.f32, [.symbol("N"), .known(70)]))],
              nodes: [
                Dense(units: 33, useBias: false).node(
                  "a", inputs: ["x"], parameters: [NodeParameter("weights", "w")])
              ], outputs: [GraphOutput("y", "a")]), tensors: try NamedTensors([("w", weights)])))
      }
      for batch in batches {
        let x = try stream.tensor(.f32, [batch, 70])
        #expect(try network(narrow)(x) == network(widened)(x), "\(stored), batch \(batch)")
      }
    }
  }
}
