import NNFormat
import NNLayers
import NNTestSupport
import Testing

@Suite struct StochasticTests {
  private static let n = Dimension.symbol("N")

  private func problem(_ layer: some Layer, _ inputs: TensorType...) -> ModelError? {
    error(thrownBy: { () throws(ModelError) in try layer.outputs(for: inputs) })
  }

  private func setting(_ reason: String, _ field: String) -> ModelError {
    ModelError(LayerProblem.badSetting(reason: reason), at: .field(field))
  }

  @Test func aNoiseShapeMustFitTheInput() {
    let input = TensorType(.f32, [Self.n, 3, 5])
    #expect(problem(Dropout(rate: 0.5, noiseShape: [-1, 1, 5]), input) == nil)
    #expect(problem(Dropout(rate: 0.5, noiseShape: [7, 1, 5]), input) == nil)
    #expect(
      problem(Dropout(rate: 0.5, noiseShape: [1, 5]), input)
        == setting("must have one extent for each of the input's 3 dimensions, found 2", "noise_shape"))
    #expect(
      problem(AlphaDropout(rate: 0.5, noiseShape: [-1, 2, 5]), input)
        == setting("extent 1 must be 1, -1 or the input's 3, found 2", "noise_shape"))
    #expect(
      problem(Dropout(rate: 0.5, noiseShape: [0, 1, 1]), input)
        == setting("extent 0 must be 1, -1, found 0", "noise_shape"))
    #expect(
      problem(Dropout(rate: 0.5, noiseShape: [-1, -2, 1]), input)
        == setting("extent 1 must be 1, -1 or the input's 3, found -2", "noise_shape"))
    #expect(problem(Dropout(rate: 0.5, noiseShape: [7, 1, 5]), TensorType(.f32, [2, 3, 5])) != nil)
  }

  @Test func aRateOfOneIsRefusedWhereTheFormulaDividesByWhatIsLeft() {
    let input = TensorType(.f64, [Self.n, 3])
    let expected = setting("must be below 1, found 1", "rate")
    #expect(problem(AlphaDropout(rate: 1.0), input) == expected)
    #expect(problem(GaussianDropout(rate: 1.0), input) == expected)
    #expect(problem(Dropout(rate: 1.0), input) == nil)
  }

  @Test func deviationsAreFiniteNumbersFromZero() {
    #expect(Amount(json: -0.1) == nil)
    #expect(Amount(json: "Infinity") == nil)
    #expect(Amount(.nan) == nil)
    #expect(Amount(json: 0)?.value == 0)
    #expect(Amount(json: 2)?.json == 2.0)
  }

  @Test func meansAndVariancesHaveOneType() {
    let mean = TensorType(.f32, [Self.n, 3])
    #expect(
      problem(GaussianSampling(), mean)
        == ModelError(LayerProblem.inputCount(kind: "gaussian_sampling", expected: "two inputs", found: 1)))
    for other in [TensorType(.f32, [Self.n, 4]), TensorType(.f64, [Self.n, 3]), TensorType(.f32, [Self.n])] {
      #expect(
        problem(GaussianSampling(), mean, other)
          == ModelError(LayerProblem.badInput(index: 1, expected: "like input 0, \(mean)", found: other)))
    }
    #expect(problem(GaussianSampling(), mean, TensorType(.f32, [5, 3])) == nil)
  }

  @Test func aVariationalLayerNeedsAFixedDepth() {
    for found in [TensorType(.f32, [3, Self.n]), TensorType(.f32, .scalar)] {
      #expect(
        problem(DenseVariational(units: 2), found)
          == ModelError(
            LayerProblem.badInput(index: 0, expected: "of rank 1 or more with a fixed last extent", found: found)))
    }
  }

  @Test func hugeVariationalLayersAskForMoreThanThereIs() throws {
    let units = try #require(Positive(Int.max / 8))
    let layer = DenseVariational(units: units, useBias: false)
    #expect(layer.scratchSize(for: [TensorType(.f32, [0, 0])]) == .max)
    #expect(problem(layer, TensorType(.f32, [0, 0])) == nil)
  }

  @Test func eachPlaceInAGraphDrawsNumbersOfItsOwn() throws {
    var run = LayerRun(
      layer: GaussianNoise(), inputs: [try Tensor([Float](repeating: 0, count: 5), [5])], parameters: [])
    let mean = try run.outputs()
    run.seed = 3
    let first = try run.outputs()
    #expect(try first == run.outputs())
    #expect(first != mean)
    run.position = 1
    #expect(try first != run.outputs())
    (run.seed, run.position) = (4, 0)
    #expect(try first != run.outputs())
  }
}
