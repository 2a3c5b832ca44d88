import NNFormat

/// Which unit of an architecture has the weights of which place in a file.
///
/// Names decide where there are any. What has no namesake is matched by the shapes of its weights, where these leave one
/// possibility alone: a unit that only one place fits has to get it, and so on with those that are left.
struct MapMatching {
  /// The units with their places, in the order in which they were found.
  private(set) var pairs: [(unit: Int, holder: Int, isByName: Bool)] = []
  /// What is left without a partner, and why.
  private(set) var problems: [KerasMapProblem.Item] = []
  private let units: [MapUnit]
  private let holders: [MapHolder]
  private var openUnits: Set<Int>
  private var openHolders: Set<Int>
  private var holdersOfArray: [String: [Int]] = [:]

  /// - Parameter fits: whether the weights of a place can be those of a unit, all of them.
  init(_ units: [MapUnit], _ holders: [MapHolder], fits: (MapUnit, MapHolder) throws(ModelError) -> Bool)
    throws(ModelError)
  {
    self.units = units
    self.holders = holders
    openUnits = Set(units.indices)
    openHolders = Set(holders.indices)
    for (place, holder) in holders.enumerated() {
      for array in holder.arrays { holdersOfArray[array, default: []].append(place) }
    }
    try matchNames(fits)
    dropShared()
    try matchShapes(fits)
  }

  private mutating func pair(_ unit: Int, _ holder: Int, isByName: Bool) {
    pairs.append((unit, holder, isByName))
    openUnits.remove(unit)
    for array in holders[holder].arrays { openHolders.subtract(holdersOfArray[array] ?? []) }
  }

  // MARK: By name

  private mutating func matchNames(_ fits: (MapUnit, MapHolder) throws(ModelError) -> Bool) throws(ModelError) {
    var byName: [String: [Int]] = [:]
    for (place, holder) in holders.enumerated() {
      for name in Set(holder.names) { byName[name, default: []].append(place) }
    }
    for (number, unit) in units.enumerated() {
      // A layer in a wrapper has its weights one level below.
      let spellings = unit.names + unit.names.map { "\($0)/layer" } + unit.names.compactMap(MapHolder.shortened)
      var found: [Int] = []
      for name in spellings {
        for place in byName[name] ?? [] where openHolders.contains(place) && !found.contains(place) {
          found.append(place)
        }
      }
      guard let first = found.first else { continue }
      var fitting: [Int] = []
      for place in found where try fits(unit, holders[place]) { fitting.append(place) }
      // Several places may have one name; then only the weights can tell.
      if fitting.count > 1, Set(fitting.map { Set(holders[$0].arrays) }).count > 1 { continue }
      pair(number, fitting.first ?? first, isByName: true)
    }
  }

  /// Units whose tensors other units get need no place of their own.
  private mutating func dropShared() {
    let filled = Set(pairs.flatMap { units[$0.unit].parameters.map(\.tensor) })
    for unit in openUnits where units[unit].parameters.allSatisfy({ filled.contains($0.tensor) }) {
      openUnits.remove(unit)
    }
  }

  // MARK: By shape

  private mutating func matchShapes(_ fits: (MapUnit, MapHolder) throws(ModelError) -> Bool) throws(ModelError) {
    var candidates: [Int: Set<Int>] = [:]
    for unit in openUnits {
      var fitting: Set<Int> = []
      for holder in openHolders where try fits(units[unit], holders[holder]) { fitting.insert(holder) }
      candidates[unit] = fitting
    }
    var next = openUnits.sorted()
    while let forced = next.first(where: { openUnits.contains($0) && candidates[$0]?.count == 1 }) {
      guard let holder = candidates[forced]?.first else { break }
      pair(forced, holder, isByName: false)
      next.removeAll { $0 == forced }
      for unit in next { candidates[unit]?.formIntersection(openHolders) }
    }
    let left = openHolders.sorted().map { holders[$0] }.filter(\.isNamed).map(\.nameInWords)
    for unit in next {
      let places = (candidates[unit] ?? []).sorted().map { holders[$0].nameInWords }
      let reason =
        if !places.isEmpty {
          "has the name of none and the shapes of several in the file; give it the name of the right one"
        } else {
          left.isEmpty ? "has no weights in the file" : "has no weights in the file, where others are left"
        }
      problems.append(
        KerasMapProblem.Item(name: units[unit].name, reason: reason, candidates: places.isEmpty ? left : places))
    }
  }
}

extension MapHolder {
  /// Whether nodes can have the name of the place.
  fileprivate var isNamed: Bool { names.contains { !$0.isEmpty && !$0.contains("//") } }

  /// The name by which a user knows the place.
  var nameInWords: String { names.first { !$0.isEmpty && !$0.contains("//") } ?? place }
}
