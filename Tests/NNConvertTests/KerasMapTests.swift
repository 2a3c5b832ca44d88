import NNContainer
import NNConvert
import NNFormat
import NNTestSupport
import Testing

@Suite struct KerasMapTests {
  /// What cannot be put back onto the model that it was made of, and why: cases by the beginning of their names, and what the
  /// message says.
  private static let exceptions: [(name: String, message: String)] = [
    // Numbers that stand in the configuration.
    ("normalization_fixed", "the file has 0 numbers"), ("normalization_invert", "the file has 0 numbers"),
    ("normalization_scalar", "the file has 0 numbers"),
    // Arrays that only training reads.
    ("batch_normalization_renorm", "no node has it; --allow-unused leaves it out"),
    ("spectral_normalization", "no node has it; --allow-unused leaves it out"),
    // Integers with scales, which the policies of the configuration tell from plain weights.
    ("quantized_", "the weights do not fit onto the architecture"),
    // Kernels that stand once for each channel, and those that conversion makes.
    ("stft_spectrogram_", "the weights do not fit onto the architecture"),
    ("mel_spectrogram_", "the file has 0 numbers"),
    ("ops_extract_patches", "the file has 0 numbers"), ("ops_unfold", "the file has 0 numbers"),
    ("ops_gaussian_blur", "the file has 0 numbers"), ("ops_sobel_edges", "the file has 0 numbers"),
    ("resizing_area", "the file has 0 numbers"), ("resizing_gaussian", "the file has 0 numbers"),
    ("resizing_lanczos", "the file has 0 numbers"), ("resizing_mitchellcubic", "the file has 0 numbers"),
    ("up_sampling2d_lanczos", "the file has 0 numbers"),
    // Adaptations, whose factor stands in the configuration.
    ("dense_lora_lists", "lora_kernel_a' is in the file and no node has it"),
    ("einsum_dense_lora_lists", "lora_kernel_a' is in the file and no node has it"),
    ("conv_lora_lists", "lora_kernel_a' is in the file and no node has it"),
    ("embedding_lora_lists", "lora_embeddings_a' is in the file and no node has it"),
    // Factors that became constants.
    ("net_next", "no node has it"),
    // One table as it is and turned.
    ("reversible_embedding", "has no weights in the file"), ("net_decoder_only", "has no weights in the file"),
    // Cells inside of one layer, which have no names of their own.
    ("rnn_stacked", "'rnn_cell_1' has no weights in the file"),
    // Layers that became several nodes.
    ("additive_attention_scores", "no node has it"), ("attention_scores", "no node has it"),
    ("grouped_query_scores", "has no weights in the file"), ("multi_head_scores", "has no weights in the file"),
    ("multi_head_axes", "has no weights in the file"), ("multi_head_mask_of_heads", "has no weights in the file"),
    ("k1_highway", "has no weights in the file"), ("k1_parametricsoftplus", "no node has it"),
    ("k1_srelu", "no node has it"),
    // Kernels that stand among the arguments of an operation.
    ("ops_conv", "the file has 0 numbers"), ("ops_depthwise_conv", "the file has 0 numbers"),
    ("ops_separable_conv", "the file has 0 numbers"), ("op_conv2d", "the file has 0 numbers"),
    ("op_depthwise_conv2d", "the file has 0 numbers"),
  ]

  /// A file of weights fits onto the model that its own architecture makes, and every tensor is the same: that the model computes
  /// what Keras computes is seen by `KerasTests`.
  @Test func everyFileFitsOntoItsOwnArchitecture() throws {
    let folder = TemporaryFolder()
    var failures: [String] = []
    var count = 0
    for test in try KerasCase.all() where test.map == nil {
      guard let (model, report) = try? test.keras.model(from: test.file), !model.tensors.isEmpty else { continue }
      count += 1
      let path = folder.file("\(test.name).nnm")
      try model.withoutWeights().write(to: path, as: .binary)
      let name = test.name.hasPrefix("tf_") ? String(test.name.dropFirst(3)) : test.name
      let exception = Self.exceptions.first { name.hasPrefix($0.name) }?.message
      var keras = KerasImport()
      keras.map = path
      keras.backend = test.keras.backend
      keras.allowsUnused = test.keras.allowsUnused
      var failure: String?
      do {
        let mapped = try keras.model(from: test.file)
        if mapped.model.graph != model.graph { failure = "the graph is another" }
        for (name, tensor) in model.tensors.entries where mapped.model.tensors[name] != tensor {
          failure = "the tensor '\(name)' is another"
        }
        if mapped.report.sources.first?.digest != report.sources.first?.digest { failure = "the digest is another" }
      } catch {
        failure = "\(error)"
      }
      switch (failure, exception) {
      case (nil, nil): break
      case (nil, _?): failures.append("\(test.name): fits")
      case (let failure?, let message):
        if message.map({ !failure.contains($0) }) ?? true { failures.append("\(test.name): \(failure)") }
      }
    }
    #expect(failures.isEmpty, "\(failures.count) of \(count):\n\(failures.joined(separator: "\n"))")
    #expect(count > 700)
  }
}

/// What does not fit is said, all of it.
@Suite struct KerasMapRefusalTests {
  private let folder = TemporaryFolder()
  private static let cases = "\(KerasCase.folder)/cases"

  /// The model that a file makes with its architecture, written after a change.
  private func target(_ name: String, _ change: (inout Model) -> Void = { _ in }) throws -> String {
    var keras = KerasImport()
    keras.architecture = "\(Self.cases)/\(name).json"
    var (model, _) = try keras.model(from: "\(Self.cases)/\(name).weights.h5")
    change(&model)
    let path = folder.file("\(name).json")
    try model.write(to: path, as: .json, replacing: true)
    return path
  }

  private func problems(_ file: String, onto map: String) throws -> [String] {
    var keras = KerasImport()
    keras.map = map
    do {
      _ = try keras.model(from: "\(Self.cases)/\(file)")
      return []
    } catch {
      guard case KerasMapProblem.unfit(let items)? = error.problem as? KerasMapProblem else { throw error }
      return items.map { "\($0.name): \($0.reason): \($0.candidates.joined(separator: " "))" }
    }
  }

  @Test func aNodeWithoutNamesakeGetsTheOnlyWeightsThatFitAndTheReportSaysSo() throws {
    let map = try target("weights_perceptron") { $0.graph.rename("dense_1", to: "other") }
    var keras = KerasImport()
    keras.map = map
    let (_, report) = try keras.model(from: "\(Self.cases)/weights_perceptron.weights.h5")
    #expect(
      report.warnings == [
        "the node 'other' has no namesake in the file; it has the weights of 'dense_1', since shapes allow no other"
      ])
  }

  @Test func weightsThatSeveralNodesCouldHaveAreNotGuessed() throws {
    let map = try target("weights_many") { model in
      for number in 3...6 { model.graph.rename("dense_\(number)", to: "layer_\(number)") }
    }
    let wide = "has the name of none and the shapes of several in the file; give it the name of the right one"
    let found = try problems("weights_many.weights.h5", onto: map)
    #expect(
      found.prefix(4) == [
        "layer_3: \(wide): dense_3 dense_5", "layer_4: \(wide): dense_4 dense_6",
        "layer_5: \(wide): dense_3 dense_5", "layer_6: \(wide): dense_4 dense_6",
      ])
    // And their eight arrays.
    #expect(found.dropFirst(4).allSatisfy { $0.contains("is in the file and no node has it") } && found.count == 12)
  }

  @Test func allThatDoesNotFitIsListedAtOnce() throws {
    // A constant, what no file of such a size can hold, a node without weights, and a namesake of another shape.
    let document = folder.write(
      "graph.json",
      Array(
        """
        {"inputs": [{"name": "x", "dtype": "f32", "shape": ["N", 5]}], "nodes": [
        {"name": "c", "kind": "constant", "fields": {"shape": [5]}, "inputs": [], "parameters": {"value": "c/value"}},
        {"name": "s", "kind": "add", "inputs": ["x", "c"]},
        {"name": "dense", "kind": "dense", "fields": {"units": 6}, "inputs": ["s"],
         "parameters": {"weights": "dense/weights", "biases": "dense/biases"}},
        {"name": "huge", "kind": "dense", "fields": {"units": 2000000000, "use_bias": false}, "inputs": ["dense"],
         "parameters": {"weights": "huge/weights"}},
        {"name": "graph", "kind": "dense", "fields": {"units": 9, "use_bias": false}, "inputs": ["dense"],
         "parameters": {"weights": "graph/weights"}}],
        "outputs": [{"name": "y", "value": "graph"}]}
        """.utf8))
    #expect(
      try problems("weights_perceptron.weights.h5", onto: document) == [
        "c: is a constant, which files of Keras do not hold; --map needs a model with its value: ",
        "huge: needs f32 [6, 2000000000] for 'weights', and the file has 66 numbers: ",
        "graph: has no weights in the file, where others are left: dense_1",
        "dense: cannot have the weights of 'dense': the weight '/layers/dense/vars/0' becomes weights, which must be f32 [5, 6], "
          + "but is f32 [5, 7]: ",
        "/layers/dense_1/vars/0: is in the file and no node has it; --allow-unused leaves it out: ",
        "/layers/dense_1/vars/1: is in the file and no node has it; --allow-unused leaves it out: ",
      ])
  }

  @Test func anArchitectureOfKerasIsNamedAsSuch() throws {
    #expect(
      throws: ModelError(
        ConvertProblem.senselessOption(
          "--map", reason: "the file is an architecture of Keras, which --architecture takes"),
        at: .file("\(Self.cases)/weights_perceptron.json"))
    ) { try problems("weights_perceptron.weights.h5", onto: "\(Self.cases)/weights_perceptron.json") }
  }

  @Test func settingsThatReadAConfigurationAreRefused() throws {
    var keras = KerasImport()
    keras.map = "any.json"
    keras.custom = ["A=relu"]
    #expect(
      throws: ModelError(
        ConvertProblem.senselessOption(
          "--custom", reason: "--map says what is computed, whatever layers the file was written for"))
    ) { try keras.model(from: "any.h5") }
  }

  @Test func tensorsThatNodesShareNeedOneValue() throws {
    // Two layers of the file, one tensor in the graph.
    let map = try target("weights_many") { model in
      for place in model.graph.nodes.indices where model.graph.nodes[place].name == "dense_4" {
        model.graph.nodes[place].parameters[1].tensor = "dense_2/biases"
      }
      let old = model.tensors
      model.tensors = NamedTensors()
      for (name, tensor) in old.entries where name != "dense_4/biases" { try? model.tensors.append(name, tensor) }
    }
    #expect(
      try problems("weights_many.weights.h5", onto: map) == [
        "dense_4: shares the tensor 'dense_2/biases' with 'dense_2', and the file has other values for it: "
      ])
  }
}

extension Graph {
  /// Gives a node another name, everywhere.
  fileprivate mutating func rename(_ name: String, to new: String) {
    for place in nodes.indices {
      if nodes[place].name == name { nodes[place].name = new }
      for input in nodes[place].inputs.indices where nodes[place].inputs[input].name == name {
        nodes[place].inputs[input].name = new
      }
    }
    for place in outputs.indices where outputs[place].value.name == name { outputs[place].value.name = new }
  }
}

extension Model {
  /// The same graph with zeros for all weights; constants keep their values.
  fileprivate func withoutWeights() throws -> Model {
    var model = self
    model.examples = []
    for node in graph.nodes where node.kind != "constant" {
      for name in node.parameters.map(\.tensor) {
        guard let tensor = tensors[name] else { continue }
        model.tensors[name] = try Tensor(
          tensor.dataType, tensor.shape, bytes: ByteRegion([UInt8](repeating: 0, count: tensor.bytes.count)))
      }
    }
    return model
  }
}
