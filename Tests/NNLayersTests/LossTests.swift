import NNFormat
import NNLayers
import NNTestSupport
import Testing

@Suite struct LossTests {
  private func problem(_ layer: some Layer, _ inputs: TensorType...) -> ModelError? {
    error(thrownBy: { () throws(ModelError) in try layer.outputs(for: inputs) })
  }

  @Test func targetsAreLikePredictions() {
    let p = TensorType(.f32, [.symbol("N"), 5])
    #expect(
      problem(MeanSquaredError(), p)
        == ModelError(
          LayerProblem.inputCount(
            kind: "mean_squared_error", expected: "two inputs, predictions and targets", found: 1)))
    for found in [TensorType(.f32, [.symbol("N"), 4]), TensorType(.f64, [.symbol("N"), 5]), TensorType(.i64, [3])] {
      #expect(
        problem(Huber(), p, found)
          == ModelError(LayerProblem.badInput(index: 1, expected: "like input 0, \(p)", found: found)))
    }
    let scalar = TensorType(.f32, .scalar)
    #expect(
      problem(Poisson(), scalar, scalar)
        == ModelError(LayerProblem.badInput(index: 0, expected: "of rank 1 or more", found: scalar)))
    #expect(
      problem(Entropy(), scalar)
        == ModelError(LayerProblem.badInput(index: 0, expected: "of rank 1 or more", found: scalar)))
  }

  @Test func classesLackTheLastExtent() throws {
    let p = TensorType(.f32, [.symbol("N"), 5])
    let loss = CategoricalCrossEntropy()
    #expect(try loss.outputs(for: [p, TensorType(.u8, [3])]) == [TensorType(.f32, [3])])
    for found in [
      TensorType(.i64, [.symbol("N"), 5]), TensorType(.bool, [.symbol("N")]), TensorType(.f32, [.symbol("N")]),
      TensorType(.f16, [.symbol("N"), 5]),
    ] {
      #expect(
        problem(loss, p, found)
          == ModelError(
            LayerProblem.badInput(
              index: 1, expected: "like input 0, f32 [N, 5], or integers like i64 [N]", found: found)))
    }
  }

  @Test func aClassBeyondThePredictionsIsRefused() throws {
    let predictions = try Tensor([Float](repeating: 0.2, count: 30), [2, 3, 5])
    for wrong in [-1, 5, Int64.max] {
      let targets = try Tensor([0, 4, 1, 2, wrong, 3] as [Int64], [2, 3])
      #expect(
        throws: ModelError(
          LayerProblem.badElement(
            input: 1, position: [1, 1], found: "the class \(wrong)", expected: "a class from 0 to 4"))
      ) { try CategoricalCrossEntropy().mean(of: predictions, against: targets) }
    }
    #expect(
      throws: ModelError(
        LayerProblem.badElement(
          input: 1, position: [0], found: "the class 0", expected: "no class, since there are none"))
    ) {
      try CategoricalCrossEntropy().mean(
        of: try Tensor([] as [Float], [1, 0]), against: try Tensor([0] as [Int64], [1]))
    }
  }

  @Test func functionsGiveMeansAndAccuracy() throws {
    let p = try Tensor([0.5, 0.25, 0.25, 0.1, 0.2, 0.7], [2, 3])
    let classes = try Tensor([0, 1] as [Int64], [2])
    let loss = CategoricalCrossEntropy()
    #expect(try loss.accuracy(of: p, against: classes)?.share == 0.5)
    let oneHot = try Tensor([1.0, 0, 0, 0, 1, 0], [2, 3])
    #expect(try loss.accuracy(of: p, against: oneHot)?.correct == 1)
    #expect(try loss.perSample(of: p, against: oneHot) == loss.perSample(of: p, against: classes))
    #expect(try MeanAbsoluteError().mean(of: p, against: p) == 0)
    #expect(try MeanSquaredError().mean(of: p, against: oneHot.reshaped([2, 3])) > 0)
    #expect(try MeanSquaredError().accuracy(of: p, against: p) == nil)
    let none = try Tensor([] as [Double], [0, 3])
    #expect(try MeanSquaredError().mean(of: none, against: none).isNaN)
    #expect(try loss.accuracy(of: none, against: try Tensor([] as [Int64], [0]))?.count == 0)
    let halves = try Tensor([0.5, 0.5], [1, 2])
    #expect(abs(try Entropy().mean(of: halves) - 0.6931471805599453) < 1e-15)
  }

  @Test func sidesOfAThresholdMustMeet() throws {
    let p = try Tensor([0.5, 0.6, 0.2, 0.9] as [Float], [4, 1])
    let t = try Tensor([0, 1, 1, 1] as [Float], [4, 1])
    #expect(try BinaryCrossEntropy().accuracy(of: p, against: t) == Accuracy(correct: 3, count: 4))
    let logits = BinaryCrossEntropy(fromLogits: true)
    #expect(try logits.accuracy(of: p, against: t) == Accuracy(correct: 3, count: 4))
    let signs = try Tensor([-1, 1, -1, 1] as [Float], [4, 1])
    #expect(try Hinge().accuracy(of: p, against: signs) == Accuracy(correct: 2, count: 4))
    #expect(try Hinge(labels: .binary).accuracy(of: p, against: t) == Accuracy(correct: 3, count: 4))
  }

  @Test func manySamplesAreComputedInParts() throws {
    // 4,096 elements at once: what a sample's loss is must not depend on where it lies.
    let values: [Float] = (0..<15000).map { (index: Int) -> Float in Float(index % 77 * (index % 13)) / 100 }
    let p = try Tensor(values, [5000, 3])
    let t = try Tensor((0..<5000).map { Int32(($0 >> 4) % 3) }, [5000])
    let losses = try CategoricalCrossEntropy(fromLogits: true).perSample(of: p, against: t).elements(as: Float.self)
    for row in [0, 1364, 1365, 1366, 2730, 4999] {
      let alone = try CategoricalCrossEntropy(fromLogits: true).perSample(
        of: p.rows(row..<row + 1), against: t.rows(row..<row + 1))
      #expect(alone.elements(as: Float.self) == [losses[row]])
    }
  }
}
