#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A file of plain bytes.
struct RawFile {
  /// The content.
  let bytes: [UInt8]

  /// What went wrong on reading it.
  struct Unreadable: Error {
    let path: String
  }

  init(_ path: String) throws {
    guard let file = fopen(path, "rb") else { throw Unreadable(path: path) }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = fread(&part, 1, part.count, file)
      guard count > 0 else { break }
      bytes += part[..<count]
    }
    self.bytes = bytes
  }
}
