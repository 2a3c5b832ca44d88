import NNFormat

/// Axes rearranged as a pattern says: `b (h h2) w c -> b h w (h2 c)`.
///
/// Source: `keras/src/ops/einops.py` of Keras 3.15.
enum KerasRearrange {
  static let all: [String: KerasOperations.Conversion] = ["rearrange": rearrange]

  @Sendable private static func rearrange(_ operation: KerasOperation) throws(ModelError) -> [KerasValue] {
    let value = try operation.input()
    guard let pattern = operation.option("pattern", place: 1)?.string, let (before, after) = groups(pattern),
      before.count == value.type.rank
    else { throw operation.site.settings.unsupported("a pattern that cannot be read") }
    let names = before.flatMap { $0 }
    guard Set(names).count == names.count, names.sorted() == after.flatMap({ $0 }).sorted() else {
      throw operation.site.settings.unsupported("a pattern whose sides do not have the same axes")
    }
    // The extents of the parts: named in the call, or what is left of the axis; -1 is one that is open.
    var extents: [String: Int] = [:]
    for (axis, group) in before.enumerated() {
      let whole = value.type.shape[axis].value
      if group.count == 1 {
        extents[group[0]] = whole ?? -1
        continue
      }
      var known = 1
      var missing: [String] = []
      for name in group {
        if case .constant(let json)? = operation.site.call[name], let extent = json.smallInt, extent > 0 {
          extents[name] = extent
          known = min(known, 1 << 31) * extent
        } else {
          missing.append(name)
        }
      }
      guard missing.count <= 1, known < 1 << 31, whole.map({ $0 % known == 0 }) ?? true else {
        throw operation.site.settings.unsupported("parts of an axis that do not make it up")
      }
      if let name = missing.first { extents[name] = whole.map { $0 / known } ?? -1 }
    }
    // Sides have the same parts, so that merged ones are no more than the value has; what is open has no bound.
    let all = extents.values.filter { $0 > 0 }
    guard all.reduce(1, { $0 < 1 << 31 ? $0 * $1 : $0 }) < 1 << 31 else {
      throw operation.site.settings.unsupported("more elements than there can be")
    }
    func reshaped(_ value: KerasValue, _ shape: [Int], _ suffix: String?) throws(ModelError) -> KerasValue {
      guard shape.filter({ $0 == -1 }).count <= 1 else {
        throw operation.site.settings.unsupported("several axes of open extents")
      }
      return try operation.one(
        "reshape", [value], suffix, ["target_shape": KerasClass.integers(shape), "keeps_batch": false])
    }
    var result = value
    if before.contains(where: { $0.count != 1 }) {
      result = try reshaped(result, names.map { extents[$0] ?? -1 }, "parts")
    }
    let order = after.flatMap { $0 }.compactMap { name in names.firstIndex(of: name) }
    let isMerged = after.contains { $0.count != 1 }
    if order != Array(order.indices) {
      result = try operation.one(
        "permute", [result], isMerged ? "moved" : nil, ["permutation": KerasClass.integers(order)])
    }
    guard isMerged else { return [result] }
    let shape = after.map { group in
      group.contains { extents[$0] == -1 } ? -1 : group.reduce(1) { $0 * (extents[$1] ?? 1) }
    }
    return [try reshaped(result, shape, nil)]
  }

  /// The axes on both sides of a pattern, and of which parts each is.
  private static func groups(_ pattern: String) -> ([[String]], [[String]])? {
    guard let arrow = pattern.firstIndex(of: ">"), pattern[..<arrow].last == "-" else { return nil }
    let sides = [pattern[..<arrow].dropLast(), pattern[pattern.index(after: arrow)...]].map { side -> [[String]]? in
      var groups: [[String]] = []
      var isOpen = false
      for word in side.replacing("(", with: " ( ").replacing(")", with: " ) ").split(separator: " ") {
        switch word {
        case "(":
          guard !isOpen else { return nil }
          isOpen = true
          groups.append([])
        case ")":
          guard isOpen else { return nil }
          isOpen = false
        default:
          guard word.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" }) else { return nil }
          if isOpen { groups[groups.count - 1].append(String(word)) } else { groups.append([String(word)]) }
        }
      }
      return isOpen ? nil : groups
    }
    guard let before = sides[0], let after = sides[1] else { return nil }
    return (before, after)
  }
}
