/// A text that a terminal shows in one line and without harm: control characters, line breaks and the characters that reverse
/// the direction of writing become escapes such as `\u{1B}`.
package func printable(_ text: String) -> String {
  guard text.unicodeScalars.contains(where: isHarmful) else { return text }
  var shown = ""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\n": shown += "\\n"
    case "\r": shown += "\\r"
    case "\t": shown += "\\t"
    case _ where isHarmful(scalar): shown += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
    default: shown.unicodeScalars.append(scalar)
    }
  }
  return shown
}

private func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.value {
  case 0..<0x20, 0x7F..<0xA0: true
  // Line and paragraph separator; marks, embeddings, overrides and isolates of the writing direction.
  case 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
  default: false
  }
}

/// How many columns a terminal needs for a text, as nearly as can be known: two for East Asian wide characters and for emoji,
/// none for marks that sit on the character before.
package func displayWidth(_ text: some StringProtocol) -> Int {
  if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.utf8.count }
  return text.reduce(0) { $0 + displayWidth($1) }
}

private func displayWidth(_ character: Character) -> Int {
  guard let first = character.unicodeScalars.first else { return 0 }
  switch first.properties.generalCategory {
  case .nonspacingMark, .enclosingMark, .format: return 0
  default: break
  }
  if first.properties.isEmojiPresentation || character.unicodeScalars.contains("\u{FE0F}") { return 2 }
  // The blocks whose characters are wide or full-width (Unicode Standard Annex 11).
  switch first.value {
  case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
    0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x20000...0x3FFFD:
    return 2
  default: return 1
  }
}

/// The text in at most so many columns: where it is longer, its middle is replaced by `…`.
package func shortened(_ text: String, to width: Int) -> String {
  guard displayWidth(text) > width else { return text }
  guard width > 1 else { return width == 1 ? "…" : "" }
  let head = prefix(of: text, columns: width / 2)
  let tail = prefix(of: String(text.reversed()), columns: width - 1 - displayWidth(head))
  return head + "…" + String(tail.reversed())
}

private func prefix(of text: String, columns: Int) -> String {
  var left = columns
  return String(
    text.prefix { character in
      left -= displayWidth(character)
      return left >= 0
    })
}
