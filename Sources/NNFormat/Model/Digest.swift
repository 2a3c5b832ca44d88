import Crypto

/// A SHA-256 digest (FIPS 180-4).
public struct Digest: Sendable, Hashable, CustomStringConvertible {
  /// The 32 bytes.
  public let bytes: [UInt8]

  private init(bytes: [UInt8]) { self.bytes = bytes }

  /// The digest of one region, or of several as if they stood one after another.
  public init(of regions: ByteRegion...) {
    var hash = SHA256()
    for region in regions {
      region.withUnsafeBytes { hash.update(bufferPointer: $0) }
    }
    bytes = Array(hash.finalize())
  }

  /// The digest of a text's UTF-8.
  public init(of text: [UInt8]) {
    bytes = Array(SHA256.hash(data: text))
  }

  /// The digest that a text names: `sha256:` and 64 lower-case hexadecimal digits; nil for any other text.
  public init?(_ text: String) {
    let digits = Array(text.utf8.dropFirst(7))
    guard text.utf8.starts(with: "sha256:".utf8), digits.count == 64 else { return nil }
    var bytes: [UInt8] = []
    for position in stride(from: 0, to: 64, by: 2) {
      guard let high = Digest.digit(digits[position]), let low = Digest.digit(digits[position + 1]) else {
        return nil
      }
      bytes.append(high << 4 | low)
    }
    self.init(bytes: bytes)
  }

  /// The digest with the given 32 bytes; nil if there are not 32.
  package init?(rawBytes: ByteRegion) {
    guard rawBytes.count == 32 else { return nil }
    self.init(bytes: rawBytes.withUnsafeBytes { Array($0) })
  }

  /// `sha256:` and the hexadecimal digits.
  public var description: String { "sha256:\(hexadecimal)" }

  /// The 64 hexadecimal digits, lower-case.
  public var hexadecimal: String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    default: nil
    }
  }
}
