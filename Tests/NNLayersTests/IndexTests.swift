import NNFormat
import NNLayers
import NNTestSupport
import Testing

/// Kinds that take indices, equations and lists: what they refuse.
@Suite struct IndexTests {
  private func problem(_ layer: some Layer, _ inputs: TensorType...) -> ModelError? {
    error(thrownBy: { () throws(ModelError) in try layer.outputs(for: inputs) })
  }

  private func setting(_ reason: String, _ field: String) -> ModelError {
    ModelError(LayerProblem.badSetting(reason: reason), at: .field(field))
  }

  private func element(_ input: Int, _ position: [Int], _ found: String, _ expected: String) -> ModelError {
    ModelError(LayerProblem.badElement(input: input, position: position, found: found, expected: expected))
  }

  private func run(_ layer: some Layer, _ inputs: [Tensor], _ parameters: [Tensor] = []) -> ModelError? {
    let run = LayerRun(layer: layer, inputs: inputs, parameters: parameters)
    return #expect(throws: ModelError.self) { try run.outputs() }
  }

  @Test func anIndexBeyondTheTableIsNamed() throws {
    let table = try Tensor([1, 2, 3, 4, 5, 6] as [Float], [3, 2])
    let layer = Embedding(inputDim: 3, outputDim: 2)
    let good = LayerRun(layer: layer, inputs: [try Tensor([0, 2] as [Int32], [1, 2])], parameters: [table])
    #expect(try good.outputs() == [try Tensor([1, 2, 5, 6] as [Float], [1, 2, 2])])
    for (value, found) in [(3, "3"), (-1, "-1"), (.max, "\(Int64.max)"), (.min, "\(Int64.min)")] as [(Int64, String)] {
      let indices = try Tensor([0, 1, 2, 0, value, 7] as [Int64], [2, 3])
      #expect(run(layer, [indices], [table]) == element(0, [1, 1], found, "from 0 to 2"))
    }
    let unsigned = try Tensor(.u64, [1], bytes: ByteRegion([UInt8](repeating: 0xFF, count: 8)))
    #expect(run(layer, [unsigned], [table]) == element(0, [0], "\(UInt64.max)", "from 0 to 2"))
    let one = Embedding(inputDim: 1, outputDim: 2)
    let row = try Tensor([1, 2] as [Float], [1, 2])
    #expect(run(one, [try Tensor([1] as [Int32], .scalar)], [row]) == element(0, [], "1", "0"))
  }

  @Test func aCategoryOrPositionBeyondTheLastIsNamed() throws {
    let categories = try Tensor([0, 4] as [Int32], [2, 1])
    #expect(run(CategoryEncoding(numTokens: 4), [categories]) == element(0, [1, 0], "4", "from 0 to 3"))
    let x = try Tensor([1, 2] as [Float], [1, 1, 1, 2])
    let table = try Tensor([1] as [Float], [1, 1])
    let positions = try Tensor([1] as [Int64], [1, 1])
    #expect(
      run(RotaryEmbedding(maxPositions: 1), [x, positions], [table, table]) == element(1, [0, 0], "1", "0"))
  }

  @Test func indicesAreIntegers() {
    for type in [DataType.f32, .f16, .bool] {
      let found = TensorType(type, [2, 3] as Shape)
      let expected = ModelError(LayerProblem.badInput(index: 0, expected: "of an integer type", found: found))
      #expect(problem(Embedding(inputDim: 3, outputDim: 2), found) == expected)
      #expect(problem(CategoryEncoding(numTokens: 3), found) == expected)
    }
  }

  @Test func categoriesHaveFittingInputs() {
    let row = TensorType(.i32, [2, 3])
    let weights = TensorType(.f32, [2, 3])
    #expect(
      problem(CategoryEncoding(numTokens: 3), row, weights)
        == ModelError(LayerProblem.inputCount(kind: "category_encoding", expected: "one input", found: 2)))
    let count = CategoryEncoding(numTokens: 3, outputMode: .count)
    #expect(problem(count, row, weights) == nil)
    #expect(
      problem(count)
        == ModelError(LayerProblem.inputCount(kind: "category_encoding", expected: "one input, and weights", found: 0)))
    let wide = TensorType(.f64, [2, 3])
    #expect(
      problem(count, row, wide) == ModelError(LayerProblem.badInput(index: 1, expected: "f32 [2, 3]", found: wide)))
    let scalar = TensorType(.i32, .scalar)
    #expect(
      problem(count, scalar)
        == ModelError(LayerProblem.badInput(index: 0, expected: "of rank 1 or more", found: scalar)))
    #expect(problem(CategoryEncoding(numTokens: 3, outputMode: .oneHot), scalar) == nil)
  }

  @Test func boundariesAscend() {
    #expect(
      problem(Discretization(binBoundaries: [1, 3, 2]), TensorType(.f32, [2]))
        == setting("the boundaries must ascend, found 2.0 behind 3.0", "bin_boundaries"))
    #expect(problem(Discretization(binBoundaries: [1, 1, 2]), TensorType(.f32, [2])) == nil)
  }

  @Test func maskedStepsHaveADimension() {
    let scalar = TensorType(.f32, .scalar)
    #expect(
      problem(Masking(), scalar)
        == ModelError(LayerProblem.badInput(index: 0, expected: "of rank 1 or more", found: scalar)))
  }

  @Test(arguments: [
    "", "ab,bc", "ab->ac", "ab,bc,cd->ad", "aa,ab->b", "ab,bc->a", "abd,bc->ac", "ab,bc->cab1", "ab,b c->ac",
    "ab,...c->ac", "..a,ab->..b", "....a,ab->....b", "...a...,ab->b", "...a,ab->b", "ab,bc->ca", "ab,bc->",
    "a.b,bc->ac",
  ])
  func badEquationsAreRefused(text: String) {
    #expect(EinsumEquation(text) == nil)
    #expect(EinsumEquation(json: .string(text)) == nil)
    #expect(EinsumEquation("ab,bc->ac") != nil)
  }

  @Test func theDefaultEquationIsWhatItSays() {
    #expect(EinsumEquation(EinsumEquation.dense.text) == .dense)
  }

  @Test func anEquationFitsItsSettingsAndItsInput() throws {
    func layer(_ text: String, _ shape: [Int], _ bias: EinsumLetters = []) throws -> EinsumDense {
      EinsumDense(equation: try #require(EinsumEquation(text)), outputShape: shape, biasAxes: bias)
    }
    let type = TensorType(.f32, [2, 3, 5])
    let text = "abc,cd->abd"
    #expect(problem(try layer(text, [3, 7]), type) == nil)
    let flat = TensorType(.f32, [2, 5])
    #expect(
      problem(try layer(text, [-1, 7]), flat)
        == ModelError(LayerProblem.badInput(index: 0, expected: "of rank 3", found: flat)))
    let scalar = TensorType(.f32, .scalar)
    #expect(
      problem(try layer("...x,xy->...y", [7]), scalar)
        == ModelError(LayerProblem.badInput(index: 0, expected: "of rank 1 or more", found: scalar)))
    #expect(
      problem(try layer(text, [7]), type)
        == setting("'abc,cd->abd' needs the extents of 2 letters behind the first, found 1", "output_shape"))
    #expect(problem(try layer(text, [4, 7]), type) == setting("'b' is 3 in the input, and 4 here", "output_shape"))
    #expect(problem(try layer(text, [-2, 7]), type) == setting("'b' is 3 in the input, and -2 here", "output_shape"))
    #expect(
      problem(try layer(text, [-1, -1]), type)
        == setting("'d' is the kernel's alone and needs an extent, found -1", "output_shape"))
    #expect(
      problem(try layer(text, [-1, 7], ["c"]), type)
        == setting("the output of 'abc,cd->abd' has no letter 'c'", "bias_axes"))
    let open = TensorType(.f32, [2, 3, .symbol("M")])
    #expect(
      problem(try layer(text, [-1, 7]), open)
        == ModelError(
          LayerProblem.badInput(index: 0, expected: "of a fixed extent 'c' of 'abc,cd->abd'", found: open)))
    #expect(EinsumLetters("aa") == nil)
    #expect(EinsumLetters("a.") == nil)
    let huge = try layer(text, [-1, .max])
    #expect(huge.scratchSize(for: [type]) == 0)
    #expect(huge.multiplyAdds(for: [type]) == nil)
  }
}
