package import NNFormat

/// Arrays that belong to one dense layer.
package struct NamedLayer: Equatable {
  /// What the names say the layer is called; empty if they do not.
  package var name: String
  /// A matrix.
  package var weights: SourceArray
  /// A vector; nil for a layer without biases.
  package var biases: SourceArray?

  package init(name: String, weights: SourceArray, biases: SourceArray? = nil) {
    self.name = name
    self.weights = weights
    self.biases = biases
  }
}

/// The layers that named arrays make, in order, as far as names can say.
///
/// Arrays whose names differ in the role alone belong together. Where that finds no weights for some biases, the names of the
/// weights must say from where to where they lead, and the biases belong where their name is the end.
package enum LayerPairing {
  /// Pairs and orders arrays.
  ///
  /// - Throws: ``ConvertProblem`` with every name that stands in the way, and the option that helps.
  package static func layers(of arrays: [SourceArray]) throws(ModelError) -> [NamedLayer] {
    var unknown: [String] = []
    var weights: [Entry] = []
    var biases: [Entry] = []
    for array in arrays {
      guard let name = ParameterName(array.name) else {
        unknown.append(array.name)
        continue
      }
      if name.role == .weights {
        weights.append(Entry(name: name, array: array))
      } else {
        biases.append(Entry(name: name, array: array))
      }
    }
    guard unknown.isEmpty else { throw ModelError(ConvertProblem.unknownRoles(unknown)) }
    guard !weights.isEmpty else { throw ModelError(ConvertProblem.noWeights(biases.map(\.array.name))) }
    for entries in [weights, biases] { try requireDistinct(entries) }

    let known = Set(weights.map(\.name.parts))
    let alone = biases.filter { !known.contains($0.name.parts) }
    if alone.isEmpty {
      guard let ordered = LayerOrder.ordered(weights) else {
        throw ModelError(ConvertProblem.unknownOrder(weights.map(\.array.name)))
      }
      return ordered.map { entry in
        let own = biases.first { $0.name.parts == entry.name.parts }
        let isPair = own == nil && LayerOrder.isPath(weights)
        return NamedLayer(
          name: isPair ? LayerOrder.end(of: entry.name) : entry.name.layer, weights: entry.array, biases: own?.array)
      }
    }
    if let path = LayerOrder.path(weights) {
      let ends = path.map { $0.name.parts.suffix(1).map(LayerOrder.canonical) }
      let starts = biases.map { $0.name.parts.map(LayerOrder.canonical) }
      if starts.allSatisfy(ends.contains) {
        return zip(path, ends).map { entry, end in
          let own = zip(biases, starts).first { $0.1 == end }?.0
          return NamedLayer(
            name: own?.name.layer ?? LayerOrder.end(of: entry.name), weights: entry.array, biases: own?.array)
        }
      }
    }
    throw ModelError(
      ConvertProblem.unpairedBiases(alone.map(\.array.name), weights: weights.map(\.array.name)))
  }

  struct Entry {
    var name: ParameterName
    var array: SourceArray
  }

  private static func requireDistinct(_ entries: [Entry]) throws(ModelError) {
    for (position, entry) in entries.enumerated() {
      let same = entries[position...].filter { $0.name.parts == entry.name.parts }
      guard same.count == 1 else {
        throw ModelError(
          ConvertProblem.sameLayer(
            role: entry.name.role == .weights ? "weights" : "biases", same.map(\.array.name)))
      }
    }
  }
}
