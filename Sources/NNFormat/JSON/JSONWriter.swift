/// Writes JSON text, the same bytes for the same value every time.
public enum JSONWriter {
  /// How a text is laid out.
  public enum Style: Sendable {
    /// No white space.
    case compact
    /// One member a line, indented by two; a list that holds only numbers, texts and truth values on one line.
    case pretty
  }

  /// The text of a value, in UTF-8; pretty text ends with a newline.
  ///
  /// Doubles are written in the shortest form that reads back to the same bits and always show a point or an exponent, so
  /// that they stay apart from integers.
  ///
  /// - Throws: ``JSONProblem/notFinite`` for a double that is NaN or infinite.
  public static func text(_ value: JSONValue, style: Style = .pretty) throws(ModelError) -> [UInt8] {
    var text: [UInt8] = []
    try write(value, style, indent: 0, to: &text)
    if style == .pretty { text.append(UInt8(ascii: "\n")) }
    return text
  }

  private static func write(
    _ value: JSONValue, _ style: Style, indent: Int, to text: inout [UInt8]
  ) throws(ModelError) {
    switch value {
    case .null: text += "null".utf8
    case .bool(let value): text += (value ? "true" : "false").utf8
    case .integer(let value): text += value.description.utf8
    case .unsigned(let value): text += value.description.utf8
    case .double(let value):
      guard value.isFinite else { throw ModelError(JSONProblem.notFinite) }
      text += value.description.utf8
    case .string(let value): quote(value, to: &text)
    case .array(let values):
      let isFlat = style == .compact || values.allSatisfy(\.isScalar)
      text.append(UInt8(ascii: "["))
      for (position, value) in values.enumerated() {
        separate(position, isFlat ? (style == .pretty ? .space : .none) : .line(indent + 2), to: &text)
        try write(value, style, indent: indent + 2, to: &text)
      }
      if !isFlat, !values.isEmpty { breakLine(indent, to: &text) }
      text.append(UInt8(ascii: "]"))
    case .object(let object):
      text.append(UInt8(ascii: "{"))
      for (position, member) in object.members.enumerated() {
        separate(position, style == .pretty ? .line(indent + 2) : .none, to: &text)
        quote(member.0, to: &text)
        text += (style == .pretty ? ": " : ":").utf8
        try write(member.1, style, indent: indent + 2, to: &text)
      }
      if style == .pretty, !object.isEmpty { breakLine(indent, to: &text) }
      text.append(UInt8(ascii: "}"))
    }
  }

  private enum Gap {
    case none, space
    case line(Int)
  }

  private static func separate(_ position: Int, _ gap: Gap, to text: inout [UInt8]) {
    if position > 0 { text.append(UInt8(ascii: ",")) }
    switch gap {
    case .none: break
    case .space: if position > 0 { text.append(UInt8(ascii: " ")) }
    case .line(let indent): breakLine(indent, to: &text)
    }
  }

  private static func breakLine(_ indent: Int, to text: inout [UInt8]) {
    text.append(UInt8(ascii: "\n"))
    text += repeatElement(UInt8(ascii: " "), count: indent)
  }

  /// Appends a string in quotes: only `"`, `\` and control characters are escaped, with the short escapes where JSON has them.
  package static func quote(_ string: String, to text: inout [UInt8]) {
    text.append(UInt8(ascii: "\""))
    for byte in string.utf8 {
      switch byte {
      case UInt8(ascii: "\""): text += "\\\"".utf8
      case UInt8(ascii: "\\"): text += "\\\\".utf8
      case 0x08: text += "\\b".utf8
      case 0x09: text += "\\t".utf8
      case 0x0A: text += "\\n".utf8
      case 0x0C: text += "\\f".utf8
      case 0x0D: text += "\\r".utf8
      case 0..<0x20:
        text += (byte < 16 ? "\\u000" : "\\u00").utf8
        text += String(byte, radix: 16).utf8
      default: text.append(byte)
      }
    }
    text.append(UInt8(ascii: "\""))
  }
}

extension JSONValue {
  fileprivate var isScalar: Bool {
    switch self {
    case .array, .object: false
    default: true
    }
  }
}
