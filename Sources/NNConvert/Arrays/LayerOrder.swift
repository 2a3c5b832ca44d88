/// In which order layers come, by what their names say: numbers that count up, words for places, or a path from one to the next.
enum LayerOrder {
  typealias Part = ParameterName.Part
  typealias Entry = LayerPairing.Entry

  /// Words that say where in a network a layer is, and their order.
  private static let places: [String: Int] = [
    "input": 0, "in": 0, "i": 0, "first": 0,
    "hidden": 1, "h": 1,
    "output": 2, "out": 2, "o": 2, "last": 2, "final": 2,
  ]
  private static let placeWords = ["input", "hidden", "output"]

  /// The layers in order; nil if the names do not say.
  static func ordered(_ entries: [Entry]) -> [Entry]? {
    if entries.count == 1 { return entries }
    return counted(entries) ?? path(entries) ?? placed(entries)
  }

  /// By number: the words are the same in all, and no numbers are; a name without number comes first (`dense`, `dense_1`).
  private static func counted(_ entries: [Entry]) -> [Entry]? {
    let words = Set(entries.map { $0.name.parts.map(\.word).filter { !$0.isEmpty } })
    let numbers = entries.map { $0.name.parts.flatMap(\.numbers) }
    guard words.count == 1, Set(numbers).count == entries.count else { return nil }
    return zip(entries, numbers).sorted { $0.1.lexicographicallyPrecedes($1.1) }.map(\.0)
  }

  /// By place: input, then hidden, then output; layers of the same place by number. A layer that names no place is between
  /// input and output (`fc1`, `fc2`, `out`).
  private static func placed(_ entries: [Entry]) -> [Entry]? {
    var groups: [[Entry]] = [[], [], []]
    for entry in entries {
      let found = entry.name.parts.compactMap { places[$0.word] }
      guard found.count <= 1 else { return nil }
      groups[found.first ?? 1].append(entry)
    }
    guard groups.filter({ !$0.isEmpty }).count > 1 else { return nil }
    var result: [Entry] = []
    for group in groups where !group.isEmpty {
      guard let ordered = group.count == 1 ? group : counted(group) else { return nil }
      result += ordered
    }
    return result
  }

  /// By path: every name says from where to where (`input_hidden`, `hidden_output`), and each end is the next one's start.
  static func path(_ entries: [Entry]) -> [Entry]? {
    var byStart: [Part: Entry] = [:]
    var ends: Set<Part> = []
    for entry in entries {
      let parts = entry.name.parts.map(canonical)
      guard parts.count == 2, byStart.updateValue(entry, forKey: parts[0]) == nil, ends.insert(parts[1]).inserted
      else { return nil }
    }
    let starts = byStart.keys.filter { !ends.contains($0) }
    guard starts.count == 1, var place = starts.first else { return nil }
    var result: [Entry] = []
    while let entry = byStart[place], result.count < entries.count {
      result.append(entry)
      place = canonical(entry.name.parts[1])
    }
    return result.count == entries.count ? result : nil
  }

  /// Whether the names are a path.
  static func isPath(_ entries: [Entry]) -> Bool { path(entries) != nil }

  /// A part with the usual word for its place: `h` and `hidden` are the same.
  static func canonical(_ part: Part) -> Part {
    Part(word: places[part.word].map { placeWords[$0] } ?? part.word, numbers: part.numbers)
  }

  /// What the end of a path is called: `hidden`, `hidden1`; empty if it has only a number.
  static func end(of name: ParameterName) -> String {
    guard let part = name.parts.last.map(canonical), !part.word.isEmpty else { return "" }
    return part.word + part.numbers.map(String.init).joined(separator: "_")
  }
}
