import NNContainer
import NNFormat
import NNLayers
import NNRuntime
import NNTestSupport
import Testing

/// Comparisons of tensors, and checks of models by their examples.
struct VerificationTests {
  @Test func distancesAreCountedInUnitsInTheLastPlace() throws {
    let want = try Tensor([1.0, -1, 0, 4, 1e300], [5])
    let got = try Tensor([(1.0).nextUp, (-1.0).nextDown.nextDown, 0x1p-1074, 4, 1e300], [5])
    let comparison = try Comparison(of: got, with: want)
    #expect(comparison.maximumULPs == 2)
    #expect(comparison.differingCount == 3)
    #expect(comparison.failingCount == 3)
    #expect(comparison.maximumAbsolute == 2 * 0x1p-52)
    #expect(comparison.maximumRelative == .infinity)
    #expect(comparison.firstDeparture?.index == 0)
    #expect(comparison.firstDeparture?.found == "1.0000000000000002")
    #expect(comparison.firstDeparture?.expected == "1.0")
    #expect(comparison.firstDeparture?.ulps == 1)
    #expect(try Comparison(of: got, with: want, tolerance: Tolerance(ulps: 2)).passes)
    #expect(try !Comparison(of: got, with: want, tolerance: Tolerance(ulps: 1)).passes)
    #expect(try Comparison(of: want, with: want).passes)
  }

  @Test func aDistanceCrossesZero() throws {
    let got = try Tensor([-Float.leastNonzeroMagnitude], [1])
    let want = try Tensor([Float.leastNonzeroMagnitude], [1])
    #expect(try Comparison(of: got, with: want).maximumULPs == 2)
  }

  @Test func zerosDifferOnlyWhereNothingIsTolerated() throws {
    let (got, want) = (try Tensor([-0.0], [1]), try Tensor([0.0], [1]))
    let exact = try Comparison(of: got, with: want)
    #expect(!exact.passes)
    #expect(exact.maximumULPs == 0)
    #expect(try Comparison(of: got, with: want, tolerance: Tolerance(ulps: 0)).passes)
    #expect(try Comparison(of: got, with: want, tolerance: Tolerance(absolute: 0)).passes)
  }

  @Test func anyNaNPassesForAnyOtherAndForNothingElse() throws {
    let got = try Tensor([Double.nan, Double(bitPattern: 0xFFF8_0000_0000_0123), .nan, 1], [2, 2])
    let want = try Tensor([Double(bitPattern: 0x7FF0_0000_0000_0001), .nan, 1, .nan], [2, 2])
    let tolerance = Tolerance(ulps: .max, absolute: .infinity, relative: .infinity)
    let comparison = try Comparison(of: got, with: want, tolerance: tolerance)
    #expect(comparison.unorderedCount == 2)
    #expect(comparison.failingCount == 2)
    #expect(comparison.firstDeparture?.position == [1, 0])
    #expect(comparison.firstDeparture?.ulps == nil)
  }

  @Test func infinityIsNearNoNumber() throws {
    let (got, want) = (try Tensor([Double.infinity, 1], [2]), try Tensor([1.0, .infinity], [2]))
    let wide = Tolerance(absolute: 1e308, relative: 1)
    #expect(try Comparison(of: got, with: want, tolerance: wide).failingCount == 2)
    #expect(try Comparison(of: got, with: got).passes)
    #expect(try Comparison(of: got, with: want).maximumAbsolute == .infinity)
  }

  @Test func anyBoundThatHoldsIsEnough() throws {
    let (got, want) = (try Tensor([100.5], [1]), try Tensor([100.0], [1]))
    #expect(try Comparison(of: got, with: want, tolerance: Tolerance(absolute: 0.5)).passes)
    #expect(try !Comparison(of: got, with: want, tolerance: Tolerance(absolute: 0.4)).passes)
    #expect(try Comparison(of: got, with: want, tolerance: Tolerance(relative: 0.005)).passes)
    #expect(try !Comparison(of: got, with: want, tolerance: Tolerance(relative: 0.004)).passes)
    #expect(try Comparison(of: got, with: want, tolerance: Tolerance(ulps: 0, relative: 0.01)).passes)
  }

  @Test func everyTypeIsCompared() throws {
    #expect(try Comparison(of: Tensor([Int64.min], [1]), with: Tensor([Int64.max], [1])).maximumULPs == .max)
    #expect(try Comparison(of: Tensor([UInt64.max], [1]), with: Tensor([0 as UInt64], [1])).maximumULPs == .max)
    #expect(try Comparison(of: Tensor([-128 as Int8], [1]), with: Tensor([127 as Int8], [1])).maximumULPs == 255)
    #expect(try Comparison(of: Tensor([true], [1]), with: Tensor([false], [1])).maximumULPs == 1)
    let one = try Tensor(.f16, [1], bytes: ByteRegion([0x00, 0x3C]))
    let next = try Tensor(.f16, [1], bytes: ByteRegion([0x01, 0x3C]))
    let half = try Comparison(of: next, with: one)
    #expect(half.maximumULPs == 1)
    #expect(half.maximumAbsolute == 0x1p-10)
    let brain = try Tensor(.bf16, [1], bytes: ByteRegion([0x80, 0x3F]))
    let minus = try Tensor(.bf16, [1], bytes: ByteRegion([0x80, 0xBF]))
    #expect(try Comparison(of: brain, with: minus).maximumAbsolute == 2)
  }

  @Test func typesAndShapesMustAgree() throws {
    let (got, want) = (try Tensor([1.0], [1]), try Tensor([1.0], [1, 1]))
    #expect(throws: ModelError(ModelProblem.typeMismatch(expected: want.type, found: got.type))) {
      try Comparison(of: got, with: want)
    }
  }

  /// The first case of the fixtures that has two sigmoids, with its output as an example.
  private func verified(_ change: (inout Example) throws -> Void = { _ in }) throws -> Model {
    let test = try #require(
      try GoldenTests.cases().first { $0.activations == ["sigmoid", "sigmoid"] && $0.type == .f64 && $0.batch == 1 })
    var (model, input) = try test.model()
    let digits = Array(test.output)
    let bytes = stride(from: 0, to: digits.count, by: 2).compactMap { UInt8(String(digits[$0...$0 + 1]), radix: 16) }
    var example = Example(
      "first", inputs: try NamedTensors([("x", input)]),
      outputs: try NamedTensors([("y", Tensor(.f64, [1, 1], bytes: ByteRegion(bytes)))]),
      computedBy: ComputedBy(framework: "numpy", version: "2.4.6"))
    try change(&example)
    model.examples = [example]
    return model
  }

  @Test func aTrueExamplePasses() throws {
    let folder = TemporaryFolder()
    let model = try verified()
    try model.write(to: folder.file("model.nnm"), as: .binary)
    let report = Verification.run(try Container.open(folder.file("model.nnm")))
    #expect(report.passes)
    #expect(report.digest == (try model.contentDigest()))
    #expect(report.examples.map(\.name) == ["first"])
    #expect(report.examples[0].outputs.map(\.name) == ["y"])
    #expect(report.examples[0].outputs[0].comparison.maximumULPs == 0)
    #expect(report.examples[0].firstDeparture == nil)
  }

  @Test func aFalseExampleFailsAndSaysByHowMuch() throws {
    let model = try verified { example in
      let y = try #require(example.outputs["y"]).elements(as: Double.self)[0]
      example.outputs["y"] = try Tensor([y.nextUp.nextUp], [1, 1])
    }
    let report = Verification.run(model)
    #expect(!report.passes)
    #expect(report.examples[0].firstDeparture?.name == "y")
    #expect(report.examples[0].firstDeparture?.comparison.firstDeparture?.ulps == 2)
  }

  @Test func theNodeThatDepartsFirstIsNamed() throws {
    let model = try verified { example in
      let trace = try Network(try verified()).trace(["x": try #require(example.inputs["x"])])
      for value in trace.values {
        let right = value.tensor.elements(as: Double.self)
        let name = value.reference.description
        let isWrong = name == "activation0" || name == "dense1"
        example.values[name] = try Tensor(isWrong ? right.map { $0.nextDown } : right, value.tensor.shape)
      }
    }
    let report = Verification.run(model)
    #expect(report.examples[0].values.map(\.name) == ["dense0", "activation0", "dense1", "activation1"])
    #expect(report.examples[0].firstDeparture?.name == "activation0")
    #expect(report.examples[0].firstDeparture?.comparison.maximumULPs == 1)
    #expect(report.examples[0].outputs[0].comparison.passes)
    #expect(!report.passes)
  }

  @Test func damageIsReported() throws {
    let folder = TemporaryFolder()
    let path = folder.file("model.nnm")
    try verified().write(to: path, as: .binary)
    var content = try bytes(of: path)
    content[content.count - 1] ^= 1
    folder.write("damaged.nnm", content)
    let report = Verification.run(try Container.open(folder.file("damaged.nnm")))
    #expect(!report.passes)
    #expect(report.digest == nil)
    guard case .digestMismatch? = report.digestProblem?.problem as? ModelProblem else {
      Issue.record("found \(String(describing: report.digestProblem))")
      return
    }
  }

  @Test func aModelOfUnknownLayersIsReportedNotRun() throws {
    var model = try verified()
    model.graph.nodes[0].kind = "denze"
    let report = Verification.run(model)
    #expect(!report.passes)
    #expect(report.examples.isEmpty)
    #expect(
      report.networkProblem
        == ModelError(LayerProblem.unknownKind("denze", nearest: "dense"), at: .node("dense0")))
  }

  @Test func valuesOfInputsAndUnknownValuesInExamplesAreChecked() throws {
    let right = try verified { $0.values["x"] = $0.inputs["x"] }
    #expect(Verification.run(right).passes)
    let wrong = try verified { example in
      example.values["dense0:1"] = try Tensor([0.0], [1])
    }
    let report = Verification.run(wrong)
    #expect(
      report.examples[0].problem
        == ModelError(ModelProblem.unknownValue("dense0:1", nearest: "dense0"), at: .example("first")))
  }
}
