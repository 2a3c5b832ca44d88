import ArgumentParser
import NNContainer
import NNConvert
import NNFormat
import NNTerminal

/// `nnconvert convert`
struct ConvertModel: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "Write a model file as another kind, without loss unless weights are to be narrower.",
    discussion: """
      The source may be of any kind: .nnm, HDF5, JSON, safetensors with a graph, or a folder or .npz with architecture.json; \
      its content tells, not its name. Every digest of the source is checked.

      With --weights, the f32 weights of dense layers and convolutions are stored as f16, bf16 or int8 with a scale for each output \
      channel, and widened again within the arithmetic. The report says what that changes on the model's examples, value by value \
      and at the outputs; the examples' tolerance becomes twice the largest change of an output.

      Examples:
        nnconvert convert model.h5 model.nnm
        nnconvert convert model.nnm small.nnm --weights f16
        nnconvert convert model.nnm model.h5 --compress 6
        nnconvert convert model.json exploded/
      """)

  @Argument(help: "The model to read.", completion: .file())
  var source: String

  @Argument(
    help:
      "The file or folder to write; its ending says the kind (.nnm, .h5, .json, .safetensors, .npz, none for a folder).",
    completion: .file())
  var destination: String

  @OptionGroup var kind: KindOptions

  @Flag(help: "Pass over the digests of a folder or .npz, because its arrays were edited.")
  var acceptEdits = false

  @Option(help: "Store weights narrower: f16, bf16 or int8.")
  var weights: NarrowType?

  @OptionGroup var common: CommonOptions

  mutating func run() throws {
    let job = try OutputJob(destination, kind, common)
    try job.convert(source, acceptsEdits: acceptEdits, weights: weights)
  }
}

/// `nnconvert to-npy`
struct ToNPY: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "to-npy", abstract: "Write a model as NumPy arrays with an architecture.json, without loss.",
    discussion: """
      The output is a folder with one .npy for each tensor, or one .npz if its name ends so. from-npy and convert read it back.

      Examples:
        nnconvert to-npy model.h5 -o arrays/
        nnconvert to-npy model.h5 -o arrays.npz
      """)

  @Argument(help: "The model to read.", completion: .file())
  var source: String

  @Option(name: [.customShort("o"), .long], help: "The folder or .npz to write.", completion: .file())
  var output: String

  @OptionGroup var common: CommonOptions

  mutating func run() throws {
    var kind = KindOptions.none
    kind.to = output.lowercased().hasSuffix(".npz") ? .npz : .folder
    try OutputJob(output, kind, common).convert(source)
  }
}

/// `nnconvert from-json`
struct FromJSON: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "from-json", abstract: "Make a model file out of a JSON file.",
    discussion: """
      The JSON file may be written by hand: digests are optional in it, and checked where they stand.

      Example:
        nnconvert from-json model.json -o model.h5
      """)

  @Argument(help: "The JSON file to read.", completion: .file())
  var source: String

  @OptionGroup var output: OutputOptions
  @OptionGroup var common: CommonOptions

  mutating func run() throws {
    try OutputJob(output.output, output.kind, common).convert(source, expecting: .json)
  }
}

/// `nnconvert to-json`
struct ToJSON: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "to-json", abstract: "Write a model as one readable JSON file, without loss.",
    discussion: """
      Tensors of up to 4096 elements are lists of numbers, larger ones base64, unless --values or --base64 says otherwise.

      Example:
        nnconvert to-json model.h5 -o model.json
      """)

  @Argument(help: "The model to read.", completion: .file())
  var source: String

  @Option(name: [.customShort("o"), .long], help: "The JSON file to write.", completion: .file())
  var output: String

  @Flag(help: "Write numbers for tensors of every size.")
  var values = false

  @Flag(help: "Write base64 for all tensors.")
  var base64 = false

  @OptionGroup var common: CommonOptions

  mutating func validate() throws {
    if values, base64 { throw ValidationError("--values and --base64 exclude each other") }
  }

  mutating func run() throws {
    var kind = KindOptions.none
    kind.to = .json
    var job = try OutputJob(output, kind, common)
    job.writeOptions.jsonValues = values ? .numbers : base64 ? .base64 : .automatic
    try job.convert(source)
  }
}

extension KindOptions {
  /// No options.
  fileprivate static var none: KindOptions {
    var options = KindOptions()
    options.to = nil
    options.compress = nil
    return options
  }
}

extension OutputJob {
  /// Reads a model, checks its digests and writes it.
  func convert(
    _ source: String, expecting expected: ContainerKind? = nil, acceptsEdits: Bool = false,
    weights: NarrowType? = nil
  ) throws(ModelError) {
    let container = try ModelFiles.open(source, acceptsEdits: acceptsEdits)
    if let expected, container.kind != expected {
      throw ModelError(
        ConvertProblem.wrongSource(expected: "a \(expected.name) file", found: container.kind.name), at: .file(source))
    }
    let digest = try located(.file(source)) { () throws(ModelError) in try container.verifyDigests() }
    var report = ConversionReport()
    report.input = ConversionReport.ModelFile(path: source, kind: container.kind.rawValue, digest: digest)
    guard let weights else { return try finish(container.model, report) }
    let narrowing = try located(.file(source)) { () throws(ModelError) in
      try NarrowingReport(container.model, NarrowedWeights(container.model, to: weights), weights)
    }
    try finish(narrowing.model, report, narrowing)
  }
}
