import NNFormat
import NNLayers

/// What stands in for a user's own classes, functions and layers.
enum KerasCustom {
  /// A kind of the catalogue, and settings that are given for it.
  struct StandIn: Sendable {
    let kind: String
    let fields: JSONObject
  }

  /// By the names of classes, functions and layers.
  typealias Table = [String: StandIn]

  /// Reads entries of the form `NAME=KIND`, behind which settings may stand: `NAME=KIND,FIELD=VALUE,...`.
  ///
  /// - Throws: ``KerasProblem/badCustom(_:)``; `LayerProblem` for a kind or a field that there is not.
  static func standIns(_ entries: [String]) throws(ModelError) -> Table {
    var result = Table()
    for entry in entries {
      let pairs = entry.items(bracketedBy: "[", "]").map {
        $0.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      }
      guard pairs.allSatisfy({ $0.count == 2 && !$0[0].isEmpty && !$0[1].isEmpty }), let first = pairs.first,
        result[first[0]] == nil
      else { throw ModelError(KerasProblem.badCustom(entry)) }
      let kind = first[1]
      guard LayerCatalog.standard[kind] != nil else {
        throw ModelError(
          LayerProblem.unknownKind(
            kind, nearest: nearest(to: kind, among: LayerCatalog.standard.all.map { $0.kind })))
      }
      let known = fields(of: kind)
      var fields = JSONObject()
      for pair in pairs.dropFirst() {
        guard fields[pair[0]] == nil else { throw ModelError(KerasProblem.badCustom(entry)) }
        guard known.contains(pair[0]) else {
          throw ModelError(
            LayerProblem.unknownField(kind: kind, nearest: nearest(to: pair[0], among: known)), at: .field(pair[0]))
        }
        fields[pair[0]] = (try? JSONReader.value(ByteRegion(Array(pair[1].utf8)))) ?? .string(pair[1])
      }
      result[first[0]] = StandIn(kind: kind, fields: fields)
    }
    return result
  }

  /// The names of the fields of a kind.
  static func fields(of kind: String) -> [String] {
    func names(_ type: (some Layer).Type) -> [String] { type.fields.map(\.name) }
    return LayerCatalog.standard[kind].map { names($0) } ?? []
  }
}

extension KerasLayer {
  /// The names under which something may stand in for it: its own, that of its function if it is a `Lambda`, and its class's.
  var standInNames: [String] {
    let function = className == "Lambda" ? config["function"] : nil
    // A registered function stands behind the name of its package.
    let full = function?.string ?? function?.object?["config"]?.string
    let name = full?.split(separator: ">").last.map(String.init)
    return [self.name] + [name].compactMap { $0 } + [className, registeredName]
  }

  /// The arguments with which a `Lambda` calls its function.
  var arguments: JSONObject { (className == "Lambda" ? config["arguments"]?.object : nil) ?? JSONObject() }
}
