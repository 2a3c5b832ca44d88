import NNFormat
import NNLayers
import NNTestSupport
import Testing

@Suite struct AttentionTests {
  private let n = Dimension.symbol("N")
  private let query = TensorType(.f32, [2, 3, 5])
  private let value = TensorType(.f32, [2, 7, 4])
  private let key = TensorType(.f32, [2, 7, 5])

  private func problem(_ layer: some Layer, _ inputs: TensorType...) -> ModelError? {
    error(thrownBy: { () throws(ModelError) in try layer.outputs(for: inputs) })
  }

  private func setting(_ reason: String, _ field: String) -> ModelError {
    ModelError(LayerProblem.badSetting(reason: reason), at: .field(field))
  }

  private func input(_ index: Int, _ expected: String, _ found: TensorType) -> ModelError {
    ModelError(LayerProblem.badInput(index: index, expected: expected, found: found))
  }

  @Test func theInputsAreCounted() {
    func count(_ kind: String, _ expected: String, _ found: Int) -> ModelError {
      ModelError(LayerProblem.inputCount(kind: kind, expected: expected, found: found))
    }
    let plain = "query, value and, where it is not the value, key"
    #expect(problem(Attention(), query) == count("attention", plain, 1))
    #expect(problem(Attention(), query, value, key, key) == count("attention", plain, 4))
    #expect(
      problem(Attention(useQueryMask: true), query, key) == count("attention", plain + ", and one mask", 2))
    #expect(
      problem(AdditiveAttention(useScale: true, useQueryMask: true, useValueMask: true), query, key)
        == count("additive_attention", plain + ", and two masks", 2))
    #expect(
      problem(MultiHeadAttention(numHeads: 2, keyDim: 3), query)
        == count("multi_head_attention", plain, 1))
    #expect(
      problem(MultiHeadAttention(numHeads: 2, keyDim: 3, useAttentionMask: true), query, value)
        == count("multi_head_attention", plain + ", and a mask", 2))
    #expect(problem(RotaryEmbedding(maxPositions: 3)) == count("rotary_embedding", "one input, and positions", 0))
  }

  @Test func queriesKeysAndValuesFit() {
    let flat = TensorType(.f32, [2, 5])
    let rank = input(0, "of rank 3 or more with a fixed last extent", flat)
    #expect(problem(Attention(), flat, flat) == rank)
    let open = TensorType(.f32, [n, 3, .symbol("D")])
    #expect(problem(Attention(), open, open) == input(0, "of rank 3 or more with a fixed last extent", open))
    #expect(problem(Attention(), query, value) == input(1, "f32 [2, 7, 5]", value))
    #expect(problem(Attention(), query, value, value) == input(2, "f32 [2, 7, 5]", value))
    let other = TensorType(.f32, [3, 7, 5])
    #expect(problem(Attention(), query, other) == input(1, "f32 [2, keys, width]", other))
    let wide = TensorType(.f64, [2, 7, 5])
    #expect(problem(AdditiveAttention(), query, wide) == input(1, "f32 [2, keys, width]", wide))
    #expect(problem(AdditiveAttention(), query, value, key) == nil)
    #expect(problem(Attention(), TensorType(.f32, [n, 3, 5]), key) == nil)
  }

  @Test func masksAreOfTruthValuesAndFit() {
    let mask = TensorType(.bool, [2, 3])
    let wrong = TensorType(.bool, [2, 7])
    #expect(problem(Attention(useQueryMask: true), query, value, key, wrong) == input(3, "bool [2, 3]", wrong))
    #expect(problem(Attention(useValueMask: true), query, value, key, mask) == input(3, "bool [2, 7]", mask))
    let numbers = TensorType(.u8, [2, 3])
    #expect(problem(Attention(useQueryMask: true), query, value, key, numbers) == input(3, "bool [2, 3]", numbers))
    #expect(problem(Attention(useQueryMask: true, useValueMask: true), query, value, key, mask, wrong) == nil)
    let heads = MultiHeadAttention(numHeads: 2, keyDim: 3, useAttentionMask: true)
    #expect(
      problem(heads, query, value, key, mask) == input(3, "bool [2, 3, 7], or with 1 for an extent", mask))
    let turned = TensorType(.bool, [2, 7, 3])
    #expect(problem(heads, query, value, turned) == input(2, "bool [2, 3, 7], or with 1 for an extent", turned))
    #expect(problem(heads, query, value, TensorType(.bool, [1, 1, 7])) == nil)
  }

  @Test func headsHaveFittingInputsAndSettings() {
    let heads = MultiHeadAttention(numHeads: 2, keyDim: 3)
    let flat = TensorType(.f32, [3, 5])
    #expect(problem(heads, flat, value) == input(0, "of rank 3 with a fixed last extent", flat))
    let other = TensorType(.f32, [3, 7, 4])
    #expect(
      problem(heads, query, other) == input(1, "f32 [2, 7, features] with a fixed last extent", other))
    let short = TensorType(.f32, [2, 6, 4])
    #expect(
      problem(heads, query, value, short) == input(2, "f32 [2, 7, features] with a fixed last extent", short))
    #expect(problem(heads, query, value) == nil)
    #expect(
      problem(MultiHeadAttention(numHeads: 2, keyDim: 3, valueDim: -1), query, value)
        == setting("a head's values have no negative extent, found -1", "value_dim"))
    #expect(
      problem(MultiHeadAttention(numHeads: 2, keyDim: 3, slidingWindow: -2), query, value)
        == setting("a window has no negative width, found -2", "sliding_window"))
    #expect(
      problem(GroupedQueryAttention(headDim: 3, numQueryHeads: 5, numKeyValueHeads: 2), query, value)
        == setting("2 heads of keys and values do not divide 5 of queries", "num_key_value_heads"))
    #expect(problem(GroupedQueryAttention(headDim: 3, numQueryHeads: 6, numKeyValueHeads: 2), query, value) == nil)
  }

  @Test func scratchThatCannotBeCountedIsNoTrap() throws {
    let huge = try #require(Positive(1 << 61))
    let heads = MultiHeadAttention(numHeads: huge, keyDim: huge, outputShape: [huge, huge])
    #expect(heads.scratchSize(for: [query, value]) == .max)
    #expect(heads.multiplyAdds(for: [query, value]) == nil)
    let long = TensorType(.f32, [0, .known(1 << 57), 5])
    #expect(Attention().scratchSize(for: [long, long]) == .max)
    #expect(Attention().multiplyAdds(for: [long, long]) == 0)
    #expect(
      Attention().multiplyAdds(for: [query, key]) == 2 * 3 * 7 * (5 + 5))
    #expect(
      MultiHeadAttention(numHeads: 2, keyDim: 3).multiplyAdds(for: [query, value])
        == 6 * 5 * 6 + 2 * 14 * 4 * 6 + 2 * (2 * 2 * 3 * 7 * 3) + 6 * 6 * 5)
  }

  @Test func turnedFeaturesFit() {
    let heads = TensorType(.f32, [2, 3, 5, 6])
    let joined = TensorType(.f32, [2, 5, 12])
    #expect(
      problem(RotaryEmbedding(maxPositions: 4), heads)
        == setting("the tables have 4 positions, and the input 5 steps", "max_positions"))
    #expect(problem(RotaryEmbedding(maxPositions: 5), heads) == nil)
    #expect(
      problem(RotaryEmbedding(maxPositions: 5), joined) == input(0, "of rank 4 with a fixed last extent", joined))
    #expect(
      problem(RotaryEmbedding(maxPositions: 5, numHeads: 3), heads)
        == input(0, "of rank 3 with a fixed last extent", heads))
    #expect(
      problem(RotaryEmbedding(maxPositions: 5, numHeads: 5), joined)
        == setting("5 heads do not divide 12 features", "num_heads"))
    #expect(
      problem(RotaryEmbedding(maxPositions: 5, numHeads: -1), joined)
        == setting("there is no negative number of heads, found -1", "num_heads"))
    for turned in [-2, 3, 8] {
      #expect(
        problem(RotaryEmbedding(maxPositions: 5, rotaryEmbeddingDim: turned), heads)
          == setting(
            "a head has 6 features, of which an even number can be turned, found \(turned)", "rotary_embedding_dim"))
    }
    let positions = TensorType(.i64, [2, 3])
    #expect(problem(RotaryEmbedding(maxPositions: 1), heads, positions) == input(1, "i64 [2, 5]", positions))
    let numbers = TensorType(.f32, [2, 5])
    #expect(problem(RotaryEmbedding(maxPositions: 1), heads, numbers) == input(1, "of an integer type", numbers))
  }

  @Test func positionsNeedStepsAndFeatures() throws {
    let x = TensorType(.f32, [.symbol("N"), .symbol("T"), 6])
    #expect(problem(SinePositionEncoding(), x) == nil)
    #expect(try SinePositionEncoding().outputs(for: [x]) == [x])
    let flat = TensorType(.f32, [6])
    let open = TensorType(.f32, [2, 5, .symbol("F")])
    for wrong in [flat, open] {
      #expect(
        problem(SinePositionEncoding(), wrong) == input(0, "of rank 2 or more with a fixed last extent", wrong))
    }
    let counts = TensorType(.i32, [5, 6])
    #expect(problem(SinePositionEncoding(), counts) == input(0, "of f32 or f64", counts))
    #expect(
      problem(SinePositionEncoding(), x, x)
        == ModelError(LayerProblem.inputCount(kind: "sine_position_encoding", expected: "one input", found: 2)))
    #expect(
      problem(SinePositionEncoding(maxWavelength: 0), x) == setting("must be above 0, found 0.0", "max_wavelength"))
    let wide = TensorType(.f32, [0, .known(Int.max)])
    #expect(SinePositionEncoding().scratchSize(for: [wide]) == .max)
  }
}
