/// Reads little-endian integers and parts of a region one after another; the only place that turns bytes into numbers.
package struct ByteReader {
  /// What is read from.
  package let region: ByteRegion
  /// Where in the region the next byte is read.
  package private(set) var offset = 0
  private let origin: Int

  /// A reader at the start of `region`; `origin` is where the region begins in its file, for messages.
  package init(_ region: ByteRegion, origin: Int = 0) {
    self.region = region
    self.origin = origin
  }

  /// How many bytes are left.
  package var remaining: Int { region.count - offset }

  /// The next `count` bytes, which are `what` (for the message if they are missing).
  package mutating func bytes(_ count: Int, _ what: String) throws(ModelError) -> ByteRegion {
    guard count >= 0, count <= remaining else {
      throw ModelError(
        ByteProblem.truncated(what, needed: count, remaining: remaining), at: .byte(origin + offset))
    }
    defer { offset += count }
    return region[offset..<offset + count]
  }

  /// The next little-endian integer, which is `what`.
  package mutating func integer<Integer: FixedWidthInteger>(
    _ what: String, as type: Integer.Type = Integer.self
  ) throws(ModelError) -> Integer {
    let bytes = try bytes(MemoryLayout<Integer>.size, what)
    return bytes.withUnsafeBytes { Integer(littleEndian: $0.loadUnaligned(as: Integer.self)) }
  }

  /// The next little-endian `u64`, which is `what`, as a size that fits an `Int`.
  package mutating func size(_ what: String) throws(ModelError) -> Int {
    let place = origin + offset
    let wide = try integer(what, as: UInt64.self)
    guard let size = Int(exactly: wide) else {
      throw ModelError(ByteProblem.sizeTooLarge(what, wide), at: .byte(place))
    }
    return size
  }

  /// Demands that everything was read.
  package func expectEnd(of what: String) throws(ModelError) {
    guard remaining == 0 else {
      throw ModelError(ByteProblem.trailing(what, count: remaining), at: .byte(origin + offset))
    }
  }
}

/// What can be wrong with a run of bytes as such.
package enum ByteProblem: Problem {
  case truncated(String, needed: Int, remaining: Int)
  case sizeTooLarge(String, UInt64)
  case trailing(String, count: Int)

  package var category: ProblemCategory { .malformed }

  package var description: String {
    switch self {
    case .truncated(let what, let needed, let remaining):
      "\(what) needs \(needed) bytes, but only \(remaining) remain; the file seems to be cut off"
    case .sizeTooLarge(let what, let size):
      "\(what) of \(size) is larger than any file can be"
    case .trailing(let what, let count):
      "\(count == 1 ? "1 byte follows" : "\(count) bytes follow") the end of \(what), where nothing should"
    }
  }
}
