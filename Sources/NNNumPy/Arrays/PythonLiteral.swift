import NNFormat

/// A value of the part of Python's literals in which `.npy` headers are written.
enum PythonLiteral {
  case string(String)
  case bytes
  case integer(Int)
  /// A number that is no integer of 64 bits, as it stands.
  case number(String)
  case bool(Bool)
  case none
  case tuple([PythonLiteral])
  case list([PythonLiteral])
  case dictionary([(key: PythonLiteral, value: PythonLiteral)])

  /// What kind of value this is, for messages.
  var kindInWords: String {
    switch self {
    case .string: "a string"
    case .bytes: "a bytes literal"
    case .integer: "an integer"
    case .number(let text): "the number \(text.prefix(40))"
    case .bool(let value): value ? "True" : "False"
    case .none: "None"
    case .tuple: "a tuple"
    case .list: "a list"
    case .dictionary: "a dictionary"
    }
  }
}

/// Reads a Python literal by its grammar (Python Language Reference, sections 2.4 and 6.2): dictionaries, tuples, lists,
/// strings, numbers, `True`, `False`, `None`, and parentheses around a value. Comments, strings in triple quotes and strings
/// side by side, which Python allows and no writer of `.npy` files makes, are refused.
struct PythonLiteralReader {
  private let text: [UInt8]
  private let origin: Int
  private let isUTF8: Bool
  private let allowsLong: Bool
  private var offset = 0
  private var depth = 0
  // A structured type nests three levels for each record in a record.
  private static let depthLimit = 64

  /// The value of a whole text.
  ///
  /// - Parameters:
  ///   - text: the text; UTF-8 if `isUTF8`, else Latin-1.
  ///   - origin: where the text begins in its file, for messages.
  ///   - allowsLong: whether an integer may end in `L`, as Python 2 wrote it.
  static func value(
    _ text: [UInt8], origin: Int, isUTF8: Bool, allowsLong: Bool
  ) throws(ModelError) -> PythonLiteral {
    var reader = PythonLiteralReader(text: text, origin: origin, isUTF8: isUTF8, allowsLong: allowsLong)
    let value = try reader.value()
    reader.skipSpace()
    guard reader.peek == nil else { throw reader.unexpected("the end of the header") }
    return value
  }

  private init(text: [UInt8], origin: Int, isUTF8: Bool, allowsLong: Bool) {
    self.text = text
    self.origin = origin
    self.isUTF8 = isUTF8
    self.allowsLong = allowsLong
  }

  private var peek: UInt8? { offset < text.count ? text[offset] : nil }

  private mutating func skipSpace() {
    while let byte = peek, [0x20, 0x09, 0x0A, 0x0C, 0x0D].contains(byte) { offset += 1 }
  }

  /// Skips white space and then `byte`, if it is next.
  private mutating func skip(_ byte: UInt8) -> Bool {
    skipSpace()
    guard peek == byte else { return false }
    offset += 1
    return true
  }

  private mutating func value() throws(ModelError) -> PythonLiteral {
    skipSpace()
    let start = offset
    switch peek {
    case UInt8(ascii: "{"): return try nested { (reader) throws(ModelError) in try reader.dictionary() }
    case UInt8(ascii: "["):
      return .list(try nested { (r) throws(ModelError) in try r.elements(until: UInt8(ascii: "]")).values })
    case UInt8(ascii: "("):
      let (values, hasComma) = try nested { (r) throws(ModelError) in try r.elements(until: UInt8(ascii: ")"))
      }
      // `(4)` is the number 4 in parentheses; `(4,)` is a tuple.
      return values.count == 1 && !hasComma ? values[0] : .tuple(values)
    case UInt8(ascii: "'"), UInt8(ascii: "\""): return .string(try string(isRaw: false))
    case UInt8(ascii: "+"), UInt8(ascii: "-"):
      offset += 1
      skipSpace()
      let isNegative = text[start] == UInt8(ascii: "-")
      guard let byte = peek, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else {
        throw unexpected("a number")
      }
      return number(isNegative: isNegative)
    case .some(let byte)
    where byte == UInt8(ascii: ".") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte):
      return number(isNegative: false)
    case nil: throw unexpected("a value")
    default: return try word()
    }
  }

  private mutating func nested<Value>(
    _ body: (inout PythonLiteralReader) throws(ModelError) -> Value
  ) throws(ModelError) -> Value {
    guard depth < PythonLiteralReader.depthLimit else {
      throw ModelError(
        NumPyProblem.literalTooDeep(limit: PythonLiteralReader.depthLimit), at: .byte(origin + offset))
    }
    offset += 1
    depth += 1
    defer { depth -= 1 }
    return try body(&self)
  }

  private mutating func elements(
    until end: UInt8
  ) throws(ModelError) -> (values: [PythonLiteral], hasComma: Bool) {
    var values: [PythonLiteral] = []
    var hasComma = false
    while !skip(end) {
      guard values.isEmpty || hasComma else { throw unexpected("a comma or the closing bracket") }
      values.append(try value())
      hasComma = skip(UInt8(ascii: ","))
    }
    return (values, hasComma)
  }

  private mutating func dictionary() throws(ModelError) -> PythonLiteral {
    var entries: [(key: PythonLiteral, value: PythonLiteral)] = []
    var hasComma = true
    while !skip(UInt8(ascii: "}")) {
      guard hasComma else { throw unexpected("a comma or the closing bracket") }
      let key = try value()
      guard skip(UInt8(ascii: ":")) else { throw unexpected("a colon") }
      entries.append((key, try value()))
      hasComma = skip(UInt8(ascii: ","))
    }
    return .dictionary(entries)
  }

  private mutating func word() throws(ModelError) -> PythonLiteral {
    let start = offset
    while let byte = peek, PythonLiteralReader.isWordByte(byte) { offset += 1 }
    let word = String(decoding: text[start..<offset], as: UTF8.self)
    switch word {
    case "True": return .bool(true)
    case "False": return .bool(false)
    case "None": return PythonLiteral.none
    default: break
    }
    if peek == UInt8(ascii: "'") || peek == UInt8(ascii: "\"") {
      switch word.lowercased() {
      case "u": return .string(try string(isRaw: false))
      case "r": return .string(try string(isRaw: true))
      case "b":
        _ = try string(isRaw: false)
        return .bytes
      default: break
      }
    }
    offset = start
    throw unexpected("a value")
  }

  private static func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
      true
    default: false
    }
  }

  /// A number; one that is no integer is kept as it stands, since no entry of a header may be one.
  private mutating func number(isNegative: Bool) -> PythonLiteral {
    let start = offset
    while let byte = peek, PythonLiteralReader.isWordByte(byte) || byte == UInt8(ascii: ".") { offset += 1 }
    let written = String(decoding: text[start..<offset], as: UTF8.self)
    let magnitude = PythonLiteralReader.integer(written, allowsLong: allowsLong)
    guard let magnitude else { return .number((isNegative ? "-" : "") + written) }
    return .integer(isNegative ? -magnitude : magnitude)
  }

  /// The integer that a token stands for (Python Language Reference, section 2.4.5).
  private static func integer(_ token: String, allowsLong: Bool) -> Int? {
    var digits = Substring(token)
    if allowsLong, digits.last == "L" { digits.removeLast() }
    var radix = 10
    switch digits.prefix(2).lowercased() {
    case "0x": radix = 16
    case "0o": radix = 8
    case "0b": radix = 2
    default: break
    }
    if radix != 10 {
      digits.removeFirst(2)
      if digits.first == "_" { digits.removeFirst() }
    }
    let groups = digits.split(separator: "_", omittingEmptySubsequences: false)
    guard groups.allSatisfy({ !$0.isEmpty }) else { return nil }
    let plain = groups.joined()
    // A leading zero is an octal number in Python 2 and an error in Python 3.
    if radix == 10, plain.utf8.first == UInt8(ascii: "0"), plain.contains(where: { $0 != "0" }) { return nil }
    return Int(plain, radix: radix)
  }

  private mutating func string(isRaw: Bool) throws(ModelError) -> String {
    let quote = text[offset]
    offset += 1
    var content: [UInt8] = []
    while let byte = peek, byte != quote {
      guard byte != 0x0A, byte != 0x0D else { throw unexpected("the end of the string") }
      offset += 1
      guard byte == UInt8(ascii: "\\"), !isRaw else {
        // In Latin-1 each byte is the character of that number.
        if isUTF8 || byte < 0x80 {
          content.append(byte)
        } else {
          content += String(Unicode.Scalar(byte)).utf8
        }
        continue
      }
      content += String(try escaped()).utf8
    }
    guard peek == quote else { throw unexpected("the end of the string") }
    offset += 1
    return String(decoding: content, as: UTF8.self)
  }

  private mutating func escaped() throws(ModelError) -> Unicode.Scalar {
    let byte = peek
    switch byte {
    case UInt8(ascii: "\\"), UInt8(ascii: "'"), UInt8(ascii: "\""):
      offset += 1
      return Unicode.Scalar(byte ?? 0)
    case UInt8(ascii: "n"):
      offset += 1
      return "\n"
    case UInt8(ascii: "r"):
      offset += 1
      return "\r"
    case UInt8(ascii: "t"):
      offset += 1
      return "\t"
    case UInt8(ascii: "x"):
      let digits = text[min(offset + 1, text.count)..<min(offset + 3, text.count)]
      guard digits.count == 2, !digits.contains(UInt8(ascii: "+")), !digits.contains(UInt8(ascii: "-")),
        let code = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
      else { throw unexpected("an escape with two hexadecimal digits") }
      offset += 3
      return Unicode.Scalar(code)
    default: throw unexpected("an escape such as \\' or \\x27")
    }
  }

  private func unexpected(_ expected: String) -> ModelError {
    let found =
      switch peek {
      case nil: "the end of the header"
      case .some(let byte) where (0x21..<0x7F).contains(byte): "'\(Character(Unicode.Scalar(byte)))'"
      case .some(let byte): "the byte 0x\(byte < 16 ? "0" : "")\(String(byte, radix: 16))"
      }
    return ModelError(NumPyProblem.badLiteral(expected: expected, found: found), at: .byte(origin + offset))
  }
}
