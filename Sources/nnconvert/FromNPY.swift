import ArgumentParser
import NNConvert
import NNFormat
import NNTerminal

/// `nnconvert from-npy`
struct FromNPY: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "from-npy", abstract: "Make a model of dense layers out of NumPy arrays.",
    discussion: """
      The arrays' names say which belong together and in which order the layers come: weights_input_hidden/biases_hidden, \
      W1/b1, layer.0.weight/layer.0.bias, coefs_0/intercepts_0, fc1_w/fc1_b, dense/kernel, and the like. The shapes must \
      confirm it. Weights are [in, out], or [out, in] where the shapes prove that; biases are (n,) or (1, n), and a layer may \
      have none. A source that is a whole model (a folder or .npz with architecture.json, as to-npy writes it) needs no options.

      Examples:
        nnconvert from-npy weights.npz --activation sigmoid -o model.h5
        nnconvert from-npy arrays/ --activation relu,softmax -o model.nnm
        nnconvert from-npy a.npz --activation tanh --example x.npy=y.npy -o a.h5
        nnconvert from-npy a.npz --layers W:b,V:c --activation relu -o a.h5
        nnconvert from-npy a.npz --activation 'elu(alpha=0.5)' --dtype f16 -o a.h5
        nnconvert from-npy model.safetensors --activation relu,linear -o a.nnm
        nnconvert from-npy edited/ --accept-edits -o model.h5
      """)

  @Argument(help: "The .npy files, folders of them, .npz archives and .safetensors files.", completion: .file())
  var source: [String]

  @OptionGroup var output: OutputOptions

  @Option(
    help: ArgumentHelp(
      "The activation of all layers, or one for each with commas between; linear stands for none.", valueName: "list"))
  var activation: String?

  @Option(
    help: ArgumentHelp(
      "The layers in order, if the names do not say it: WEIGHTS:BIASES or WEIGHTS, or with a name NAME=WEIGHTS:BIASES.",
      valueName: "list"))
  var layers: String?

  @Option(help: "A JSON file with the graph, whose tensors have the names of the arrays.", completion: .file())
  var architecture: String?

  @Option(help: "How weights lie, if their shapes do not say it.")
  var weightsLayout: WeightsLayout?

  @Option(help: ArgumentHelp("An array to leave out; may be given several times.", valueName: "name"))
  var ignore: [String] = []

  @Option(
    help: ArgumentHelp("Cast all arrays to f16, bf16, f32 or f64, and report what that loses.", valueName: "type"))
  var dtype: String?

  @Flag(help: "Take arrays of two-byte elements without a type (NumPy's V2) for bfloat16, as ml_dtypes stores it.")
  var asBf16 = false

  @OptionGroup var examples: ExampleOptions

  @Flag(help: "Pass over the digests of a source that is a whole model, because its arrays were edited.")
  var acceptEdits = false

  @OptionGroup var common: CommonOptions

  mutating func run() throws {
    let job = try OutputJob(output.output, output.kind, common)
    var numpy = NumPyImport()
    numpy.tool = toolName
    numpy.activations = try activation.map { text throws(ModelError) in try Activations(text) }
    numpy.layers = layers
    numpy.architecture = architecture
    numpy.weightsLayout = weightsLayout
    numpy.ignored = ignore
    numpy.acceptsEdits = acceptEdits
    numpy.voidAsBFloat16 = asBf16
    numpy.dataType = try dtype.map { text throws(ModelError) in
      try located(.option("--dtype")) { () throws(ModelError) in try DataType(floatName: text) }
    }
    let files = try examples.files()
    var (model, report) = try numpy.model(from: source)
    try examples.add(files, to: &model, &report, casts: dtype != nil)
    try job.finish(model, report)
  }
}
