import NNFormat
import NNLayers
import NNTestSupport
import Testing

@Suite struct ConvLSTMTests {
  private static let n = Dimension.symbol("N")
  private static let t = Dimension.symbol("T")
  private static let m = Dimension.symbol("M")

  private func layer(_ size: WindowSize, _ change: (inout ConvLSTM) -> Void = { _ in }) -> ConvLSTM {
    var layer = ConvLSTM(filters: 4, kernelSize: size)
    change(&layer)
    return layer
  }

  private func problem(_ layer: ConvLSTM, _ inputs: TensorType...) -> ModelError? {
    error(thrownBy: { () throws(ModelError) in try layer.outputs(for: inputs) })
  }

  private func refused(_ field: String, _ reason: String) -> ModelError {
    ModelError(LayerProblem.badSetting(reason: reason), at: .field(field))
  }

  private func refused(_ index: Int, _ expected: String, _ found: TensorType) -> ModelError {
    ModelError(LayerProblem.badInput(index: index, expected: expected, found: found))
  }

  @Test func everyOptionHasACase() throws {
    let cases = try LayerCase.all(of: "conv_lstm")
    func chosen(_ field: String) -> Set<JSONValue> { Set(cases.compactMap { $0.fields[field] }) }
    #expect(chosen("padding") == ["same"])
    #expect(chosen("data_format") == ["channels_first"])
    #expect(chosen("direction") == ["backward", "bidirectional"])
    #expect(chosen("merge_mode") == ["sum", "mul", "ave", "none"])
    #expect(chosen("mask") == ["steps", "lengths"])
    #expect(chosen("use_bias") == [false])
    for field in ["return_sequences", "return_state", "initial_state", "reversed_output", "zero_output_for_mask"] {
      #expect(chosen(field) == [true], "\(field)")
    }
    for field in ["strides", "dilation_rate", "activation", "recurrent_activation"] {
      #expect(!chosen(field).isEmpty, "\(field)")
    }
    #expect(Set(cases.map { $0.inputs[0].shape.rank }) == [4, 5, 6])
  }

  @Test func openExtentsPassThrough() throws {
    let input = TensorType(.f32, [Self.n, Self.t, Self.m, 7, 3])
    let all = layer([3, 2]) {
      $0.padding = .same
      $0.sequence.returnSequences = true
      $0.sequence.returnState = true
    }
    let state = TensorType(.f32, [Self.n, Self.m, 7, 4])
    #expect(
      try all.outputs(for: [input]) == [TensorType(.f32, [Self.n, Self.t, Self.m, 7, 4]), state, state])
    #expect(
      try layer([3, 2]).outputs(for: [input]) == [TensorType(.f32, [Self.n, .unknown, 6, 4])])
    #expect(all.multiplyAdds(for: [input]) == nil)
    #expect(all.scratchSize(for: [input]) == 0)
  }

  @Test func theRankIsThatOfTheWindow() {
    let last = "of rank 5, [n, time, spatial..., channels], with a fixed number of channels"
    let first = "of rank 5, [n, time, channels, spatial...], with a fixed number of channels"
    for shape in [[2, 3, 5, 7], [2, 3, 5, 5, 5, 7], [2], []] as [[Dimension]] {
      let input = TensorType(.f32, shape)
      #expect(problem(layer([3, 3]), input) == refused(0, last, input))
      #expect(problem(layer([3, 3]) { $0.dataFormat = .channelsFirst }, input) == refused(0, first, input))
    }
    let (openLast, openFirst) = (TensorType(.f32, [2, 3, 5, 5, Self.m]), TensorType(.f32, [2, 3, Self.m, 5, 5]))
    #expect(problem(layer([3, 3]), openLast) == refused(0, last, openLast))
    #expect(problem(layer([3, 3]), openFirst) == nil)
    #expect(problem(layer([3, 3]) { $0.dataFormat = .channelsFirst }, openFirst) == refused(0, first, openFirst))
    #expect(problem(layer([3, 3]) { $0.dataFormat = .channelsFirst }, openLast) == nil)
  }

  @Test func settingsMustNotContradictEachOther() {
    let x = TensorType(.f32, [2, 3, 5, 7])
    let reason = "true needs the direction 'backward' and 'return_sequences'"
    #expect(problem(layer([3]) { $0.sequence.reversedOutput = true }, x) == refused("reversed_output", reason))
    let backward = layer([3]) {
      $0.sequence.direction = .backward
      $0.sequence.reversedOutput = true
    }
    #expect(problem(backward, x) == refused("reversed_output", reason))
    let sequences = layer([3]) {
      $0.sequence.direction = .backward
      $0.sequence.reversedOutput = true
      $0.sequence.returnSequences = true
    }
    #expect(problem(sequences, x) == nil)
    #expect(
      problem(layer([3]) { $0.strides = [1, 2] }, x)
        == refused("strides", "must have no number or as many as 'kernel_size', 1, found 2"))
    #expect(
      problem(layer([3]) { $0.dilationRate = [2, 2] }, x)
        == refused("dilation_rate", "must have no number or as many as 'kernel_size', 1, found 2"))
    #expect(
      problem(layer([6]), x)
        == refused("kernel_size", "the window spans 6 along spatial dimension 0, and the padded input 5"))
    #expect(problem(layer([6]) { $0.padding = .same }, x) == nil)
  }

  @Test func statesHaveTheExtentsOfTheWindows() {
    let x = TensorType(.f32, [2, 3, 5, 7])
    let state = TensorType(.f32, [2, 3, 4])
    let started = layer([3]) { $0.sequence.initialState = true }
    #expect(problem(started, x, state, state) == nil)
    for other in [TensorType(.f32, [2, 5, 4]), TensorType(.f64, [2, 3, 4]), TensorType(.f32, [2, 3, 3])] {
      #expect(problem(started, x, other, state) == refused(1, "f32 [2, 3, 4]", other))
      #expect(problem(started, x, state, other) == refused(2, "f32 [2, 3, 4]", other))
    }
    #expect(
      problem(started, x)
        == ModelError(
          LayerProblem.inputCount(kind: "conv_lstm", expected: "3 inputs with these fields", found: 1)))
  }

  @Test func masksAndStatesOfBothDirectionsFit() {
    let x = TensorType(.f32, [2, 3, 5, 7])
    let state = TensorType(.f32, [2, 3, 4])
    let both = layer([3]) {
      $0.sequence.initialState = true
      $0.sequence.direction = .bidirectional
      $0.sequence.mask = .steps
    }
    let mask = TensorType(.bool, [2, 3])
    #expect(problem(both, x, state, state, state, state, mask) == nil)
    let (narrow, short) = (TensorType(.f32, [2, 3, 3]), TensorType(.bool, [2, 5]))
    #expect(problem(both, x, state, state, state, narrow, mask) == refused(4, "f32 [2, 3, 4]", narrow))
    #expect(problem(both, x, state, state, state, state, short) == refused(5, "bool [2, 3]", short))
    #expect(
      problem(both, x, mask)
        == ModelError(
          LayerProblem.inputCount(kind: "conv_lstm", expected: "6 inputs with these fields", found: 2)))
    let lengths = layer([3]) { $0.sequence.mask = .lengths }
    let (right, wrong) = (TensorType(.i32, [2]), TensorType(.f32, [2]))
    #expect(problem(lengths, x, right) == nil)
    #expect(problem(lengths, x, wrong) == refused(1, "i32 [2] or i64", wrong))
    let merged = layer([3]) { $0.sequence.mergeMode = .sum }
    #expect(problem(merged, x) == refused("merge_mode", "'sum' needs the direction 'bidirectional'"))
    let zeroed = layer([3]) { $0.sequence.zeroOutputForMask = true }
    #expect(
      problem(zeroed, x)
        == refused("zero_output_for_mask", "true needs the mask 'steps' and 'return_sequences'"))
  }

  @Test func aLengthBeyondTheStepsIsRefused() throws {
    var layer = ConvLSTM(filters: 1, kernelSize: [1])
    layer.sequence.mask = .lengths
    layer.useBias = false
    let kernel = try Tensor([1.0, 1, 1, 1], [1, 1, 4])
    for length in [-1, 3] as [Int32] {
      let run = LayerRun(
        layer: layer, inputs: [try Tensor([1.0, 2, 3, 4], [1, 2, 2, 1]), try Tensor([length], [1])],
        parameters: [kernel, kernel])
      #expect(
        throws: ModelError(
          LayerProblem.badElement(input: 1, position: [0], found: String(length), expected: "a length from 0 to 2"))
      ) {
        try run.outputs()
      }
    }
  }

  @Test func sizesThatCannotBeCountedAreRefused() {
    let (many, x) = (1 << 57, TensorType(.f32, [2, 3, 5, 7]))
    let wide = ConvLSTM(filters: Positive(many) ?? 1, kernelSize: [3])
    #expect(problem(wide, x) == ModelError(ModelProblem.shapeOverflow([3, 7, 16, many])))
    #expect(wide.scratchSize(for: [x]) == 0)
    #expect(wide.multiplyAdds(for: [x]) == nil)
    let long = TensorType(.f32, [2, 3, .known(1 << 53), 1])
    let same = layer([3]) { $0.padding = .same }
    #expect(problem(same, long) == ModelError(ModelProblem.shapeOverflow([1 << 53, 64, 4])))
    #expect(
      problem(same, TensorType(.f32, [0, 0, .known(1 << 53), 1]))
        == ModelError(ModelProblem.shapeOverflow([1 << 53, 64, 4])))
    let often = TensorType(.f32, [.known(1 << 29), .known(1 << 29), 3, 1])
    #expect(problem(same, often) == nil)
    #expect(same.multiplyAdds(for: [often]) == nil)
  }

  @Test func multiplyAddsAreThoseOfBothConvolutions() {
    let x = TensorType(.f32, [2, 3, 7, 5])
    #expect(layer([3]).multiplyAdds(for: [x]) == 2 * 3 * 5 * (4 * 4) * (3 * 5 + 3 * 4))
  }

  @Test func withoutStepsTheStatesStayAsTheyAre() throws {
    var layer = ConvLSTM(filters: 1, kernelSize: [1])
    layer.sequence.initialState = true
    layer.sequence.returnState = true
    layer.useBias = false
    let states = [try Tensor([1.5, -2], [1, 2, 1]), try Tensor([0.25, 3], [1, 2, 1])]
    let run = LayerRun(
      layer: layer, inputs: [try Tensor([Double](), [1, 0, 2, 1])] + states,
      parameters: [try Tensor([1.0, 1, 1, 1], [1, 1, 4]), try Tensor([1.0, 1, 1, 1], [1, 1, 4])])
    #expect(try run.outputs() == [states[0]] + states)
  }
}
