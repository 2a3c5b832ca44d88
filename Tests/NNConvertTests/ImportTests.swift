import NNContainer
import NNFormat
import NNNumPy
import NNTestSupport
import Testing

import NNConvert

@Suite struct ImportTests {
  private let folder = TemporaryFolder()
  private let example = "\(fixtures)/numpy-example"

  private func importer(_ activations: String = "sigmoid") throws -> NumPyImport {
    var numpy = NumPyImport()
    numpy.activations = try Activations(activations)
    numpy.tool = "test 1"
    return numpy
  }

  /// Writes arrays of rising numbers into one archive.
  private func archive(_ arrays: [(String, Shape)], type: DataType = .f64) throws -> String {
    var tensors = NamedTensors()
    for (name, shape) in arrays {
      let values = try Tensor((0..<shape.count).map { Double($0) + 0.5 }, shape)
      tensors[name] = type == .f64 ? values : values.cast(to: type).tensor
    }
    let path = folder.file("arrays.npz")
    try tensors.writeNPZ(to: path, replacing: true)
    return path
  }

  @Test func aFolderAnArchiveAndSingleFilesGiveTheSameModel() throws {
    let names = ["biases_output", "weights_input_hidden", "biases_hidden", "weights_hidden_output"]
    let files = names.map { "\(example)/3-5-2/arrays/\($0).npy" }
    let digests = try [["\(example)/3-5-2/arrays"], ["\(example)/3-5-2/arrays.npz"], files].map { sources in
      try importer().model(from: sources).model.contentDigest()
    }
    #expect(Set(digests).count == 1)
  }

  @Test func theReferenceExampleBecomesTwoLayers() throws {
    let (model, report) = try importer("relu,softmax").model(from: ["\(example)/2-2-1/arrays.npz"])
    #expect(model.graph.inputs == [GraphInput("input", TensorType(.f64, [.symbol("N"), .known(2)]))])
    #expect(model.graph.nodes.map(\.name) == ["hidden", "hidden_relu", "output", "output_softmax"])
    #expect(model.graph.outputs == [GraphOutput("output", "output_softmax")])
    #expect(model.tensors.names == ["hidden/weights", "hidden/biases", "output/weights", "output/biases"])
    #expect(report.weightsLayout == .inOut)
    #expect(
      report.mapped.map(\.array) == ["weights_input_hidden", "biases_hidden", "weights_hidden_output", "biases_output"])
    #expect(report.mapped[1].changes == [.reshaped(from: [1, 2], to: [2])])
    #expect(model.provenance.tool == "test 1")
    #expect(model.provenance.steps[1].steps == ["read from 'biases_hidden'", "reshaped [1, 2] to [2]"])
    let archive = try MappedFile.contents(of: "\(example)/2-2-1/arrays.npz")
    #expect(model.provenance.sources == [.init(name: "arrays.npz", format: "npz", digest: Digest(of: archive))])
    #expect(
      try model.tensors["hidden/weights"] == Tensor(npyFile: "\(example)/2-2-1/arrays/weights_input_hidden.npy"))
  }

  @Test func tensorsOfSafetensorsAreArraysButNotThoseOfAModel() throws {
    let header =
      #"{"W1":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},"b1":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}"#
    let values: [Float] = [1.5, -2, 0.25]
    let bytes =
      withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) } + Array(header.utf8)
      + values.withUnsafeBytes { Array($0) }
    let path = folder.write("plain.safetensors", bytes)
    let (model, report) = try importer().model(from: [path])
    #expect(try model.tensors["dense_1/weights"] == Tensor([1.5, -2] as [Float], [2, 1]))
    #expect(try model.tensors["dense_1/biases"] == Tensor([0.25] as [Float], [1]))
    #expect(report.sources.map(\.format) == ["safetensors"])
    try model.write(to: folder.file("model.safetensors"), as: .safetensors)
    let numpy = try importer()
    let problem = error { () throws(ModelError) in
      try numpy.model(from: [folder.file("model.safetensors")])
    }
    #expect(
      problem?.problem as? ConvertProblem
        == .wrongSource(expected: "a file of arrays without a graph", found: "safetensors"))
  }

  @Test func linearAddsNoNodeAndALayerMayHaveNoBiases() throws {
    let path = try archive([("W1", [3, 5]), ("W2", [5, 2]), ("b2", [2])])
    let (model, _) = try importer("linear,tanh").model(from: [path])
    #expect(model.graph.nodes.map(\.name) == ["dense_1", "dense_2", "dense_2_tanh"])
    #expect(model.graph.nodes[0].fields == JSONObject([("units", 5), ("use_bias", false)]))
    #expect(model.graph.nodes[1].inputs == ["dense_1"])
  }

  @Test func weightsOfPyTorchAreTransposed() throws {
    let path = try archive([("0.weight", [5, 3]), ("0.bias", [5]), ("2.weight", [2, 5]), ("2.bias", [2])])
    let (model, report) = try importer().model(from: [path])
    #expect(model.tensors["dense_1/weights"]?.shape == [3, 5])
    #expect(report.weightsLayout == .outIn)
    #expect(report.mapped[0].changes == [.transposed])
    let values = try #require(model.tensors["dense_2/weights"]).elements(as: Double.self)
    #expect(values == [0.5, 5.5, 1.5, 6.5, 2.5, 7.5, 3.5, 8.5, 4.5, 9.5])
  }

  @Test func aLayerCalledInputDoesNotClashWithTheInput() throws {
    let path = try archive([("input_w", [3, 5]), ("output_w", [5, 2])])
    #expect(try importer("linear").model(from: [path]).model.graph.nodes.map(\.name) == ["input_2", "output"])
  }

  @Test func everyArrayIsUsedOrNamedAsIgnored() throws {
    let path = try archive([("W1", [3, 5]), ("b1", [5]), ("step", [1]), ("loss", [1])])
    var numpy = try importer()
    numpy.layers = "W1:b1"
    #expect(throws: ModelError(ConvertProblem.unusedArrays(["step", "loss"]))) { try numpy.model(from: [path]) }
    numpy.ignored = ["step", "loss"]
    #expect(try numpy.model(from: [path]).report.ignored.map(\.name) == ["step", "loss"])
    numpy.ignored = ["stp", "other"]
    #expect(
      throws: ModelError(
        ConvertProblem.unknownArrays(["'stp' (did you mean 'step'?)", "'other'"]),
        at: .option("--ignore"))
    ) { try numpy.model(from: [path]) }
  }

  @Test func arraysOfDifferentTypesAreRefusedUnlessCast() throws {
    var tensors = try NamedTensors(npzFile: archive([("W1", [3, 5]), ("b1", [5])]))
    tensors["b1"] = tensors["b1"]?.cast(to: .f32).tensor
    let path = folder.file("mixed.npz")
    try tensors.writeNPZ(to: path)
    var numpy = try importer()
    #expect(throws: ModelError(ConvertProblem.mixedTypes(["f32: 'b1'", "f64: 'W1'"]))) {
      try numpy.model(from: [path])
    }
    numpy.dataType = .f32
    let (model, report) = try numpy.model(from: [path])
    #expect(model.tensors.entries.map(\.tensor.dataType) == [.f32, .f32])
    #expect(model.graph.inputs[0].type.dataType == .f32)
    #expect(report.mapped[1].changes.isEmpty)
    #expect(report.mapped[0].changes.map(\.description) == ["cast f64 to f32, exact"])
  }

  @Test func integersAreRefusedUnlessCast() throws {
    let path = folder.file("integers.npz")
    try NamedTensors([("W1", Tensor([1, 2, 3] as [Int32], [3, 1])), ("b1", Tensor([4] as [Int16], [1]))])
      .writeNPZ(to: path)
    var numpy = try importer()
    #expect(throws: ModelError(ConvertProblem.notFloats(["'W1' i32", "'b1' i16"]))) { try numpy.model(from: [path]) }
    numpy.dataType = .f64
    #expect(try numpy.model(from: [path]).model.tensors["dense_1/weights"] == Tensor([1.0, 2, 3], [3, 1]))
  }

  @Test(arguments: [DataType.f16, .bf16]) func narrowWeightsComputeInSinglePrecision(type: DataType) throws {
    var numpy = try importer()
    numpy.dataType = type
    let (model, report) = try numpy.model(from: ["\(example)/2-2-1/arrays.npz"])
    #expect(model.tensors["hidden/weights"]?.dataType == type)
    #expect(model.graph.inputs[0].type.dataType == .f32)
    guard case .cast(from: .f64, to: type, let loss)? = report.mapped[0].changes.last else {
      Issue.record("no cast is reported")
      return
    }
    #expect(loss.count == 4 && loss.exact == 0 && loss.maximumRelativeError > 0)
  }

  @Test func activationsAreNeverGuessed() {
    #expect(throws: ModelError(ConvertProblem.noActivation)) {
      try NumPyImport().model(from: ["\(example)/2-2-1/arrays.npz"])
    }
  }

  @Test func twoSourcesOfOneNameAreRefused() throws {
    let path = "\(example)/2-2-1/arrays"
    #expect(
      throws: ModelError(
        ConvertProblem.sameName("weights_input_hidden"), at: .file("\(example)/2-2-1/arrays.npz"))
    ) { try importer().model(from: [path, "\(example)/2-2-1/arrays.npz"]) }
  }

  @Test func sourcesOfOtherKindsAreRefused() throws {
    let text = folder.write("model.json", Array("{}".utf8))
    #expect(
      throws: ModelError(
        ConvertProblem.wrongSource(expected: "a .npy, .npz or .safetensors file", found: "JSON"), at: .file(text))
    ) { try importer().model(from: [text]) }
    let missing = folder.file("missing.npy")
    #expect(throws: ModelError(FileProblem.notFound, at: .file(missing))) { try importer().model(from: [missing]) }
    let empty = TemporaryFolder()
    #expect(throws: ModelError(ConvertProblem.noArrays)) { try importer().model(from: [empty.path]) }
  }
}
