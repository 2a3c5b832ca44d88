#if canImport(CAllocations)
  import CAllocations
  import NNFormat
  import NNLayers
  import NNRuntime
  import NNTestSupport
  import Testing

  /// How many blocks of memory calls take.
  @Suite(.enabled(if: allocations_are_counted())) struct AllocationTests {
    private func allocations(_ body: () throws -> Void) rethrows -> Int {
      let before = allocation_count()
      try body()
      return Int(allocation_count() - before)
    }

    private func branches() throws -> Model {
      graph(
        [
          ReLU().node("left", inputs: ["x"]),
          Softmax().node("right", inputs: ["x"]),
          Add().node("sum", inputs: ["left", "right"]),
          Concatenate().node("joined", inputs: ["sum", "x"]),
          Flatten().node("flat", inputs: ["joined"]),
          Tanh().node("end", inputs: ["flat"]),
        ], outputs: [("y", "end")])
    }

    private func wide() throws -> Model {
      var stream = Stream(seed: 9)
      return try chain([2, 300, 300, 5], ["relu", "tanh", "softmax"], .f64, &stream)
    }

    /// Both directions, states as values of their own, a gate with settings, and a second layer on top.
    private func recurrent() throws -> Model {
      var stream = Stream(seed: 11)
      var tensors = NamedTensors()
      func parameters(_ layer: some Layer, _ input: TensorType) throws -> [NodeParameter] {
        try layer.parameters(for: [input]).map { parameter in
          let name = "\(type(of: layer).kind)/\(parameter.role)"
          let shape = try #require(try parameter.type.knownShape())
          try tensors.append(name, stream.tensor(.f64, shape))
          return NodeParameter(parameter.role, name)
        }
      }
      var lower = LSTM(units: 3)
      lower.recurrentActivation = Activation(LeakyReLU(negativeSlope: 0.1))
      lower.usePeepholes = true
      lower.projectionSize = 2
      lower.sequence.direction = .bidirectional
      lower.sequence.returnSequences = true
      lower.sequence.returnState = true
      var upper = GRU(units: 3)
      upper.resetAfter = false
      let batch = Dimension.symbol("N")
      var model = graph(
        [
          Reshape(targetShape: [2, 1]).node("steps", inputs: ["x"]),
          lower.node(
            "lower", inputs: ["steps"],
            parameters: try parameters(lower, TensorType(.f64, [batch, .known(2), .known(1)]))),
          upper.node(
            "upper", inputs: ["lower"],
            parameters: try parameters(upper, TensorType(.f64, [batch, .known(2), .known(4)]))),
          Add().node("sum", inputs: ["upper", ValueReference("lower", 4)]),
        ], outputs: [("y", "sum")])
      model.tensors = tensors
      return model
    }

    @Test func aPreparedCallAllocatesNothing() throws {
      for model in try [example(), branches(), wide(), recurrent()] {
        let forward = try Network(model).prepared(for: [3, 2])
        let x = [0.0, 1, 1, 0, -1, 5]
        var y = [Double](repeating: 0, count: 3 * (forward.outputs[0].type.shape[1].value ?? 0))
        try forward(x, into: &y)
        let withArrays = try allocations { for _ in 0..<1000 { try forward(x, into: &y) } }
        #expect(withArrays == 0)
        try x.withUnsafeBytes { source in
          try y.withUnsafeMutableBytes { target in
            let (sources, targets) = ([source], [target])
            let withBuffers = try allocations { for _ in 0..<1000 { try forward(sources, into: targets) } }
            #expect(withBuffers == 0)
          }
        }
      }
    }

    @Test func aCallAllocatesItsResultAlone() throws {
      for model in try [example(), branches(), wide(), recurrent()] {
        let network = try Network(model)
        let x = try Tensor([0.0, 1, 1, 0, -1, 5], [3, 2])
        _ = try network(x)
        let count = try allocations { for _ in 0..<1000 { _ = try network(x) } }
        // The memory, and the object that owns it.
        #expect(count == 2000)
      }
    }

    /// A batch is a view of the tensor, which has an array for its shape and takes a place in the iterator.
    @Test func aStreamAllocatesNoMoreForLaterBatches() throws {
      let network = try Network(wide())
      let input = try Tensor([Double](repeating: 0.5, count: 4000), [2000, 2])
      func count(_ rows: Int) throws -> Int {
        try allocations { try network.stream(input.rows(0..<rows).batches(of: 8)) { _ in } }
      }
      _ = try count(16)
      let (some, more) = (try count(400), try count(800))
      #expect(more - some == some - (try count(0)), "the count for each batch stays the same")
      #expect(more - some <= 50 * 6)
    }

    @Test func aCallIntoTheCallersMemoryAllocatesNothing() throws {
      let network = try Network(recurrent())
      let x = try Tensor([0.0, 1, 1, 0, -1, 5], [3, 2])
      let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 1024, alignment: 64)
      defer { memory.deallocate() }
      try network(x, into: memory)
      #expect(try allocations { for _ in 0..<1000 { try network(x, into: memory) } } == 0)
    }

    @Test func theCounterCounts() throws {
      let network = try Network(example())
      let count = try allocations { _ = try network.prepared(for: [5, 2]) }
      #expect(count > 10)
    }
  }
#endif
