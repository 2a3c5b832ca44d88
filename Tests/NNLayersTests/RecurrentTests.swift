import NNFormat
import NNLayers
import NNTestSupport
import Testing

@Suite struct RecurrentTests {
  private static let n = Dimension.symbol("N")
  private static let t = Dimension.symbol("T")

  private func problem(_ layer: some Layer, _ inputs: TensorType...) -> ModelError? {
    error(thrownBy: { () throws(ModelError) in try layer.outputs(for: inputs) })
  }

  private func lstm(_ change: (inout LSTM) -> Void) -> LSTM {
    var layer = LSTM(units: 5)
    change(&layer)
    return layer
  }

  private func refused(_ index: Int, _ expected: String, _ found: TensorType) -> ModelError {
    ModelError(LayerProblem.badInput(index: index, expected: expected, found: found))
  }

  @Test func everyOptionHasACase() throws {
    for kind in ["simple_rnn", "gru", "lstm"] {
      let cases = try LayerCase.all(of: kind)
      func chosen(_ field: String) -> Set<JSONValue> { Set(cases.compactMap { $0.fields[field] }) }
      #expect(chosen("direction") == ["backward", "bidirectional"], "\(kind)")
      #expect(chosen("merge_mode") == ["sum", "mul", "ave", "none"], "\(kind)")
      #expect(chosen("mask") == ["steps", "lengths"], "\(kind)")
      for field in ["return_sequences", "return_state", "initial_state", "reversed_output", "zero_output_for_mask"] {
        #expect(chosen(field).contains(true), "\(kind), \(field)")
      }
      #expect(chosen("use_bias").contains(false), "\(kind)")
      #expect(!chosen("clip").isEmpty, "\(kind)")
      #expect(!chosen("activation").isEmpty, "\(kind)")
    }
  }

  @Test(
    arguments: [
      ("lstm", "input_forget", true), ("lstm", "use_peepholes", true), ("lstm", "projection_size", 2),
      ("lstm", "output_activation", "relu"), ("lstm", "recurrent_activation", "relu"), ("gru", "reset_after", false),
      ("gru", "use_recurrent_bias", true), ("gru", "recurrent_activation", "relu"),
    ] as [(String, String, JSONValue)])
  func everyOptionOfOneKindHasACase(kind: String, field: String, value: JSONValue) throws {
    #expect(try LayerCase.all(of: kind).contains { $0.fields[field] == value })
  }

  @Test func openExtentsPassThrough() throws {
    let input = TensorType(.f32, [Self.n, Self.t, 3])
    let state = TensorType(.f32, [Self.n, 5])
    #expect(try LSTM(units: 5).outputs(for: [input]) == [state])
    let all = lstm {
      $0.sequence.returnSequences = true
      $0.sequence.returnState = true
      $0.sequence.direction = .bidirectional
      $0.projectionSize = 2
    }
    let small = TensorType(.f32, [Self.n, 2])
    #expect(
      try all.outputs(for: [input]) == [TensorType(.f32, [Self.n, Self.t, 4]), small, state, small, state])
  }

  @Test func theSequenceHasThreeDimensions() {
    let expected = "of three dimensions, batch, time and features, the last one fixed"
    for input in [
      TensorType(.f32, [2, 3]), TensorType(.f32, [2, 3, 5, 7]), TensorType(.f32, [2, 3, Self.n]),
      TensorType(.f32, .scalar),
    ] {
      #expect(problem(LSTM(units: 5), input) == refused(0, expected, input))
      #expect(problem(GRU(units: 5), input) == refused(0, expected, input))
      #expect(problem(SimpleRNN(units: 5), input) == refused(0, expected, input))
    }
    #expect(problem(SimpleRNN(units: 5), TensorType(.f32, [2, 3, 5])) == nil)
  }

  @Test func furtherInputsAreCounted() {
    let x = TensorType(.f32, [2, 3, 7])
    let layer = lstm {
      $0.sequence.initialState = true
      $0.sequence.mask = .steps
    }
    #expect(
      problem(layer, x)
        == ModelError(
          LayerProblem.inputCount(kind: "lstm", expected: "4 inputs with these fields", found: 1)))
    #expect(
      problem(LSTM(units: 5), x, x)
        == ModelError(LayerProblem.inputCount(kind: "lstm", expected: "one input", found: 2)))
    let state = TensorType(.f32, [2, 5])
    #expect(problem(layer, x, state, state, TensorType(.bool, [2, 3])) == nil)
  }

  @Test func statesHaveTheirExtents() {
    let x = TensorType(.f32, [2, 3, 7])
    let layer = lstm {
      $0.sequence.initialState = true
      $0.projectionSize = 4
    }
    let (h, c) = (TensorType(.f32, [2, 4]), TensorType(.f32, [2, 5]))
    #expect(problem(layer, x, h, c) == nil)
    #expect(problem(layer, x, c, c) == refused(1, "f32 [2, 4]", c))
    #expect(problem(layer, x, h, h) == refused(2, "f32 [2, 5]", h))
    let other = TensorType(.f32, [3, 5])
    #expect(problem(layer, x, h, other) == refused(2, "f32 [2, 5]", other))
    let wide = TensorType(.f64, [2, 5])
    #expect(problem(layer, x, h, wide) == refused(2, "f32 [2, 5]", wide))
  }

  @Test func masksAndLengthsHaveTheirTypes() {
    let x = TensorType(.f32, [2, 3, 7])
    let masked = lstm { $0.sequence.mask = .steps }
    let long = TensorType(.bool, [2, 4])
    #expect(problem(masked, x, TensorType(.bool, [2, 3])) == nil)
    #expect(problem(masked, x, long) == refused(1, "bool [2, 3]", long))
    let numbers = TensorType(.f32, [2, 3])
    #expect(problem(masked, x, numbers) == refused(1, "bool [2, 3]", numbers))
    let measured = lstm { $0.sequence.mask = .lengths }
    #expect(problem(measured, x, TensorType(.i32, [2])) == nil)
    #expect(problem(measured, x, TensorType(.i64, [2])) == nil)
    let few = TensorType(.i64, [1])
    #expect(problem(measured, x, few) == refused(1, "i64 [2]", few))
    let small = TensorType(.i16, [2])
    #expect(problem(measured, x, small) == refused(1, "i32 [2] or i64", small))
  }

  @Test func settingsMustNotContradictEachOther() {
    let x = TensorType(.f32, [2, 3, 7])
    func refused(_ field: String, _ reason: String) -> ModelError {
      ModelError(LayerProblem.badSetting(reason: reason), at: .field(field))
    }
    #expect(
      problem(lstm { $0.sequence.mergeMode = .sum }, x)
        == refused("merge_mode", "'sum' needs the direction 'bidirectional'"))
    #expect(
      problem(
        lstm {
          $0.sequence.direction = .backward; $0.sequence.reversedOutput = true
        }, x)
        == refused("reversed_output", "true needs the direction 'backward' and 'return_sequences'"))
    #expect(
      problem(
        lstm {
          $0.sequence.returnSequences = true; $0.sequence.reversedOutput = true
        }, x)
        == refused("reversed_output", "true needs the direction 'backward' and 'return_sequences'"))
    #expect(
      problem(
        lstm {
          $0.sequence.returnSequences = true; $0.sequence.zeroOutputForMask = true
        }, x)
        == refused("zero_output_for_mask", "true needs the mask 'steps' and 'return_sequences'"))
  }

  @Test func sizesThatCannotBeCountedAreRefused() {
    let units = 1 << 57
    let x = TensorType(.f32, [2, 3, 7])
    let overflow = ModelError(ModelProblem.shapeOverflow([7, 16, units]))
    #expect(problem(LSTM(units: Positive(units) ?? 1), x) == overflow)
    #expect(problem(GRU(units: Positive(units) ?? 1), x) == overflow)
    #expect(problem(SimpleRNN(units: Positive(units) ?? 1), x) == overflow)
    #expect(problem(lstm { $0.projectionSize = ProjectionSize(units) ?? 0 }, x) == overflow)
    let deep = 1 << 55
    #expect(
      problem(LSTM(units: 5), TensorType(.f32, [Self.n, Self.t, .known(deep)]))
        == ModelError(ModelProblem.shapeOverflow([deep, 16, 5])))
    #expect(
      problem(LSTM(units: 5), TensorType(.f32, [.known(deep), 1, 1]))
        == ModelError(ModelProblem.shapeOverflow([deep, 16, 5])))
  }

  @Test(arguments: [-1, 4, Int.min, Int.max])
  func lengthsLieInTheSequence(length: Int) throws {
    let run = LayerRun(
      layer: lstm { $0.sequence.mask = .lengths },
      inputs: [
        try Tensor([Float](repeating: 1, count: 6), [2, 3, 1]), try Tensor([3, Int64(length)], [2]),
      ],
      parameters: [
        try Tensor([Float](repeating: 1, count: 20), [1, 20]),
        try Tensor([Float](repeating: 1, count: 100), [5, 20]),
        try Tensor([Float](repeating: 1, count: 20), [20]),
      ])
    #expect(
      throws: ModelError(
        LayerProblem.badElement(input: 1, position: [1], found: "\(length)", expected: "a length from 0 to 3"))
    ) { try run.outputs() }
  }

  @Test func withoutStepsTheStatesStayAsTheyAre() throws {
    let states = [try Tensor([1.5, -2], [2, 1]), try Tensor([0.25, 3], [2, 1])]
    var layer = LSTM(units: 1)
    layer.sequence.initialState = true
    layer.sequence.returnState = true
    let parameters = [
      try Tensor([Double](repeating: 1, count: 12), [3, 4]), try Tensor([1.0, 1, 1, 1], [1, 4]),
      try Tensor([1.0, 1, 1, 1], [4]),
    ]
    let run = LayerRun(
      layer: layer, inputs: [try Tensor([Double](), [2, 0, 3])] + states, parameters: parameters)
    #expect(try run.outputs() == [states[0]] + states)
  }

  @Test func aRowOfLengthZeroKeepsItsStateAndGivesZeros() throws {
    var layer = SimpleRNN(units: 1)
    layer.activation = .linear
    layer.sequence.initialState = true
    layer.sequence.returnSequences = true
    layer.sequence.returnState = true
    layer.sequence.mask = .lengths
    layer.useBias = false
    let run = LayerRun(
      layer: layer,
      inputs: [
        try Tensor([1.0, 2, 3, 4], [2, 2, 1]), try Tensor([10.0, 20], [2, 1]), try Tensor([0, 1] as [Int32], [2]),
      ],
      parameters: [try Tensor([1.0], [1, 1]), try Tensor([2.0], [1, 1])])
    #expect(
      try run.outputs()
        == [try Tensor([0.0, 0, 43, 0], [2, 2, 1]), try Tensor([10.0, 43], [2, 1])])
  }

  @Test(arguments: ["simple_rnn", "gru", "lstm"])
  func stepsThatDoNotCountAreNotRead(kind: String) throws {
    let type = try #require(LayerCatalog.standard[kind])
    let cases = try LayerCase.all(of: kind).filter { item in
      item.fields["mask"] != nil && item.inputs[0].dataType == .f64
    }
    #expect(cases.count >= 15)
    for item in cases {
      let x = item.inputs[0]
      let (time, depth) = (x.shape[1], x.shape[2])
      let last = try #require(item.inputs.last)
      let mask = last.bytes.withUnsafeBytes { Array($0) }
      var values = x.elements(as: Double.self)
      for index in values.indices {
        let (row, step) = (index / depth / time, index / depth % time)
        let isCounted =
          last.dataType == .bool
          ? mask[row * time + step] != 0 : step < Int(mask[row * last.dataType.byteSize])
        if !isCounted { values[index] = .nan }
      }
      var run = LayerRun(
        layer: try type.decoded(from: item.fields), inputs: item.inputs,
        parameters: item.parameters.map(\.tensor))
      let outputs = try run.outputs()
      run.inputs[0] = try Tensor(values, x.shape)
      #expect(try run.outputs() == outputs, "\(kind), case \(item.name)")
    }
  }

  @Test func multiplyAddsAreCountedWhereExtentsAreFixed() {
    let x = TensorType(.f32, [2, 3, 7])
    #expect(LSTM(units: 5).multiplyAdds(for: [x]) == 2 * 3 * 4 * 5 * (7 + 5))
    #expect(GRU(units: 5).multiplyAdds(for: [x]) == 2 * 3 * 3 * 5 * (7 + 5))
    #expect(SimpleRNN(units: 5).multiplyAdds(for: [x]) == 2 * 3 * 5 * (7 + 5))
    for units in [1 << 57, Int.max] {
      #expect(LSTM(units: Positive(units) ?? 1).multiplyAdds(for: [x]) == nil)
      #expect(GRU(units: Positive(units) ?? 1).scratchSize(for: [x]) == 0)
    }
    let projected = lstm {
      $0.projectionSize = 2
      $0.sequence.direction = .bidirectional
    }
    #expect(projected.multiplyAdds(for: [x]) == 2 * 2 * 3 * (4 * 5 * (7 + 2) + 5 * 2))
    #expect(LSTM(units: 5).multiplyAdds(for: [TensorType(.f32, [Self.n, 3, 7])]) == nil)
    #expect(LSTM(units: Positive(1 << 50) ?? 1).multiplyAdds(for: [TensorType(.f32, [.known(1 << 20), 3, 7])]) == nil)
  }

  @Test func activationsAreNamedOrDescribed() {
    #expect(Activation(json: "relu") == Activation(ReLU()))
    #expect(Activation(json: "linear") == .linear)
    #expect(Activation(json: ["kind": "linear", "fields": [:]])?.json == "linear")
    #expect(Activation(json: ["kind": "relu"])?.json == "relu")
    let leaky: JSONValue = ["kind": "leaky_relu", "fields": ["negative_slope": 0.25]]
    #expect(Activation(json: leaky)?.json == leaky)
    #expect(Activation(json: leaky) != Activation(json: "leaky_relu"))
    for wrong: JSONValue in [
      "softmax", "dense", "lstm", "no_such", "hard_sigmoid", 1, ["fields": [:]], ["kind": "relu", "field": [:]],
      ["kind": "relu", "fields": ["slope": 1]], ["kind": "relu", "fields": 1], ["kind": "hard_sigmoid"],
      ["kind": "linear", "fields": ["a": 1]],
    ] {
      #expect(Activation(json: wrong) == nil, "\(wrong)")
    }
  }

  @Test func boundsArePositive() {
    #expect(GateBound(json: 0) == nil)
    #expect(GateBound(json: -1) == nil)
    #expect(GateBound(json: "NaN") == nil)
    #expect(GateBound(json: "-Infinity") == nil)
    #expect(GateBound(json: "Infinity") == GateBound.none)
    #expect(GateBound(json: 2.5)?.value == 2.5)
    #expect(ProjectionSize(json: -1) == nil)
    #expect(ProjectionSize(json: 0.5) == nil)
    #expect(ProjectionSize(json: 3)?.value == 3)
  }
}
