#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A file mapped into memory for reading.
///
/// Nothing is read before it is touched. The file may be deleted or replaced while it is mapped (the mapping keeps the old
/// content), but it must not be truncated in place by another program.
package final class MappedFile {
  private let base: UnsafeMutableRawPointer
  private let count: Int

  private init(base: UnsafeMutableRawPointer, count: Int) {
    self.base = base
    self.count = count
  }

  deinit { munmap(base, count) }

  /// The bytes of the file at `path`.
  ///
  /// - Throws: ``FileProblem`` if there is no such file, it may not be read, or it is a folder or no regular file.
  package static func contents(of path: String) throws(ModelError) -> ByteRegion {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw ModelError(FileProblem.opening(errno)) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw ModelError(FileProblem.opening(errno)) }
    switch status.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFDIR: throw ModelError(FileProblem.isDirectory)
    default: throw ModelError(FileProblem.notRegular)
    }
    guard status.st_size > 0 else { return .empty }
    let count = Int(status.st_size)
    guard let base = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0), base != MAP_FAILED else {
      throw ModelError(FileProblem.readFailed(reason: FileProblem.reason(errno)))
    }
    let file = MappedFile(base: base, count: count)
    return ByteRegion(UnsafeRawBufferPointer(start: base, count: count), keptBy: file)
  }

  /// Whether a folder lies at `path`.
  package static func isDirectory(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }
}
