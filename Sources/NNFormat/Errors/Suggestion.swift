/// The candidate nearest to a mistyped name, if one is near enough to be worth offering.
package func nearest(to name: String, among candidates: some Sequence<String>) -> String? {
  let limit = max(1, name.count / 3)
  var best: (name: String, distance: Int)?
  for candidate in candidates {
    let distance = editDistance(Array(name.utf8.prefix(64)), Array(candidate.utf8.prefix(64)))
    guard distance <= limit else { continue }
    // Of two that are equally near the first by name, so that the same input always gives the same words.
    guard let previous = best, (previous.distance, previous.name) <= (distance, candidate) else {
      best = (candidate, distance)
      continue
    }
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
