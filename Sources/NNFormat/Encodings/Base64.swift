/// Base64 (RFC 4648, section 4): the standard alphabet, with padding, without line breaks.
enum Base64 {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  private static let digits: [UInt8] = {
    var digits = [UInt8](repeating: 0xFF, count: 256)
    for (value, character) in alphabet.enumerated() { digits[Int(character)] = UInt8(value) }
    return digits
  }()

  /// The text of a region.
  static func text(_ region: ByteRegion) -> String {
    region.withUnsafeBytes { bytes in
      String(unsafeUninitializedCapacity: (bytes.count + 2) / 3 * 4) { text in
        var place = 0
        for start in stride(from: 0, to: bytes.count, by: 3) {
          let count = min(3, bytes.count - start)
          let group = (0..<3).reduce(UInt32(0)) { $0 << 8 | ($1 < count ? UInt32(bytes[start + $1]) : 0) }
          for digit in 0..<4 {
            let value = Int(group >> (18 - 6 * UInt32(digit)) & 63)
            text[place] = digit <= count ? alphabet[value] : UInt8(ascii: "=")
            place += 1
          }
        }
        return place
      }
    }
  }

  /// The bytes of a text; nil if it is not base64 in its only canonical form.
  static func bytes(_ text: String) -> ByteRegion? {
    let characters = Array(text.utf8)
    guard characters.count % 4 == 0 else { return nil }
    let padding = characters.suffix(2).reduce(0) { $0 + ($1 == UInt8(ascii: "=") ? 1 : 0) }
    let digitCount = characters.count - padding
    let count = characters.count / 4 * 3 - padding
    var isValid = true
    let region = ByteRegion(count: count) { bytes in
      var group: UInt32 = 0
      var place = 0
      for position in 0..<characters.count {
        let digit = position < digitCount ? digits[Int(characters[position])] : 0
        if digit == 0xFF { isValid = false }
        group = group << 6 | UInt32(digit & 63)
        guard position % 4 == 3 else { continue }
        for byte in 0..<3 {
          let value = UInt8(truncatingIfNeeded: group >> (16 - 8 * UInt32(byte)))
          if place < count {
            bytes[place] = value
          } else if value != 0 {
            isValid = false
          }
          place += 1
        }
        group = 0
      }
    }
    return isValid ? region : nil
  }
}
