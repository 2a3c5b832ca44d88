import ArgumentParser
import NNContainer
import NNFormat
import NNRuntime
import NNTerminal

/// The command `nninfo`.
struct Info: ParsableCommand {
  static let configuration = CommandConfiguration.tool(
    "nninfo", abstract: "Show what is in a model file.",
    discussion: """
      Reads .nnm, HDF5, JSON and safetensors files and exploded folders; the content tells which it is. Only the header is \
      read unless --tensors or --verify is given.

      Exit codes: 0 fine, 1 a check failed, 64 wrong usage, 65 malformed file, 66 no such file, 69 not supported, \
      74 reading or writing failed.
      """)

  @Argument(help: "The model.", completion: .file())
  var file: String

  @Flag(help: "Read every tensor and show the range and the distribution of its values.")
  var tensors = false

  @Flag(help: "Check every digest and run every example; exit with 1 if one fails.")
  var verify = false

  @Flag(help: "Show the steps in which the network runs, and the memory that they take.")
  var plan = false

  @Option(
    name: .customLong("extents"), parsing: .singleValue,
    help: ArgumentHelp(
      "With --plan: open extents of the inputs by name; 1 for the others.", valueName: "name=count"))
  var extents: [ExtentArgument] = []

  @Option(help: "With --plan: how many threads a run may use (default: all processors).")
  var threads: Int?

  @Flag(help: "Print a JSON document instead of text.")
  var json = false

  func validate() throws {
    guard plan || (extents.isEmpty && threads == nil) else {
      throw ValidationError("--extents and --threads are for --plan.")
    }
    if let threads, threads < 1 { throw ValidationError("--threads takes a number from 1 on, found \(threads).") }
  }

  mutating func run() throws {
    let container = try Container.open(file)
    let layout = Layout(container.model)
    // What is wrong with the layers is said below, and they have no plan.
    let summary =
      plan && layout.problems.isEmpty
      ? try located(.file(file)) { () throws(ModelError) in
        try PlanSummary(container.model, extents: extents, threads: threads)
      } : nil
    let statistics = tensors ? TensorStatistics.all(of: container.model) : nil
    let verification = verify ? Verification.run(container) : nil
    if json {
      try InfoDocument(file, container, layout, statistics, summary, verification).write()
    } else {
      try StandardOutput.write(InfoText(file, container, layout, statistics, summary, verification).text)
    }
    for problem in layout.problems where problem.problem.category == .unsupported {
      StandardError.warn("\(problem.inside(.file(file)))")
    }
    if let problem = layout.problems.first(where: { $0.problem.category != .unsupported }) {
      throw problem.inside(.file(file))
    }
    if let category = verification?.category { throw ExitCode(category.rawValue) }
  }
}
