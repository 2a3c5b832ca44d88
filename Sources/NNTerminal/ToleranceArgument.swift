import ArgumentParser
package import NNFormat

/// The value of an option `--tolerance`: bounds separated by commas.
///
/// `1e-6` bounds the absolute distance, `1e-6rel` the relative one, `4ulp` the units in the last place. A number passes if it
/// keeps any of them.
package struct ToleranceArgument: ExpressibleByArgument {
  /// The bounds.
  package private(set) var tolerance = Tolerance.exact

  package init?(argument: String) {
    for bound in argument.split(separator: ",", omittingEmptySubsequences: false) {
      if bound.hasSuffix("ulp") {
        guard tolerance.ulps == nil, let count = Int(bound.dropLast(3)), count >= 0 else { return nil }
        tolerance.ulps = count
      } else if bound.hasSuffix("rel") {
        guard tolerance.relative == nil, let value = ToleranceArgument.distance(bound.dropLast(3)) else { return nil }
        tolerance.relative = value
      } else {
        guard tolerance.absolute == nil, let value = ToleranceArgument.distance(bound) else { return nil }
        tolerance.absolute = value
      }
    }
  }

  private static func distance(_ text: some StringProtocol) -> Double? {
    guard let value = Double(text), value >= 0, value.isFinite else { return nil }
    return value
  }
}

extension Tolerance {
  /// The bounds in words.
  package var words: String {
    let bounds = [
      ulps.map { "\($0) ULP" }, absolute.map { "\($0) absolute" }, relative.map { "\($0) relative" },
    ].compactMap(\.self)
    return bounds.isEmpty ? "same bits" : bounds.joined(separator: " or ")
  }

  /// The bounds that are given, for JSON documents.
  package var json: JSONValue {
    var bounds = JSONObject()
    bounds["ulps"] = ulps.map { JSONValue($0) }
    bounds["absolute"] = absolute.map { JSONValue(number: $0) }
    bounds["relative"] = relative.map { JSONValue(number: $0) }
    return .object(bounds)
  }
}

extension ComputedBy {
  /// The parts that are known, in words.
  package var words: String {
    let library = [framework, version].filter { !$0.isEmpty }.joined(separator: " ")
    return machine.isEmpty ? library : library.isEmpty ? machine : "\(library), \(machine)"
  }

  /// All parts, for JSON documents.
  package var json: JSONValue {
    ["framework": .string(framework), "version": .string(version), "machine": .string(machine)]
  }
}
