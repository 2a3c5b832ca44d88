public import NNFormat
public import NNLayers

/// Checks that a model still is what was written and still computes what its examples say.
public enum Verification {
  /// Checks every digest of a file and runs every example.
  ///
  /// It throws nothing: whatever is wrong stands in the report.
  public static func run(_ container: Container, catalog: LayerCatalog = .standard) -> VerificationReport {
    var report = VerificationReport()
    do {
      report.digest = try container.verifyDigests()
    } catch {
      report.digestProblem = error
    }
    runExamples(of: container.model, catalog, into: &report)
    return report
  }

  /// Runs every example of a model in memory, and takes its digest.
  public static func run(_ model: Model, catalog: LayerCatalog = .standard) -> VerificationReport {
    var report = VerificationReport()
    do {
      report.digest = try model.contentDigest()
    } catch {
      report.digestProblem = error
    }
    runExamples(of: model, catalog, into: &report)
    return report
  }

  /// Runs one example on a network.
  public static func run(_ example: Example, on network: Network) -> ExampleReport {
    var report = ExampleReport(
      name: example.name, computedBy: example.computedBy, tolerance: example.tolerance)
    do {
      try compare(example, on: network, into: &report)
    } catch {
      report.problem = error.inside(.example(example.name))
    }
    return report
  }

  private static func runExamples(
    of model: Model, _ catalog: LayerCatalog, into report: inout VerificationReport
  ) {
    do {
      let network = try Network(model, catalog: catalog)
      report.examples = model.examples.map { run($0, on: network) }
    } catch {
      report.networkProblem = error
    }
  }

  private static func compare(
    _ example: Example, on network: Network, into report: inout ExampleReport
  ) throws(ModelError) {
    let inputs = Dictionary(example.inputs.entries.map { ($0.name, $0.tensor) }) { first, _ in first }
    let results = try network(inputs)
    for output in network.outputs {
      guard let expected = example.outputs[output.name], let found = results[output.name] else { continue }
      let comparison = try located(.output(output.name)) { () throws(ModelError) in
        try Comparison(of: found, with: expected, tolerance: example.tolerance)
      }
      report.outputs.append(ExampleReport.Result(name: output.name, comparison: comparison))
    }
    guard !example.values.isEmpty else { return }
    // A second run, which keeps every value: the first one is the run that users get.
    let trace = try network.trace(inputs)
    var unseen = Set(example.values.names)
    let computed = trace.values.map { ($0.reference.description, $0.tensor) }
    for (name, found) in example.inputs.entries + computed {
      guard let expected = example.values[name] else { continue }
      unseen.remove(name)
      let comparison = try located(.node(name)) { () throws(ModelError) in
        try Comparison(of: found, with: expected, tolerance: example.tolerance)
      }
      report.values.append(ExampleReport.Result(name: name, comparison: comparison))
    }
    if let name = unseen.sorted().first {
      let known = computed.map(\.0)
      throw ModelError(ModelProblem.unknownValue(name, nearest: nearest(to: name, among: known)))
    }
  }
}
