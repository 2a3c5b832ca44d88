#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A file that appears under its name whole or not at all.
///
/// The bytes go into a file without a name (Linux) or into a hidden sibling (elsewhere), reach the disk, and only then take
/// the name. If anything fails before, an older file of that name stays as it was. On Linux even a killed process leaves
/// nothing behind.
package struct AtomicFile: ~Copyable {
  private let path: String
  private let folder: String
  private let replaces: Bool
  private let descriptor: CInt
  private var temporaryPath: String?
  private var buffer: [UInt8] = []
  private static let bufferSize = 1 << 20
  #if os(Linux)
    // Linux's O_TMPFILE (asm-generic/fcntl.h), a macro that Swift does not import.
    private static let temporary: CInt = 0o20_000_000 | O_DIRECTORY
  #endif

  /// Writes the file at `path` through `body`.
  ///
  /// - Throws: ``FileProblem/alreadyExists`` if there is one and `replaces` is false; `cannotCreate` or `writeFailed` with the
  ///   system's reason; and what `body` throws.
  package static func write(
    to path: String, replacing replaces: Bool, _ body: (inout AtomicFile) throws(ModelError) -> Void
  ) throws(ModelError) {
    var file = try AtomicFile(path: path, replaces: replaces)
    try body(&file)
    try file.finish()
  }

  private init(path: String, replaces: Bool) throws(ModelError) {
    self.path = path
    self.replaces = replaces
    let slash = path.lastIndex(of: "/")
    folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    try AtomicFile.checkDestination(path, replacing: replaces)
    (descriptor, temporaryPath) = try AtomicFile.create(in: folder, for: path)
  }

  private static func create(
    in folder: String, for path: String
  ) throws(ModelError) -> (descriptor: CInt, temporaryPath: String?) {
    #if os(Linux)
      let nameless = open(folder, temporary | O_RDWR | O_CLOEXEC, 0o666)
      if nameless >= 0 { return (nameless, nil) }
    #endif
    let sibling = sibling(of: path)
    let named = open(sibling, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0o666)
    guard named >= 0 else { throw ModelError(FileProblem.cannotCreate(reason: FileProblem.reason(errno))) }
    return (named, sibling)
  }

  deinit {
    close(descriptor)
    if let temporaryPath { unlink(temporaryPath) }
  }

  /// Demands that a file may appear at `path`: that nothing is there, or a regular file that may be replaced.
  package static func checkDestination(_ path: String, replacing replaces: Bool) throws(ModelError) {
    var status = stat()
    guard stat(path, &status) == 0 else { return }
    if status.st_mode & S_IFMT == S_IFDIR {
      throw ModelError(FileProblem.cannotCreate(reason: "a folder of that name is there"))
    }
    guard replaces else { throw ModelError(FileProblem.alreadyExists) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw ModelError(FileProblem.cannotCreate(reason: "what is there is not a regular file"))
    }
  }

  private static func sibling(of path: String) -> String {
    let slash = path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex
    let mark = String(UInt64.random(in: 0 ... .max), radix: 36)
    return "\(path[..<slash]).\(path[slash...].prefix(100)).\(mark).tmp"
  }

  /// A path under which a C library can open the unfinished file; it must write through it alone.
  package var libraryPath: String {
    temporaryPath ?? "/proc/self/fd/\(descriptor)"
  }

  /// Appends bytes.
  package mutating func write(_ bytes: some Collection<UInt8>) throws(ModelError) {
    buffer.append(contentsOf: bytes)
    if buffer.count >= AtomicFile.bufferSize { try flush() }
  }

  /// Appends the bytes of a region; a large one goes to the system as it lies.
  package mutating func write(_ region: ByteRegion) throws(ModelError) {
    if region.count < 64 << 10 {
      region.withUnsafeBytes { buffer.append(contentsOf: $0) }
      if buffer.count >= AtomicFile.bufferSize { try flush() }
    } else {
      try flush()
      try region.withUnsafeBytes { (bytes) throws(ModelError) in try put(bytes) }
    }
  }

  /// Appends zeros.
  package mutating func write(zeros count: Int) throws(ModelError) {
    try write(repeatElement(0, count: count))
  }

  /// Hands everything appended so far to the system, so that it can be read under ``libraryPath``.
  package mutating func flush() throws(ModelError) {
    let pending = buffer
    buffer.removeAll(keepingCapacity: true)
    let written = pending.withUnsafeBytes { bytes -> Result<Void, ModelError> in
      Result { () throws(ModelError) in try put(bytes) }
    }
    try written.get()
  }

  private func put(_ bytes: UnsafeRawBufferPointer) throws(ModelError) {
    var rest = bytes[...]
    while let start = UnsafeRawBufferPointer(rebasing: rest).baseAddress, !rest.isEmpty {
      #if canImport(Darwin)
        let count = Darwin.write(descriptor, start, min(rest.count, 1 << 30))
      #elseif canImport(Glibc)
        let count = Glibc.write(descriptor, start, min(rest.count, 1 << 30))
      #else
        let count = Musl.write(descriptor, start, min(rest.count, 1 << 30))
      #endif
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw ModelError(FileProblem.writeFailed(reason: FileProblem.reason(errno))) }
      rest = rest.dropFirst(count)
    }
  }

  #if os(Linux)
    /// Gives the nameless file a name that must be free; the error number, or 0.
    private func nameFile(_ name: String) -> CInt {
      let failed = linkat(AT_FDCWD, "/proc/self/fd/\(descriptor)", AT_FDCWD, name, AT_SYMLINK_FOLLOW) != 0
      return failed ? errno : 0
    }
  #endif

  private consuming func finish() throws(ModelError) {
    try flush()
    guard fsync(descriptor) == 0 else {
      throw ModelError(FileProblem.writeFailed(reason: FileProblem.reason(errno)))
    }
    #if os(Linux)
      if temporaryPath == nil {
        // A nameless file takes a name that is free; only to replace a file it takes a hidden one first.
        var code = nameFile(path)
        if code == EEXIST, replaces {
          let hidden = AtomicFile.sibling(of: path)
          code = nameFile(hidden)
          if code == 0 { temporaryPath = hidden }
        }
        guard code == 0 else {
          throw ModelError(
            code == EEXIST ? FileProblem.alreadyExists : .cannotCreate(reason: FileProblem.reason(code)))
        }
      }
    #endif
    if let source = temporaryPath {
      // Without leave to replace, a link is made, because a rename would replace silently.
      let failed = replaces ? rename(source, path) != 0 : link(source, path) != 0
      if failed {
        let code = errno
        throw ModelError(
          code == EEXIST ? FileProblem.alreadyExists : .cannotCreate(reason: FileProblem.reason(code)))
      }
      if replaces { temporaryPath = nil }
    }
    let directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if directory >= 0 {
      fsync(directory)
      close(directory)
    }
  }
}
