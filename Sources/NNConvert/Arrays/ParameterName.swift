/// The name of an array, taken apart: what the array is to a layer, and to which layer it belongs.
///
/// A name is split into words and numbers at every character that is neither letter nor digit, between letters and digits, and
/// before a capital that follows a small letter. One word says the role; the others say the layer:
///
///     weights_input_hidden   weights   input, hidden
///     b1                     biases    1
///     layer.0.weight         weights   layer 0
///     dense_1/kernel:0       weights   dense 1
struct ParameterName {
  /// What an array is to a layer.
  enum Role: Hashable { case weights, biases }

  /// A word of a name with the numbers that follow it, or a number on its own.
  struct Part: Hashable {
    var word: String
    var numbers: [Int]
  }

  let role: Role
  /// What the name says of the layer.
  let parts: [Part]
  /// The name without the role, as it stands: `layer.0`; empty if only numbers are left.
  let layer: String

  private static let roles: [String: Role] = [
    "w": .weights, "weight": .weights, "weights": .weights, "kernel": .weights, "kernels": .weights,
    "coef": .weights, "coefs": .weights,
    "b": .biases, "bias": .biases, "biases": .biases, "intercept": .biases, "intercepts": .biases,
  ]

  /// Words for two layers in one.
  private static let pairs = ["ih": ["i", "h"], "ho": ["h", "o"], "io": ["i", "o"]]

  /// The parts of a name; nil if no word, or more than one, can be the role. The last word is looked at first, then the first.
  init?(_ name: String) {
    let text = name.hasSuffix(":0") ? String(name.dropLast(2)) : name
    let tokens = ParameterName.tokens(of: text)
    let words = tokens.indices.filter { tokens[$0].number == nil }
    let candidates = words.filter { ParameterName.roles[tokens[$0].text] != nil }
    let ends = [words.last, words.first].compactMap { $0 }
    guard let place = ends.first(where: candidates.contains) ?? (candidates.count == 1 ? candidates.first : nil),
      let role = ParameterName.roles[tokens[place].text]
    else { return nil }
    self.role = role

    var parts: [Part] = []
    for (position, token) in tokens.enumerated() where position != place {
      if let number = token.number {
        if parts.last?.word.isEmpty ?? true {
          parts.append(Part(word: "", numbers: [number]))
        } else {
          parts[parts.count - 1].numbers.append(number)
        }
      } else {
        parts.append(Part(word: token.text, numbers: []))
      }
    }
    if parts.count == 1, parts[0].numbers.isEmpty, let both = ParameterName.pairs[parts[0].word] {
      parts = both.map { Part(word: $0, numbers: []) }
    }
    self.parts = parts

    let rest = [text[..<tokens[place].range.lowerBound], text[tokens[place].range.upperBound...]]
    let isNamed = parts.contains { !$0.word.isEmpty }
    layer = isNamed ? rest.map(ParameterName.trimmed).filter { !$0.isEmpty }.joined(separator: "_") : ""
  }

  private struct Token {
    var text: String
    var number: Int?
    var range: Range<String.Index>
  }

  private enum Sign { case small, capital, digit, other }

  private static func tokens(of name: String) -> [Token] {
    var tokens: [Token] = []
    var start = name.startIndex
    var previous = Sign.other
    func end(at index: String.Index) {
      guard previous != .other, start < index else { return }
      let text = name[start..<index].lowercased()
      // A number too large for an Int is a word like any other.
      tokens.append(Token(text: text, number: previous == .digit ? Int(text) : nil, range: start..<index))
    }
    for index in name.indices {
      let character = name[index]
      let sign: Sign =
        if character.isASCII, character.isNumber {
          .digit
        } else if character.isLetter {
          character.isUppercase ? .capital : .small
        } else {
          .other
        }
      let isSameToken = sign == previous || previous == .capital && sign == .small
      if !isSameToken {
        end(at: index)
        start = index
      }
      previous = sign
    }
    end(at: name.endIndex)
    return tokens
  }

  private static func trimmed(_ text: Substring) -> String {
    let isSeparator = { (character: Character) in !character.isLetter && !character.isNumber }
    var rest = text.drop(while: isSeparator)
    while let last = rest.last, isSeparator(last) { rest.removeLast() }
    return String(rest).replacing(":", with: "_")
  }
}
