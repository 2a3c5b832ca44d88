// Swift takes two texts for equal if they differ only in how accents are composed (Unicode's canonical equivalence). In files
// that makes two names the same name, which is refused as a duplicate; but a reference must spell its target scalar by scalar,
// so that readers in languages that compare code points come to the same result.

extension Set<String> {
  /// Whether the name is in the set in exactly this spelling.
  package func spells(_ name: String) -> Bool {
    firstIndex(of: name).map { self[$0].utf8.elementsEqual(name.utf8) } ?? false
  }
}

extension Dictionary where Key == String {
  /// The value of a name in exactly this spelling.
  package func value(spelled name: String) -> Value? {
    guard let place = index(forKey: name), self[place].key.utf8.elementsEqual(name.utf8) else { return nil }
    return self[place].value
  }
}
