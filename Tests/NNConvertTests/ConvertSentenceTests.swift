import NNFormat
import Testing

import NNConvert

/// Every sentence that people may read is pinned here, so that none changes by accident.
@Suite struct ConvertSentenceTests {
  private static let sentences: [(ConvertProblem, ProblemCategory, String)] = [
    (.noArrays, .malformed, "there are no arrays; name .npy files, a folder that has some, or an .npz"),
    (.sameName("W"), .malformed, "two sources have an array 'W'; each needs its own name"),
    (
      .unknownRoles(["x"]), .usage,
      "'x' does not say whether it is weights or biases; list the layers in order with --layers WEIGHTS:BIASES,..., or "
        + "leave an array out with --ignore NAME"
    ),
    (
      .unknownRoles(["x", "y"]), .usage,
      "'x', 'y' do not say whether they are weights or biases; list the layers in order with "
        + "--layers WEIGHTS:BIASES,..., or leave an array out with --ignore NAME"
    ),
    (.noWeights(["b1", "b2"]), .malformed, "there are no weights, only biases: 'b1', 'b2'"),
    (
      .sameLayer(role: "weights", ["W1", "w1"]), .malformed,
      "'W1', 'w1' would all be the weights of one layer; list the layers in order with --layers WEIGHTS:BIASES,..., or "
        + "leave an array out with --ignore NAME"
    ),
    (
      .unpairedBiases(["b3"], weights: ["W1", "W2"]), .usage,
      "it is unclear to which of the weights 'W1', 'W2' the biases 'b3' belong; list the layers in order with "
        + "--layers WEIGHTS:BIASES,..., or leave an array out with --ignore NAME"
    ),
    (
      .unknownOrder(["a", "b"]), .usage,
      "the names do not say in which order 'a', 'b' come; list the layers in order with --layers WEIGHTS:BIASES,..."
    ),
    (.badLayer("a:b", reason: "x"), .usage, "the layer 'a:b' of the list cannot be read: x"),
    (.usedTwice("W"), .usage, "the array 'W' stands twice in the list; each belongs to one layer"),
    (.unknownArrays(["'a'", "'b'"]), .usage, "the sources have no array 'a', 'b'"),
    (.unusedArrays(["a"]), .usage, "no layer uses 'a'; leave it out with --ignore a"),
    (.unusedArrays(["a", "b"]), .usage, "no layer uses 'a', 'b'; leave them out with --ignore a --ignore b"),
    (
      .missingArrays(["a", "b"]), .malformed, "the architecture names tensors that the sources do not have: 'a', 'b'"
    ),
    (
      .notMatrices(["'W' [3]"]), .malformed, "weights need two dimensions, which these do not have: 'W' [3]"
    ),
    (
      .emptyLayer("'W' [0, 3]"), .malformed,
      "the weights 'W' [0, 3] have no elements; a layer needs at least one input and one output"
    ),
    (.brokenChain(["one", "two"]), .malformed, "the layers do not fit together: one; two"),
    (
      .bothLayoutsFit(["'W' [2, 2]"]), .usage,
      "'W' [2, 2] can be read as [in, out] (for x @ W, as in NumPy and Keras) and as [out, in] (as in PyTorch); pass "
        + "--weights-layout in-out or --weights-layout out-in"
    ),
    (
      .noActivation, .usage,
      "arrays do not say which activations the layers have; pass --activation NAME for all layers, or one for each as in "
        + "--activation relu,softmax; linear stands for none"
    ),
    (
      .unknownActivations(["'a'"], known: ["relu", "tanh"]), .usage,
      "there is no activation 'a'; spec/layers.md describes the 2 there are, such as relu, tanh"
    ),
    (.badActivation("a(", reason: "x"), .usage, "the activation 'a(' cannot be read: x"),
    (
      .activationCount(found: 2, layers: 3), .usage,
      "2 activations are given for 3 layers; give one for all, or one for each"
    ),
    (
      .activationCount(found: 2, layers: 1), .usage,
      "2 activations are given for one layer; give one for all, or one for each"
    ),
    (
      .mixedTypes(["f32: 'a'", "f64: 'b'"]), .usage,
      "the arrays are of different types: f32: 'a'; f64: 'b'; pass --dtype to cast all to one"
    ),
    (
      .notFloats(["'a' i32"]), .usage,
      "weights and biases are floating-point numbers, and these are not: 'a' i32; pass --dtype to cast them"
    ),
    (
      .badExample("x"), .usage,
      "'x' is no example; write INPUT.npy=OUTPUT.npy, or INPUTS.npz=OUTPUTS.npz for several under their names"
    ),
    (
      .exampleNeedsNames(what: "input", count: 2), .usage,
      "the network has 2 inputs, and the example has one array; give an .npz with an array for each under its name"
    ),
    (.badFloatType("i8"), .usage, "'i8' is no type for weights; give one of f16, bf16, f32 and f64"),
    (.senselessOption("--a", reason: "b"), .usage, "--a makes no sense here: b"),
    (
      .unknownOutputKind("a.pt"), .usage,
      "the name 'a.pt' does not say how to write; end it in .nnm, .h5, .json, .safetensors or .npz, or pass --to"
    ),
    (
      .wrongSource(expected: "a JSON file", found: "HDF5"), .usage,
      "this command takes a JSON file, and the file is of the kind HDF5; use 'nnconvert convert' for any kind of model"
    ),
    (
      .modelAmongSources, .usage,
      "it is a whole model, with its architecture.json; name it alone, without other sources"
    ),
  ]

  @Test(arguments: sentences.indices)
  func problemsSayWhatIsWrongAndWhatWouldBeRight(row: Int) {
    let (problem, category, sentence) = ConvertSentenceTests.sentences[row]
    #expect(problem.description == sentence)
    #expect(problem.category == category)
  }

  @Test(arguments: [
    (0.00032192616324167034, "0.000322"), (5.812783498981844e-08, "5.81e-08"), (1234.5678, "1235.0"), (2.0, "2.0"),
    (9.99951e-9, "1e-08"),
  ])
  func errorsAreShownInThreeDigits(value: Double, text: String) {
    #expect(TensorChange.brief(value) == text)
  }

  @Test func changesSayWhatWasDone() throws {
    #expect(TensorChange.transposed.description == "transposed [1, 0]")
    #expect(TensorChange.reshaped(from: [1, 2], to: [2]).description == "reshaped [1, 2] to [2]")
    let exact = CastLoss(count: 3, exact: 3)
    #expect(TensorChange.cast(from: .f64, to: .f32, exact).description == "cast f64 to f32, exact")
    let loss = CastLoss(
      count: 9, exact: 2, overflows: 1, underflows: 2, maximumAbsoluteError: 0.5, maximumRelativeError: 0.25)
    #expect(
      TensorChange.cast(from: .f64, to: .f16, loss).description
        == "cast f64 to f16, 7 of 9 values changed: by up to 0.5 (relative 0.25), 1 became infinite, 2 became zero")
  }
}
