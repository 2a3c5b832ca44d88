import NNFormat
import NNRuntime

/// What can be wrong with a worked example that was run.
enum ExampleProblem: Problem {
  /// A result is further from the expected one than the tolerance allows.
  case departs(at: [Int], found: String, expected: String, ulps: UInt64?, count: Int, of: Int)

  var category: ProblemCategory { .failedCheck }

  var description: String {
    switch self {
    case .departs(let position, let found, let expected, let ulps, let count, let total):
      "element [\(position.map(String.init).joined(separator: ", "))] is \(found), where \(expected) is expected"
        + (ulps.map { ", \($0) ULP apart" } ?? "") + "; \(count) of \(total) elements fail; if such distances are "
        + "expected, pass --tolerance"
    }
  }
}

extension ExampleReport {
  /// The largest distance of an output, if it was computed.
  var maximumULPs: Int? {
    problem == nil ? outputs.map { Int(clamping: $0.comparison.maximumULPs) }.max() : nil
  }

  /// What is wrong with the example, if anything is.
  var failure: ModelError? {
    if let problem { return problem }
    guard let result = firstDeparture, let departure = result.comparison.firstDeparture else { return nil }
    let isInner = values.contains(result)
    return ModelError(
      ExampleProblem.departs(
        at: departure.position, found: departure.found, expected: departure.expected, ulps: departure.ulps,
        count: result.comparison.failingCount, of: result.comparison.count),
      at: .example(name), isInner ? .node(result.name) : .output(result.name))
  }
}
