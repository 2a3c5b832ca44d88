import ArgumentParser
import NNConvert
import NNFormat
import NNRuntime
import NNTerminal

/// `nnconvert from-keras`
struct FromKeras: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "from-keras", abstract: "Make a model out of a file of Keras, of any release.",
    discussion: """
      Reads full models in .h5 (Keras 1, 2 and 3, tf.keras) and in .keras, and files of weights (.h5, .weights.h5, sharded \
      .weights.json) together with an architecture, which model.to_json() gives. With --map the \
      weights alone are taken, onto a model of ours or a graph. Nothing in a file is executed. What cannot be \
      converted is listed, all of it at once; spec/keras.md has the table of classes.

      Examples:
        nnconvert from-keras model.h5 -o model.nnm
        nnconvert from-keras model.keras -o model.h5
        nnconvert from-keras weights.h5 --architecture model.json -o model.nnm
        nnconvert from-keras weights.h5 --map model.nnm -o trained.nnm
        nnconvert from-keras model.h5 --custom Swish=silu -o model.nnm
        nnconvert from-keras model.h5 --custom normalize=rescaling,scale=0.0078125,offset=-1 -o model.nnm
        nnconvert from-keras model.keras --example x.npy=y.npy --tolerance 1e-5rel,1e-6 -o model.nnm
      """)

  @Argument(help: "The file that Keras wrote.", completion: .file())
  var source: String

  @OptionGroup var output: OutputOptions

  @Option(
    help: "The architecture, for a file of weights: the output of model.to_json(), or another file of Keras.",
    completion: .file())
  var architecture: String?

  @Option(
    help: ArgumentHelp(
      """
      Put the weights onto the architecture of this model of ours, or JSON file with a graph, by the names of layers and nodes and \
      by shapes; whatever else the file says does not count.
      """, valueName: "model"), completion: .file())
  var map: String?

  @Option(
    help: ArgumentHelp(
      """
      The kind that stands in for a class, function or layer of your own, and its settings; may be given several times. The arguments \
      of a Lambda layer count as settings.
      """, valueName: "name=kind[,field=value]"))
  var custom: [String] = []

  @Option(
    help: ArgumentHelp(
      "What computed the weights, if an old file does not say it: theano, whose kernels run the other way, or tensorflow.",
      valueName: "name"))
  var backend: String?

  @Flag(help: "Leave out weights that no layer uses.")
  var allowUnused = false

  @OptionGroup var examples: ExampleOptions

  @OptionGroup var common: CommonOptions

  mutating func run() throws {
    let job = try OutputJob(output.output, output.kind, common)
    var keras = KerasImport()
    keras.tool = toolName
    keras.architecture = architecture
    keras.map = map
    keras.custom = custom
    keras.backend = backend
    keras.allowsUnused = allowUnused
    let files = try examples.files()
    var (model, report) = try model(keras)
    try examples.add(files, to: &model, &report, casts: false)
    try job.finish(model, report)
  }

  /// The model; with `--json`, what is not supported or does not fit comes as a document too.
  private func model(_ keras: KerasImport) throws(ModelError) -> (model: Model, report: ConversionReport) {
    do {
      return try keras.model(from: source)
    } catch {
      if common.json { try write(error) }
      throw error
    }
  }

  private func write(_ error: ModelError) throws(ModelError) {
    if let problem = error.problem as? KerasProblem, case .unsupported(let items) = problem {
      try write(
        "unsupported",
        items.map { ["layer": .string($0.layer), "class": .string($0.className), "reason": .string($0.reason)] })
    } else if let problem = error.problem as? KerasMapProblem, case .unfit(let items) = problem {
      try write(
        "unfit",
        items.map { item in
          [
            "name": .string(item.name), "reason": .string(item.reason),
            "candidates": .array(item.candidates.map { .string($0) }),
          ]
        })
    }
  }

  private func write(_ what: String, _ items: [JSONValue]) throws(ModelError) {
    try StandardOutput.write(
      document: "nnconvert-\(what)", version: 1, [("source", .string(source)), (what, .array(items))])
  }
}
