package import NNFormat

/// Layers as a user lists them: `W1:b1,W2:b2`, in order; `W1` alone has no biases, and `hidden=W1:b1` gets a name.
package enum LayerList {
  /// The layers that a list stands for. Names of arrays may themselves have colons and equals signs, as long as one reading
  /// alone finds all arrays.
  ///
  /// - Returns: the layers, and the names of arrays that the list does not mention.
  /// - Throws: ``ConvertProblem/badLayer(_:reason:)`` and ``ConvertProblem/usedTwice(_:)``.
  package static func layers(
    _ text: String, of arrays: [SourceArray]
  ) throws(ModelError) -> (layers: [NamedLayer], rest: [String]) {
    let byName = Dictionary(arrays.map { ($0.name, $0) }) { first, _ in first }
    var layers: [NamedLayer] = []
    var rest = arrays.map(\.name)
    for item in text.split(separator: ",", omittingEmptySubsequences: false) {
      let layer = try layer(String(item), byName)
      for name in [layer.weights.name, layer.biases?.name].compactMap({ $0 }) {
        guard let place = rest.firstIndex(of: name) else { throw ModelError(ConvertProblem.usedTwice(name)) }
        rest.remove(at: place)
      }
      layers.append(layer)
    }
    return (layers, rest)
  }

  private static func layer(_ item: String, _ arrays: [String: SourceArray]) throws(ModelError) -> NamedLayer {
    var readings: [NamedLayer] = []
    for (name, rest) in [("", item)] + item.splits(at: "=") where name.isEmpty == (rest == item) {
      if let weights = arrays[rest] { readings.append(NamedLayer(name: name, weights: weights)) }
      for (first, second) in rest.splits(at: ":") {
        guard let weights = arrays[first], let biases = arrays[second] else { continue }
        readings.append(NamedLayer(name: name, weights: weights, biases: biases))
      }
    }
    if readings.count == 1 { return readings[0] }
    guard readings.isEmpty else {
      throw ModelError(ConvertProblem.badLayer(item, reason: "it can mean \(readings.count) things; rename an array"))
    }
    let plain = item.splits(at: "=").first?.1 ?? item
    let missing = plain.split(separator: ":", omittingEmptySubsequences: false).map(String.init).first {
      arrays[$0] == nil
    }
    throw ModelError(
      ConvertProblem.badLayer(
        item,
        reason: missing.map { name in
          "there is no array '\(name)'"
            + (nearest(to: name, among: arrays.keys.sorted()).map { "; did you mean '\($0)'?" } ?? "")
        } ?? "write WEIGHTS, WEIGHTS:BIASES or NAME=WEIGHTS:BIASES"))
  }
}

extension String {
  /// Every way to split a text in two at a character.
  func splits(at separator: Character) -> [(String, String)] {
    indices.filter { self[$0] == separator }.map { (String(self[..<$0]), String(self[index(after: $0)...])) }
  }
}
