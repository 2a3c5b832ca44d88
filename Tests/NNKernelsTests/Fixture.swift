import Testing

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The numbers of one file of Fixtures/kernels, taken from front to back.
struct Fixture {
  private let bytes: Data
  private var offset = 0

  init(_ name: String) throws {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    bytes = try Data(
      contentsOf: tests.deletingLastPathComponent().appending(path: "Fixtures/kernels/\(name).bin"))
  }

  init(_ bytes: Data) { self.bytes = bytes }

  /// The elements that are left, if they are of type `Element`.
  func remaining<Element: BitwiseCopyable>(_: Element.Type) -> Int {
    (bytes.count - offset) / MemoryLayout<Element>.size
  }

  /// The next `count` numbers.
  mutating func take<Element: BitwiseCopyable>(_ count: Int, as _: Element.Type = Element.self) throws
    -> [Element]
  {
    let size = MemoryLayout<Element>.size
    try #require(bytes.count - offset >= count * size, "the fixture is too short")
    defer { offset += count * size }
    return bytes.withUnsafeBytes { raw in
      (0..<count).map { raw.loadUnaligned(fromByteOffset: offset + $0 * size, as: Element.self) }
    }
  }
}
