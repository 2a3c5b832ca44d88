public import NNFormat

/// What can stand in the way of a conversion.
public enum ConvertProblem: Problem {
  /// The sources hold no array.
  case noArrays
  /// Two sources have an array of the same name.
  case sameName(String)
  /// Names do not say whether the arrays are weights or biases.
  case unknownRoles([String])
  /// There are biases and no weights.
  case noWeights([String])
  /// Several arrays are the same thing to the same layer.
  case sameLayer(role: String, [String])
  /// Biases belong to none of the weights.
  case unpairedBiases([String], weights: [String])
  /// The names do not say in which order the layers come.
  case unknownOrder([String])
  /// An entry of the list of layers cannot be read.
  case badLayer(String, reason: String)
  /// An array stands twice in the list of layers.
  case usedTwice(String)
  /// Arrays are named that the sources do not have.
  case unknownArrays([String])
  /// Arrays are left over.
  case unusedArrays([String])
  /// An architecture names tensors that the sources do not have.
  case missingArrays([String])
  /// Weights are not matrices.
  case notMatrices([String])
  /// A layer has no inputs or no outputs.
  case emptyLayer(String)
  /// The layers do not fit together; one reason for each layout that was tried.
  case brokenChain([String])
  /// The layers fit together in both layouts.
  case bothLayoutsFit([String])
  /// The activations are not given.
  case noActivation
  /// Activations have names that the catalogue does not have.
  case unknownActivations([String], known: [String])
  /// An entry of the list of activations cannot be read.
  case badActivation(String, reason: String)
  /// There are neither one nor as many activations as layers.
  case activationCount(found: Int, layers: Int)
  /// Arrays are of different element types.
  case mixedTypes([String])
  /// Arrays are not of floating-point numbers.
  case notFloats([String])
  /// A pair of example files cannot be read.
  case badExample(String)
  /// A graph has several inputs or outputs, and an example has one array.
  case exampleNeedsNames(what: String, count: Int)
  /// A name is not that of a floating-point type.
  case badFloatType(String)
  /// An option does not go together with the sources or another option.
  case senselessOption(String, reason: String)
  /// The kind of the output cannot be told from its name.
  case unknownOutputKind(String)
  /// Weights cannot be stored in a narrower type.
  case cannotNarrow(String)
  /// A file is of a kind that the command does not take.
  case wrongSource(expected: String, found: String)
  /// A model stands among several sources of arrays.
  case modelAmongSources

  /// What kind of failure this is.
  public var category: ProblemCategory {
    switch self {
    case .noArrays, .cannotNarrow, .sameName, .noWeights, .sameLayer, .missingArrays, .notMatrices, .emptyLayer,
      .brokenChain:
      .malformed
    case .unknownRoles, .unpairedBiases, .unknownOrder, .badLayer, .usedTwice, .unknownArrays, .unusedArrays,
      .bothLayoutsFit, .noActivation, .unknownActivations, .badActivation, .activationCount, .mixedTypes, .notFloats,
      .badExample, .exampleNeedsNames, .badFloatType,
      .senselessOption, .unknownOutputKind,
      .wrongSource, .modelAmongSources:
      .usage
    }
  }

  /// The sentence for people.
  public var description: String {
    switch self {
    case .cannotNarrow(let reason):
      "\(reason), so the weights stay f32: leave --weights away"
    case .noArrays:
      "there are no arrays; name .npy files, a folder that has some, or an .npz"
    case .sameName(let name):
      "two sources have an array '\(name)'; each needs its own name"
    case .unknownRoles(let names):
      "\(quoted(names)) \(names.count == 1 ? "does not say whether it is" : "do not say whether they are") weights or biases; list the layers in "
        + "order with --layers WEIGHTS:BIASES,..., or leave an array out with --ignore NAME"
    case .noWeights(let names):
      "there are no weights, only biases: \(quoted(names))"
    case .sameLayer(let role, let names):
      "\(quoted(names)) would all be the \(role) of one layer; list the layers in order with --layers WEIGHTS:BIASES,..., or "
        + "leave an array out with --ignore NAME"
    case .unpairedBiases(let biases, let weights):
      "it is unclear to which of the weights \(quoted(weights)) the biases \(quoted(biases)) belong; list the layers in order "
        + "with --layers WEIGHTS:BIASES,..., or leave an array out with --ignore NAME"
    case .unknownOrder(let names):
      "the names do not say in which order \(quoted(names)) come; list the layers in order with --layers WEIGHTS:BIASES,..."
    case .badLayer(let item, let reason):
      "the layer '\(item)' of the list cannot be read: \(reason)"
    case .usedTwice(let name):
      "the array '\(name)' stands twice in the list; each belongs to one layer"
    case .unknownArrays(let names):
      "the sources have no array \(names.joined(separator: ", "))"
    case .unusedArrays(let names):
      "no layer uses \(quoted(names)); leave \(names.count == 1 ? "it" : "them") out with "
        + names.map { "--ignore \($0)" }.joined(separator: " ")
    case .missingArrays(let names):
      "the architecture names tensors that the sources do not have: \(quoted(names))"
    case .notMatrices(let arrays):
      "weights need two dimensions, which these do not have: \(arrays.joined(separator: ", "))"
    case .emptyLayer(let array):
      "the weights \(array) have no elements; a layer needs at least one input and one output"
    case .brokenChain(let reasons):
      "the layers do not fit together: \(reasons.joined(separator: "; "))"
    case .bothLayoutsFit(let arrays):
      "\(arrays.joined(separator: ", ")) can be read as [in, out] (for x @ W, as in NumPy and Keras) and as [out, in] (as in "
        + "PyTorch); pass --weights-layout in-out or --weights-layout out-in"
    case .noActivation:
      "arrays do not say which activations the layers have; pass --activation NAME for all layers, or one for each as in "
        + "--activation relu,softmax; linear stands for none"
    case .unknownActivations(let names, let known):
      "there is no activation \(names.joined(separator: ", ")); spec/layers.md describes the \(known.count) there are, such as "
        + known.prefix(4).joined(separator: ", ")
    case .badActivation(let item, let reason):
      "the activation '\(item)' cannot be read: \(reason)"
    case .activationCount(let found, let layers):
      "\(found) activations are given for \(layers == 1 ? "one layer" : "\(layers) layers"); give one for all, or one for each"
    case .mixedTypes(let groups):
      "the arrays are of different types: \(groups.joined(separator: "; ")); pass --dtype to cast all to one"
    case .notFloats(let arrays):
      "weights and biases are floating-point numbers, and these are not: \(arrays.joined(separator: ", ")); pass --dtype to "
        + "cast them"
    case .badExample(let text):
      "'\(text)' is no example; write INPUT.npy=OUTPUT.npy, or INPUTS.npz=OUTPUTS.npz for several under their names"
    case .exampleNeedsNames(let what, let count):
      "the network has \(count) \(what)s, and the example has one array; give an .npz with an array for each under its name"
    case .badFloatType(let name):
      "'\(name)' is no type for weights; give one of f16, bf16, f32 and f64"
    case .senselessOption(let option, let reason):
      "\(option) makes no sense here: \(reason)"
    case .unknownOutputKind(let path):
      "the name '\(path)' does not say how to write; end it in .nnm, .h5, .json, .safetensors or .npz, or pass --to"
    case .wrongSource(let expected, let found):
      "this command takes \(expected), and the file is of the kind \(found); use 'nnconvert convert' for any kind of model"
    case .modelAmongSources:
      "it is a whole model, with its architecture.json; name it alone, without other sources"
    }
  }

  private func quoted(_ names: [String]) -> String {
    names.map { "'\($0)'" }.joined(separator: ", ")
  }
}
