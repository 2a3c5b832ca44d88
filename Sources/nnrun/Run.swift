import ArgumentParser
import NNFormat
import NNLayers
import NNRuntime
import NNTerminal

/// The command `nnrun`.
struct Run: ParsableCommand {
  static let configuration = CommandConfiguration.tool(
    "nnrun", abstract: "Run a model on arrays from files.",
    discussion: """
      Inputs are .npy, .npz, JSON or CSV; the content tells which. An .npz, and a JSON object, holds arrays under the names \
      of the inputs. JSON and CSV numbers are read in the element type of the model; a row of CSV is one sample. Elements of \
      another type are refused unless --cast is given, and so is a single sample without its leading extent.

      A result that is not written to a file is printed, in digits that read back to the same bits.

      Exit codes: 0 fine, 1 a comparison failed, 64 wrong usage, 65 malformed or unfitting data, 66 no such file, \
      69 not supported, 73 an output cannot be created, 74 reading or writing failed.
      """)

  @Argument(help: "The model.", completion: .file())
  var file: String

  @Option(
    name: [.short, .long],
    help: ArgumentHelp(
      "An input: FILE, or NAME=FILE where the model has several; - is standard input.", valueName: "[name=]file"))
  var input: [NamedPath] = []

  @Option(
    name: [.short, .long],
    help: ArgumentHelp(
      "Where the result goes: .npy, .json or .csv, NAME=FILE for one of several, or .npz for all under their names.",
      valueName: "[name=]file"))
  var output: [NamedPath] = []

  @Option(
    help: ArgumentHelp("Compare the result with an expected one; exit with 1 if it differs.", valueName: "[name=]file"))
  var compare: [NamedPath] = []

  @Option(
    help: ArgumentHelp(
      """
      How far a result may be off: 1e-6 (absolute), 1e-6rel (relative), 4ulp, or several with commas, of which one must \
      hold. Without it the bits must be the same.
      """, valueName: "bound"))
  var tolerance: ToleranceArgument?

  @Option(
    help: ArgumentHelp(
      "Print the mean loss of the result against targets, and how many are right; see --loss. Targets may be numbers of classes.",
      valueName: "[name=]file"))
  var evaluate: [NamedPath] = []

  @Option(
    help: ArgumentHelp(
      """
      The loss: mean_squared_error, categorical_cross_entropy, ..., with settings as in huber,delta=2. It serves every \
      --evaluate; NAME=LOSS is that of one output.
      """, valueName: "[name=]loss"))
  var loss: [String] = []

  @Option(
    help: ArgumentHelp(
      "Draw the random numbers of stochastic layers from this seed; without it they give their mean.",
      valueName: "number"))
  var seed: UInt64?

  @Option(
    help: ArgumentHelp(
      """
      Compute so many samples at a time: a .npy that goes into a .npy is then read and written part by part, in the memory of \
      one part. Without it that is done for large files of models whose samples are known not to depend on one another.
      """, valueName: "count"))
  var batch: Int?

  @Flag(help: "Round elements of other types to those of the model.")
  var cast = false

  @Flag(help: "Replace output files that exist.")
  var force = false

  @Flag(help: "Print a JSON document instead of text.")
  var json = false

  func validate() throws {
    if tolerance != nil, compare.isEmpty { throw ValidationError("--tolerance needs --compare") }
    if evaluate.isEmpty != loss.isEmpty { throw ValidationError("--evaluate and --loss need each other") }
    if let batch, batch < 1 { throw ValidationError("--batch takes a number from 1 on, found \(batch)") }
    let reads = (input + compare + evaluate).filter { $0.path == "-" }.count
    if reads > 1 { throw ValidationError("Standard input can be read only once") }
  }

  mutating func run() throws {
    let losses = try loss.map { text throws(ModelError) in try NamedLoss(text) }
    let network = try Network(contentsOfFile: file)
    let files = try OutputFiles(output, network.outputs, replaces: force)
    if let streamed = try StreamedRun(self, network) {
      try streamed.run()
      return
    }
    let inputs = try Arrays(what: "input", values: network.inputs, casts: cast).gather(input, isComplete: true)
    let expected = try Arrays(what: "output", values: network.outputs, casts: cast)
      .gather(compare, isComplete: false)
    let results = try located(.file(file)) { () throws(ModelError) in try network(inputs, seed: seed) }
    try files.write(results)
    let comparisons = try comparisons(network, results, expected)
    let evaluations = try Evaluations(evaluate, losses, network.outputs, results, casts: cast)
    if json {
      try writeDocument(network, inputs, results, comparisons, evaluations)
    } else {
      try StandardOutput.write(text(network, results, comparisons) + evaluations.text)
    }
    guard comparisons.allSatisfy(\.comparison.passes) else {
      throw ExitCode(ProblemCategory.failedCheck.rawValue)
    }
  }

  private func comparisons(
    _ network: Network, _ results: [String: Tensor], _ expected: [String: Tensor]
  ) throws(ModelError) -> [(name: String, comparison: Comparison)] {
    var comparisons: [(String, Comparison)] = []
    for output in network.outputs {
      guard let wanted = expected[output.name], let found = results[output.name] else { continue }
      comparisons.append(
        (
          output.name,
          try located(.output(output.name)) { () throws(ModelError) in
            try Comparison(of: found, with: wanted, tolerance: tolerance?.tolerance ?? .exact)
          }
        ))
    }
    return comparisons
  }

  private func text(
    _ network: Network, _ results: [String: Tensor], _ comparisons: [(name: String, comparison: Comparison)]
  ) -> String {
    var text = ""
    if output.isEmpty, compare.isEmpty, evaluate.isEmpty {
      for output in network.outputs {
        guard let tensor = results[output.name] else { continue }
        if network.outputs.count > 1 { text += printable("\(output.name)  \(tensor.type)") + "\n" }
        text += TensorText.text(tensor, width: StandardOutput.width)
        if TensorText.isAbridged(tensor) {
          StandardError.warn("\(grouped(tensor.shape.count)) numbers are printed in part; --output writes them all")
        }
      }
    }
    for (name, comparison) in comparisons {
      let verdict = comparison.passes ? "passed" : "FAILED"
      text += printable("\(name)  \(verdict): \(comparison.words)") + "\n"
      if let departure = comparison.departureWords { text += printable("  \(departure)") + "\n" }
    }
    return text
  }

  private func writeDocument(
    _ network: Network, _ inputs: [String: Tensor], _ results: [String: Tensor],
    _ comparisons: [(name: String, comparison: Comparison)], _ evaluations: Evaluations
  ) throws(ModelError) {
    func entries(_ values: [NamedType], _ tensors: [String: Tensor], withValues: Bool) -> JSONValue {
      .array(
        values.compactMap { value in
          tensors[value.name].map { tensor in
            var object = JSONObject([
              ("name", .string(value.name)), ("dtype", .string(tensor.dataType.rawValue)),
              ("shape", .array(tensor.shape.dimensions.map { JSONValue($0) })),
            ])
            if withValues { object["values"] = tensor.nestedLists }
            return .object(object)
          }
        })
    }
    var members: [(String, JSONValue)] = [
      ("file", .string(file)), ("inputs", entries(network.inputs, inputs, withValues: false)),
      ("outputs", entries(network.outputs, results, withValues: output.isEmpty)),
      ("written", .array(output.map { .string($0.path) })),
      ("comparisons", .object(JSONObject(comparisons.map { ($0.name, $0.comparison.json) }))),
    ]
    if let seed { members.append(("seed", Int64(exactly: seed).map { .integer($0) } ?? .unsigned(seed))) }
    members += evaluations.members
    try StandardOutput.write(document: "nnrun", version: 1, members)
  }
}
