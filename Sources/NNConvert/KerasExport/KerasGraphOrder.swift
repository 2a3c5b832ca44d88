import NNFormat

/// The order of the layers of a functional model, which numbers their weights.
///
/// Keras does not keep the order of the file: it sorts layers by their distance from the outputs, and equal ones as a search
/// from the outputs meets them.
///
/// Source: `map_graph` in `keras/src/ops/function.py`.
struct KerasGraphOrder {
  /// The places of the layers, without those that no output depends on.
  let layers: [Int]

  private struct CallPlace: Hashable {
    let layer: Int
    let call: Int
  }

  init(_ all: [ExportLayer], inputs: [Int], outputs: [ExportValue]) {
    var met: [Int: Int] = [:]
    var entered: Set<CallPlace> = []
    var finished: [CallPlace] = []
    func parents(_ place: CallPlace) -> [CallPlace] {
      guard all[place.layer].calls.indices.contains(place.call) else { return [] }
      return all[place.layer].calls[place.call].values.compactMap(\.place).map {
        CallPlace(layer: $0.layer, call: $0.call)
      }
    }
    for output in outputs {
      guard let (layer, call, _) = output.place else { continue }
      var stack: [(place: CallPlace, parents: [CallPlace], next: Int)] = []
      func enter(_ place: CallPlace) {
        guard entered.insert(place).inserted else { return }
        if met[place.layer] == nil { met[place.layer] = met.count }
        stack.append((place, parents(place), 0))
      }
      enter(CallPlace(layer: layer, call: call))
      while let top = stack.last {
        if top.next < top.parents.count {
          stack[stack.count - 1].next += 1
          enter(top.parents[top.next])
        } else {
          finished.append(top.place)
          stack.removeLast()
        }
      }
    }

    var callDepths: [CallPlace: Int] = [:]
    var depths: [Int: Int] = [:]
    for place in finished.reversed() {
      let depth = max(callDepths[place] ?? 0, depths[place.layer] ?? 0)
      depths[place.layer] = depth
      callDepths[place] = depth
      for parent in parents(place) { callDepths[parent] = max(depth + 1, callDepths[parent] ?? 0) }
    }
    // Inputs that nothing depends on stand before all others of the last depth.
    for (position, input) in inputs.enumerated() where depths[input] == nil {
      depths[input] = 0
      met[input] = position - inputs.count
    }
    layers = depths.keys.sorted { left, right in
      let (a, b) = (depths[left] ?? 0, depths[right] ?? 0)
      return a != b ? a > b : (met[left] ?? 0) < (met[right] ?? 0)
    }
  }
}
