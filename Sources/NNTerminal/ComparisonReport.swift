package import NNFormat
package import NNRuntime

extension Comparison {
  /// The distance in words: `same bits`, or `1 ULP, 1.110e-16 absolute`.
  package var words: String {
    if isExact, unorderedCount == 0 { return "same bits" }
    var parts: [String] = []
    if differingCount > unorderedCount {
      parts.append("\(maximumULPs) ULP")
      if type.dataType.isFloat { parts.append("\(brief(maximumAbsolute)) absolute") }
    }
    if unorderedCount > 0 { parts.append("\(counted(unorderedCount, "NaN")) on one side only") }
    return parts.joined(separator: ", ")
  }

  /// Which element departs first and by how much, if one does.
  package var departureWords: String? {
    firstDeparture.map { first in
      let place = "[\(first.position.map(String.init).joined(separator: ", "))]"
      let rest = failingCount > 1 ? "; \(grouped(failingCount)) of \(grouped(count)) differ" : ""
      return "\(place) is \(first.found), expected \(first.expected)\(rest)"
    }
  }

  /// The members for JSON documents.
  package var json: JSONValue {
    [
      "passes": .bool(passes), "tolerance": tolerance.json, "elements": JSONValue(count),
      "max_ulps": JSONValue(maximumULPs), "max_absolute": JSONValue(number: maximumAbsolute),
      "max_relative": JSONValue(number: maximumRelative), "differing": JSONValue(differingCount),
      "failing": JSONValue(failingCount), "nan_on_one_side": JSONValue(unorderedCount),
      "first_departure": firstDeparture.map { first in
        [
          "position": .array(first.position.map { JSONValue($0) }), "found": .string(first.found),
          "expected": .string(first.expected), "ulps": first.ulps.map { JSONValue($0) } ?? .null,
        ]
      } ?? .null,
    ]
  }
}

extension VerificationReport {
  /// The checks for people: a line for the digests, a line for each example, and below a failed one where it departs first.
  package var text: String {
    var table = Table(.name("check"), .text("result"), .text("distance"), .name("tolerance"))
    table.add("digests", digestProblem == nil ? "passed" : "FAILED", "", "")
    for example in examples {
      let worst = example.outputs.max { $0.comparison.maximumULPs < $1.comparison.maximumULPs }
      table.add(
        "example '\(example.name)'", example.passes ? "passed" : "FAILED", worst?.comparison.words ?? "",
        example.tolerance.words)
    }
    var notes: [String] = []
    if let digestProblem { notes.append("\(digestProblem)") }
    if let networkProblem { notes.append("the examples cannot run: \(networkProblem)") }
    for example in examples where !example.passes {
      if let problem = example.problem { notes.append("\(problem)") }
      if let first = example.firstDeparture {
        notes.append(
          "example '\(example.name)': '\(first.name)' departs first, by \(first.comparison.words): "
            + (first.comparison.departureWords ?? ""))
      }
    }
    if notes.isEmpty, examples.isEmpty { notes.append("the model has no examples; only its digests were checked") }
    return table.text() + (notes.isEmpty ? "" : "\n") + notes.map { printable($0) + "\n" }.joined()
  }

  /// The members for JSON documents.
  package var json: JSONValue {
    [
      "passes": .bool(passes), "digest": digest.map { .string($0.description) } ?? .null,
      "digest_problem": digestProblem.map { .string($0.description) } ?? .null,
      "network_problem": networkProblem.map { .string($0.description) } ?? .null,
      "examples": .array(examples.map(\.json)),
    ]
  }

  /// The exit code: 0, that of a failed check, or, where the model could not be run, that of the reason.
  package var category: ProblemCategory? {
    if passes { return nil }
    let isCheckFailed = digestProblem != nil || examples.contains { !$0.passes }
    return isCheckFailed ? .failedCheck : networkProblem?.problem.category ?? .failedCheck
  }
}

extension ExampleReport {
  fileprivate var json: JSONValue {
    func results(_ results: [Result]) -> JSONValue {
      .object(JSONObject(results.map { ($0.name, $0.comparison.json) }))
    }
    return [
      "name": .string(name), "passes": .bool(passes), "computed_by": computedBy.json, "tolerance": tolerance.json,
      "outputs": results(outputs), "values": results(values),
      "departs_first": firstDeparture.map { .string($0.name) } ?? .null,
      "problem": problem.map { .string($0.description) } ?? .null,
    ]
  }
}
