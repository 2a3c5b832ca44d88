#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// An immutable run of bytes in memory: owned, or a part of a mapped file.
///
/// A region keeps what it lies in alive, so taking a part of it costs nothing and is always safe.
public struct ByteRegion: @unchecked Sendable {
  // Safe to share: the bytes never change after the region was made, and `owner` keeps them where they are.
  private let owner: AnyObject?
  private let base: UnsafeRawPointer?
  /// How many bytes there are.
  public let count: Int

  /// The region of no bytes.
  public static let empty = ByteRegion(owner: nil, base: nil, count: 0)

  private init(owner: AnyObject?, base: UnsafeRawPointer?, count: Int) {
    self.owner = owner
    self.base = base
    self.count = count
  }

  /// A region of bytes that `owner` keeps alive, unmoved and unchanged.
  package init(_ bytes: UnsafeRawBufferPointer, keptBy owner: AnyObject) {
    self.init(owner: owner, base: bytes.baseAddress, count: bytes.count)
  }

  /// A region with a copy of the given bytes.
  public init(_ bytes: some Sequence<UInt8>) {
    let array = Array(bytes)
    self.init(count: array.count) { $0.copyBytes(from: array) }
  }

  /// A region of `count` bytes, zero at first, which `fill` writes once.
  ///
  /// The bytes are aligned to 64. A region over 64 MiB lies in a nameless temporary file that is mapped into memory, so
  /// that the system can page it out: large conversions then need no memory of their own.
  package init<E: Error>(
    count: Int, _ fill: (UnsafeMutableRawBufferPointer) throws(E) -> Void
  ) throws(E) {
    precondition(count >= 0, "a region has no negative size")
    guard count > 0 else {
      self = .empty
      return
    }
    let allocation = Allocation(count: count)
    try fill(UnsafeMutableRawBufferPointer(start: allocation.base, count: count))
    self.init(owner: allocation, base: UnsafeRawPointer(allocation.base), count: count)
  }

  /// Runs `body` on the bytes; the pointer is valid only inside.
  @inline(__always)
  public func withUnsafeBytes<Result, E: Error>(
    _ body: (UnsafeRawBufferPointer) throws(E) -> Result
  ) throws(E) -> Result {
    try withExtendedLifetime(owner) { () throws(E) in
      try body(UnsafeRawBufferPointer(start: base, count: count))
    }
  }

  /// A part of the region, without a copy.
  ///
  /// - Precondition: the range lies within `0..<count`.
  public subscript(range: Range<Int>) -> ByteRegion {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "the range lies outside of the region")
    guard !range.isEmpty, let base else { return .empty }
    return ByteRegion(owner: owner, base: base + range.lowerBound, count: range.count)
  }

  /// The same bytes at an address that is a multiple of `alignment` (at most 64): this region where it is already, else a copy.
  package func aligned(to alignment: Int) -> ByteRegion {
    guard let base, UInt(bitPattern: base) % UInt(alignment) != 0 else { return self }
    return ByteRegion(count: count) { copy in
      withUnsafeBytes { copy.copyMemory(from: $0) }
    }
  }
}

extension ByteRegion: Equatable {
  /// Equal when all bytes are.
  public static func == (left: ByteRegion, right: ByteRegion) -> Bool {
    guard left.count == right.count else { return false }
    guard let a = left.base, let b = right.base, a != b else { return true }
    return withExtendedLifetime((left.owner, right.owner)) { memcmp(a, b, left.count) == 0 }
  }
}

/// Zeroed memory that is given back when nothing uses it any more.
private final class Allocation {
  let base: UnsafeMutableRawPointer
  private let count: Int
  private let isMapped: Bool

  init(count: Int) {
    self.count = count
    if count > 64 << 20, let mapped = Allocation.mapTemporaryFile(count: count) {
      (base, isMapped) = (mapped, true)
    } else {
      base = UnsafeMutableRawPointer.allocate(byteCount: count, alignment: 64)
      memset(base, 0, count)
      isMapped = false
    }
  }

  deinit {
    if isMapped { munmap(base, count) } else { base.deallocate() }
  }

  private static func mapTemporaryFile(count: Int) -> UnsafeMutableRawPointer? {
    let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(folder)/nnm-XXXXXX".utf8CString)
    let descriptor = mkstemp(&template)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    unlink(template)
    // The space is claimed now: a full disk must be an error here, not a fault at some later store.
    #if canImport(Darwin)
      guard ftruncate(descriptor, off_t(count)) == 0 else { return nil }
    #else
      guard posix_fallocate(descriptor, 0, off_t(count)) == 0 else { return nil }
    #endif
    guard let base = mmap(nil, count, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0), base != MAP_FAILED
    else { return nil }
    return base
  }
}
