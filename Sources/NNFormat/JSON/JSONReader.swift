/// Reads JSON text (RFC 8259) strictly: no comments, no trailing commas, no duplicate names, bounded depth.
public struct JSONReader {
  private let bytes: UnsafeRawBufferPointer
  private let origin: Int?
  private let depthLimit: Int
  private var offset = 0
  private var depth = 0

  /// The value that a text stands for.
  ///
  /// - Parameters:
  ///   - text: the whole text, in UTF-8.
  ///   - origin: where the text begins in its file, if that is a binary file: errors then name the byte, and otherwise the
  ///     line and column.
  ///   - limits: how deep values may be nested.
  /// - Throws: ``JSONProblem`` with the place.
  public static func value(
    _ text: ByteRegion, origin: Int? = nil, limits: Limits = .standard
  ) throws(ModelError) -> JSONValue {
    try text.withUnsafeBytes { (bytes) throws(ModelError) in
      var reader = JSONReader(bytes: bytes, origin: origin, depthLimit: limits.jsonDepth)
      try reader.checkEncoding()
      let value = try reader.value()
      reader.skipSpace()
      guard reader.offset == bytes.count else {
        throw reader.error(.unexpected(found: reader.found, expected: "the end of the text"))
      }
      return value
    }
  }

  /// The value that a text stands for.
  ///
  /// - Throws: ``JSONProblem`` with line and column.
  public static func value(_ text: String, limits: Limits = .standard) throws(ModelError) -> JSONValue {
    try value(ByteRegion(text.utf8), limits: limits)
  }

  private init(bytes: UnsafeRawBufferPointer, origin: Int?, depthLimit: Int) {
    self.bytes = bytes
    self.origin = origin
    self.depthLimit = depthLimit
  }

  // Validated once as a whole, so that parts of it can become strings without another thought.
  private mutating func checkEncoding() throws(ModelError) {
    var parser = Unicode.UTF8.ForwardParser()
    while offset < bytes.count, bytes[offset] < 0x80 { offset += 1 }
    guard offset < bytes.count else {
      offset = 0
      return
    }
    var iterator = bytes[offset...].makeIterator()
    while true {
      switch parser.parseScalar(from: &iterator) {
      case .valid(let scalar): offset += scalar.count
      case .emptyInput:
        offset = 0
        return
      case .error: throw error(.notUTF8)
      }
    }
  }

  private var next: UInt8? { offset < bytes.count ? bytes[offset] : nil }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { offset += 1 }
  }

  private mutating func value() throws(ModelError) -> JSONValue {
    skipSpace()
    switch next {
    case UInt8(ascii: "{"): return .object(try object())
    case UInt8(ascii: "["): return .array(try array())
    case UInt8(ascii: "\""): return .string(try string())
    case let byte? where byte == UInt8(ascii: "-") || isDigit(byte): return try number()
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: throw unexpected("a value")
    }
  }

  private mutating func word(_ text: StaticString, _ value: JSONValue) throws(ModelError) -> JSONValue {
    let length = text.utf8CodeUnitCount
    let matches =
      bytes.count - offset >= length && (0..<length).allSatisfy { bytes[offset + $0] == text.utf8Start[$0] }
    guard matches else { throw unexpected("a value") }
    offset += length
    return value
  }

  private mutating func enter() throws(ModelError) {
    guard depth < depthLimit else { throw error(.tooDeep(limit: depthLimit)) }
    depth += 1
    offset += 1
  }

  private mutating func object() throws(ModelError) -> JSONObject {
    try enter()
    var object = JSONObject()
    skipSpace()
    if next == UInt8(ascii: "}") {
      leave()
      return object
    }
    while true {
      skipSpace()
      guard next == UInt8(ascii: "\"") else { throw unexpected("a name in quotes") }
      let nameOffset = offset
      let name = try string()
      skipSpace()
      guard next == UInt8(ascii: ":") else { throw unexpected("':'") }
      offset += 1
      let value = try value()
      guard object.append(name, value) else {
        offset = nameOffset
        throw error(.duplicateName(name))
      }
      if try ends(with: UInt8(ascii: "}"), "',' or '}'") { return object }
    }
  }

  private mutating func array() throws(ModelError) -> [JSONValue] {
    try enter()
    var array: [JSONValue] = []
    skipSpace()
    if next == UInt8(ascii: "]") {
      leave()
      return array
    }
    while true {
      array.append(try value())
      if try ends(with: UInt8(ascii: "]"), "',' or ']'") { return array }
    }
  }

  private mutating func ends(with bracket: UInt8, _ expected: String) throws(ModelError) -> Bool {
    skipSpace()
    if next == UInt8(ascii: ",") {
      offset += 1
      return false
    }
    guard next == bracket else { throw unexpected(expected) }
    leave()
    return true
  }

  private mutating func leave() {
    depth -= 1
    offset += 1
  }

  private mutating func number() throws(ModelError) -> JSONValue {
    let start = offset
    if next == UInt8(ascii: "-") { offset += 1 }
    let first = next
    let integerDigits = skipDigits()
    guard integerDigits > 0 else { throw unexpected("a digit") }
    if first == UInt8(ascii: "0"), integerDigits > 1 {
      offset = start
      throw error(.unexpected(found: "a number that begins with 0", expected: "one without leading zeros"))
    }
    var isInteger = true
    if next == UInt8(ascii: ".") {
      isInteger = false
      offset += 1
      guard skipDigits() > 0 else { throw unexpected("a digit") }
    }
    if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
      isInteger = false
      offset += 1
      if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { offset += 1 }
      guard skipDigits() > 0 else { throw unexpected("a digit") }
    }
    let text = String(decoding: bytes[start..<offset], as: UTF8.self)
    if isInteger, text != "-0" {
      if let value = Int64(text) { return .integer(value) }
      if let value = UInt64(text) { return .unsigned(value) }
    }
    guard let value = Double(text), value.isFinite else {
      offset = start
      throw error(.numberTooLarge(text.count > 32 ? "\(text.prefix(32))…" : text))
    }
    return .double(value)
  }

  private mutating func skipDigits() -> Int {
    let start = offset
    while let byte = next, isDigit(byte) { offset += 1 }
    return offset - start
  }

  private func isDigit(_ byte: UInt8) -> Bool {
    byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
  }

  private mutating func string() throws(ModelError) -> String {
    let open = offset
    offset += 1
    var start = offset
    var text = ""
    while let byte = next {
      switch byte {
      case UInt8(ascii: "\""):
        text += String(decoding: bytes[start..<offset], as: UTF8.self)
        offset += 1
        return text
      case UInt8(ascii: "\\"):
        text += String(decoding: bytes[start..<offset], as: UTF8.self)
        text.unicodeScalars.append(try escape())
        start = offset
      case 0..<0x20: throw error(.controlCharacter(byte))
      default: offset += 1
      }
    }
    offset = open
    throw error(.endsEarly(expected: "the end of this string"))
  }

  private mutating func escape() throws(ModelError) -> Unicode.Scalar {
    offset += 1
    guard let byte = next else { throw unexpected("an escaped character") }
    offset += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): return try unicodeEscape()
    default:
      offset -= 1
      throw unexpected("one of \" \\ / b f n r t u after a backslash")
    }
  }

  private mutating func unicodeEscape() throws(ModelError) -> Unicode.Scalar {
    let start = offset - 2
    let unit = try fourHexDigits()
    if let scalar = Unicode.Scalar(unit) { return scalar }
    let isPair =
      unit < 0xDC00 && offset + 1 < bytes.count && bytes[offset] == UInt8(ascii: "\\")
      && bytes[offset + 1] == UInt8(ascii: "u")
    if isPair {
      offset += 2
      let low = try fourHexDigits()
      if low >= 0xDC00, low < 0xE000,
        let scalar = Unicode.Scalar(0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00))
      {
        return scalar
      }
    }
    offset = start
    throw error(.loneSurrogate(String(decoding: bytes[start..<start + 6], as: UTF8.self)))
  }

  private mutating func fourHexDigits() throws(ModelError) -> UInt32 {
    var code: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw unexpected("four hexadecimal digits")
      }
      code = code << 4 | UInt32(digit)
      offset += 1
    }
    return code
  }

  private var found: String {
    guard let byte = next else { return "the end of the text" }
    if byte < 0x20 || byte == 0x7F { return "the control character \(byte)" }
    let text = String(decoding: bytes[offset..<min(offset + 4, bytes.count)], as: UTF8.self)
    return text.first.map { "'\($0)'" } ?? "byte \(byte)"
  }

  private func unexpected(_ expected: String) -> ModelError {
    error(next == nil ? .endsEarly(expected: expected) : .unexpected(found: found, expected: expected))
  }

  private func error(_ problem: JSONProblem) -> ModelError {
    if let origin { return ModelError(problem, at: .byte(origin + offset)) }
    let before = bytes[..<offset]
    let line = before.reduce(1) { $1 == 0x0A ? $0 + 1 : $0 }
    let start = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    return ModelError(problem, at: .line(line, column: offset - start + 1))
  }
}
