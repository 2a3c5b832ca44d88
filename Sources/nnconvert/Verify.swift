import ArgumentParser
import NNConvert
import NNFormat
import NNRuntime
import NNTerminal

/// `nnconvert verify`
struct Verify: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Check every digest of a model and run its worked examples.",
    discussion: """
      Ends with 1 if a digest is wrong or an example gives other results than it should.

      Example:
        nnconvert verify model.h5
      """)

  @Argument(help: "The model.", completion: .file())
  var file: String

  @Flag(help: "Print a JSON document instead of text.")
  var json = false

  mutating func run() throws {
    let container = try ModelFiles.open(file)
    let report = Verification.run(container)
    if json { try write(report) } else { try print(report) }
    let failures =
      [report.digestProblem, report.networkProblem].compactMap { $0 } + report.examples.compactMap(\.failure)
    for failure in failures { StandardError.write(line: "\(failure.inside(.file(file)))") }
    if let first = failures.first { throw ExitCode(first.problem.category.rawValue) }
  }

  private func print(_ report: VerificationReport) throws(ModelError) {
    var table = Table(.name("check"), .text("result"), .text("detail"))
    table.add("digests", report.digestProblem == nil ? "ok" : "FAILED", report.digest?.description ?? "")
    if report.networkProblem != nil { table.add("layers", "FAILED", "") }
    for example in report.examples {
      let distance = example.maximumULPs.map { $0 == 0 ? "same bits" : "at most \(grouped($0)) ULP apart" }
      table.add("example \(example.name)", example.passes ? "ok" : "FAILED", distance ?? "")
    }
    try StandardOutput.write(table.text())
  }

  private func write(_ report: VerificationReport) throws(ModelError) {
    try StandardOutput.write(
      document: "nnconvert-verification", version: 1,
      [
        ("file", .string(file)), ("passes", .bool(report.passes)),
        ("digest", report.digest.map { .string($0.description) } ?? .null),
        (
          "problems",
          .array([report.digestProblem, report.networkProblem].compactMap { $0 }.map { .string($0.description) })
        ),
        (
          "examples",
          .array(
            report.examples.map { example in
              [
                "name": .string(example.name), "passes": .bool(example.passes),
                "ulps": example.maximumULPs.map { JSONValue($0) } ?? .null,
                "problem": example.failure.map { .string($0.description) } ?? .null,
              ]
            })
        ),
      ])
  }
}
