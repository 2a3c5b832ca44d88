/// The candidate nearest to a mistyped name, if one is near enough to be worth offering.
package func nearest(to name: String, among candidates: some Sequence<String>) -> String? {
  let limit = min(max(1, name.utf8.count / 3), name.utf8.count - 1)
  var best: (name: String, distance: Int)?
  for candidate in candidates {
    let distance = editDistance(Array(name.utf8.prefix(64)), Array(candidate.utf8.prefix(64)))
    guard distance <= limit else { continue }
    if let best, (best.distance, best.name) <= (distance, candidate) { continue }
    best = (candidate, distance)
  }
  return best?.name
}

/// How many insertions, deletions and replacements turn one text into the other (Levenshtein's distance).
private func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
  var row = Array(0...right.count)
  for (i, a) in left.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for (j, b) in right.enumerated() {
      let replaced = diagonal + (a == b ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = min(replaced, row[j] + 1, diagonal + 1)
    }
  }
  return row[right.count]
}
