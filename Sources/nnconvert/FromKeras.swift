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
      .weights.json) together with an architecture, which model.to_json() gives. Nothing in a file is executed. What cannot be \
      converted is listed, all of it at once; spec/keras.md has the table of classes.

      Examples:
        nnconvert from-keras model.h5 -o model.nnm
        nnconvert from-keras model.keras -o model.h5
        nnconvert from-keras weights.h5 --architecture model.json -o model.nnm
        nnconvert from-keras model.h5 --custom Swish=silu -o model.nnm
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
      "The kind that stands in for a class or function of your own; may be given several times.", valueName: "name=kind"
    ))
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
    keras.custom = custom
    keras.backend = backend
    keras.allowsUnused = allowUnused
    let files = try examples.files()
    var (model, report) = try model(keras)
    try examples.add(files, to: &model, &report, casts: false)
    try job.finish(model, report)
  }

  /// The model; with `--json`, what is not supported comes as a document too.
  private func model(_ keras: KerasImport) throws(ModelError) -> (model: Model, report: ConversionReport) {
    do {
      return try keras.model(from: source)
    } catch {
      if common.json, let problem = error.problem as? KerasProblem, case .unsupported(let items) = problem {
        try StandardOutput.write(
          document: "nnconvert-unsupported", version: 1,
          [
            ("source", .string(source)),
            (
              "unsupported",
              .array(
                items.map { item in
                  ["layer": .string(item.layer), "class": .string(item.className), "reason": .string(item.reason)]
                })
            ),
          ])
      }
      throw error
    }
  }
}
