import NNFormat
import NNLayers
import Testing

@Suite struct LayerProblemTests {
  private static let sentences: [(LayerProblem, String)] = [
    (.unknownKind("dens", nearest: "dense"), "the kind 'dens' is unknown; did you mean 'dense'?"),
    (
      .unknownKind("lstm", nearest: nil), "the kind 'lstm' is unknown; see spec/layers.md for those there are"
    ),
    (
      .noKind("input", reason: "inputs are no nodes; list them under 'inputs' of the graph"),
      "the kind 'input' cannot be run: inputs are no nodes; list them under 'inputs' of the graph"
    ),
    (
      .unknownField(kind: "dense", nearest: "units"),
      "the kind 'dense' has no such field; did you mean 'units'?"
    ),
    (.unknownField(kind: "relu", nearest: nil), "the kind 'relu' has no such field"),
    (.missingField(kind: "dense"), "the kind 'dense' needs it, and it is missing"),
    (.badField(expected: "a positive integer", found: 0), "must be a positive integer, found 0"),
    (.badField(expected: "a number", found: "NaN"), "must be a number, found \"NaN\""),
    (
      .badField(expected: "an integer", found: .string(String(repeating: "x", count: 80))),
      "must be an integer, found \"\(String(repeating: "x", count: 59))…"
    ),
    (.badSetting(reason: "the input has no axis 3"), "the input has no axis 3"),
    (
      .inputCount(kind: "relu", expected: "one input", found: 2),
      "the kind 'relu' takes one input, found 2"
    ),
    (
      .badInput(index: 0, expected: "of f32 or f64", found: TensorType(.i32, [.symbol("N"), .known(3)])),
      "its input 0 must be of f32 or f64, found i32 [N, 3]"
    ),
    (.noSuchOutput(ValueReference("y", 1), count: 1), "'y:1' is used, but 'y' has only one output"),
    (.noSuchOutput(ValueReference("y", 5), count: 2), "'y:5' is used, but 'y' has only 2 outputs"),
    (
      .missingParameter(kind: "dense", Parameter("biases", TensorType(.f64, [4]))),
      "the kind 'dense' needs the parameter 'biases' (f64 [4]), and it is missing"
    ),
    (
      .unknownParameter(kind: "dense", role: "scale", known: ["weights", "biases"]),
      "the parameter 'scale' is not used by the kind 'dense' with these fields; it uses 'weights', 'biases'"
    ),
    (
      .unknownParameter(kind: "relu", role: "scale", known: []),
      "the parameter 'scale' is not used by the kind 'relu' with these fields; it uses none"
    ),
    (
      .parameterMismatch(
        role: "weights", tensor: "w", expected: TensorType(.f64, [2, 4]), found: TensorType(.f64, [4, 2])),
      "its parameter 'weights' must be f64 [2, 4], but the tensor 'w' is f64 [4, 2]"
    ),
  ]

  @Test(arguments: sentences)
  func theSentenceSaysWhatIsWrongAndWhatWouldBeRight(problem: LayerProblem, sentence: String) {
    #expect(problem.description == sentence)
  }

  @Test func onlyAnUnknownKindIsUnsupported() {
    for (problem, _) in Self.sentences {
      switch problem {
      case .unknownKind, .noKind: #expect(problem.category == .unsupported)
      default: #expect(problem.category == .malformed)
      }
    }
  }
}
