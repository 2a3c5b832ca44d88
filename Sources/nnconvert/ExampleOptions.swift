import ArgumentParser
import NNConvert
import NNFormat
import NNRuntime
import NNTerminal

/// Worked examples that a conversion stores and checks at once.
struct ExampleOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      A worked example to store and to check at once: the file with the input and the one with the output, or .npz for \
      several under their names; may be given several times.
      """, valueName: "x.npy=y.npy"))
  var example: [String] = []

  @Option(
    help: ArgumentHelp(
      """
      How far results may be from examples: 1e-6 (absolute), 1e-6rel (relative), 4ulp, or several with commas, of which one \
      must hold. Without it the bits must be the same.
      """, valueName: "bound"))
  var tolerance: ToleranceArgument?

  @Option(
    help: ArgumentHelp("Who computed the examples.", valueName: "framework,version,machine"))
  var computedBy: String?

  /// The files that the options name.
  ///
  /// - Throws: ``ConvertProblem`` for a pair that cannot be read, and for options without an example.
  func files() throws(ModelError) -> [ExampleFiles] {
    for (option, isGiven) in [("--tolerance", tolerance != nil), ("--computed-by", computedBy != nil)]
    where isGiven && example.isEmpty {
      throw ModelError(ConvertProblem.senselessOption(option, reason: "there is no --example"))
    }
    var files: [ExampleFiles] = []
    for text in example {
      files.append(try located(.option("--example")) { () throws(ModelError) in try ExampleFiles(text) })
    }
    return files
  }

  /// Stores the examples in the model, and checks that it computes them.
  ///
  /// - Parameter casts: whether the examples are cast to the type of the model
  func add(
    _ files: [ExampleFiles], to model: inout Model, _ report: inout ConversionReport, casts: Bool
  ) throws(ModelError) {
    guard !files.isEmpty else { return }
    let bounds = tolerance?.tolerance ?? .exact
    let author = computedBy.map(ComputedBy.init(text:)) ?? ComputedBy()
    for pair in files {
      let (example, checked) = try pair.example(
        for: model, casts: casts, tolerance: bounds, computedBy: author)
      model.examples.append(example)
      report.examples.append(checked)
    }
    try model.validate()
    let network = try Network(model)
    for (position, example) in report.examples.enumerated() {
      guard let stored = model.examples.first(where: { $0.name == example.name }) else { continue }
      let result = Verification.run(stored, on: network)
      if let failure = result.failure { throw failure }
      report.examples[position].ulps = result.maximumULPs
    }
  }
}
