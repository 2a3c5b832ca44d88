import NNFormat
import NNLayers

/// What stands in for a user's own classes and functions.
enum KerasCustom {
  /// Reads entries of the form `NAME=KIND`.
  ///
  /// - Throws: ``KerasProblem/badCustom(_:)``; `LayerProblem` for a kind that there is not.
  static func kinds(_ entries: [String]) throws(ModelError) -> [String: String] {
    var result: [String: String] = [:]
    for entry in entries {
      let parts = entry.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty, result[parts[0]] == nil else {
        throw ModelError(KerasProblem.badCustom(entry))
      }
      guard LayerCatalog.standard[parts[1]] != nil else {
        throw ModelError(
          LayerProblem.unknownKind(
            parts[1], nearest: nearest(to: parts[1], among: LayerCatalog.standard.all.map { $0.kind })))
      }
      result[parts[0]] = parts[1]
    }
    return result
  }

  /// The names of the fields of a kind.
  static func fields(of kind: String) -> [String] {
    func names(_ type: (some Layer).Type) -> [String] { type.fields.map(\.name) }
    return LayerCatalog.standard[kind].map { names($0) } ?? []
  }
}
