extension String {
  /// What commas divide, but not those within brackets.
  func items(bracketedBy open: Character, _ close: Character) -> [String] {
    var items = [""]
    var depth = 0
    for character in self {
      if character == open { depth += 1 }
      if character == close { depth -= 1 }
      if character == ",", depth == 0 { items.append("") } else { items[items.count - 1].append(character) }
    }
    return items
  }
}
