import NNFormat

/// The order in which Keras runs the layers of a model: those that are the most calls away from the outputs first.
///
/// Source: `keras/src/ops/function.py` (`map_graph`).
extension KerasNetwork {
  /// All calls in an order in which each finds its inputs computed, and which is that of Keras; those on which no output depends
  /// come where they can.
  ///
  /// - Throws: ``KerasProblem/circle(_:)``.
  func ordered() throws(ModelError) -> [(layer: KerasLayer, index: Int, call: KerasCall)] {
    var waiting: [(layer: KerasLayer, index: Int, call: KerasCall)] = []
    var done: Set<KerasReference> = []
    for layer in layers {
      if layer.className == "InputLayer" { done.insert(KerasReference(layer: layer.name, call: 0, output: 0)) }
      for (index, call) in (calls[layer.name] ?? []).enumerated() { waiting.append((layer, index, call)) }
    }
    let turns = turns()
    let inTurn = waiting.enumerated().sorted { first, second in
      func turn(_ item: (layer: KerasLayer, index: Int, call: KerasCall)) -> Int {
        turns[KerasReference(layer: item.layer.name, call: item.index, output: 0)] ?? .max
      }
      return (turn(first.element), first.offset) < (turn(second.element), second.offset)
    }
    waiting = inTurn.map(\.element)
    var result: [(layer: KerasLayer, index: Int, call: KerasCall)] = []
    while !waiting.isEmpty {
      var later: [(layer: KerasLayer, index: Int, call: KerasCall)] = []
      for item in waiting {
        let isReady = item.call.references.allSatisfy {
          done.contains(KerasReference(layer: $0.layer, call: $0.call, output: 0))
        }
        if isReady {
          result.append(item)
          done.insert(KerasReference(layer: item.layer.name, call: item.index, output: 0))
        } else {
          later.append(item)
        }
      }
      guard later.count < waiting.count else {
        throw ModelError(KerasProblem.circle(Array(Set(later.map(\.layer.name))).sorted()))
      }
      waiting = later
    }
    return result
  }

  /// The place of each call that an output depends on, in the order of Keras.
  private func turns() -> [KerasReference: Int] {
    var depths: [KerasReference: Int] = [:]
    var ofLayers: [String: Int] = [:]
    var found: [KerasReference] = []
    func deepen(_ call: KerasReference, to depth: Int) {
      if depths[call] == nil { found.append(call) }
      depths[call] = max(depths[call] ?? 0, depth)
    }
    for call in inputsFirst().reversed() {
      // All calls of a layer go with the deepest that was met before.
      let depth = max(depths[call] ?? 0, ofLayers[call.layer] ?? 0)
      ofLayers[call.layer] = depth
      deepen(call, to: depth)
      for parent in parents(of: call) { deepen(parent, to: depth + 1) }
    }
    let order = found.enumerated().sorted {
      (-(depths[$0.element] ?? 0), $0.offset) < (-(depths[$1.element] ?? 0), $1.offset)
    }
    return Dictionary(uniqueKeysWithValues: order.enumerated().map { ($0.element.element, $0.offset) })
  }

  /// The calls that outputs depend on, each behind those it depends on.
  private func inputsFirst() -> [KerasReference] {
    var result: [KerasReference] = []
    var seen: Set<KerasReference> = []
    for output in outputs {
      let start = KerasNetwork.whole(output)
      guard seen.insert(start).inserted else { continue }
      var path = [(call: start, parents: parents(of: start), next: 0)]
      while let last = path.last {
        guard last.next < last.parents.count else {
          path.removeLast()
          result.append(last.call)
          continue
        }
        path[path.count - 1].next += 1
        let parent = last.parents[last.next]
        if seen.insert(parent).inserted { path.append((parent, parents(of: parent), 0)) }
      }
    }
    return result
  }

  /// The calls whose outputs a call takes.
  private func parents(of call: KerasReference) -> [KerasReference] {
    guard let list = calls[call.layer], list.indices.contains(call.call) else { return [] }
    return list[call.call].references.map(KerasNetwork.whole)
  }

  /// What stands for a call, whichever of its outputs is meant.
  private static func whole(_ reference: KerasReference) -> KerasReference {
    KerasReference(layer: reference.layer, call: reference.call, output: 0)
  }
}
