public import NNFormat

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A `.npy` file that is read a few rows at a time, however large it is.
///
///     let file = try NPYFile("samples.npy")
///     let batch = try file.rows(0..<1024)
///
/// A row is what lies at one index of the first dimension. The file must not be changed meanwhile.
public final class NPYFile: Sendable {
  /// The type of the elements.
  public let dataType: DataType
  /// The extents, outermost first; at least one.
  public let shape: Shape
  private let isBigEndian: Bool
  private let path: String
  private let descriptor: CInt
  private let start: Int

  /// Opens the file at a path and checks its header and its size.
  ///
  /// - Throws: `FileProblem` if it cannot be read, ``NumPyProblem`` if it is no `.npy` file, or its rows do not lie one after another
  ///   (``NumPyProblem/noRows(_:)``); the path stands in front.
  public init(_ path: String) throws(ModelError) {
    self.path = path
    let (descriptor, size) = try located(.file(path)) { () throws(ModelError) in try openedFile(path) }
    self.descriptor = descriptor
    let header: NPYHeader
    do throws(ModelError) {
      (header, start) = try located(.file(path)) { () throws(ModelError) in
        let length = min(size, NPYHeader.maximumSize + 12)
        let beginning = try readBytes(descriptor, at: 0, count: length)
        var reader = ByteReader(beginning)
        let header = try NPYHeader(&reader)
        guard header.shape.rank > 0 else { throw ModelError(NumPyProblem.noRows("it holds a single number")) }
        guard !header.isFortranOrder || header.shape.rank == 1 else {
          throw ModelError(NumPyProblem.noRows("it is stored in Fortran order"))
        }
        let needed = header.shape.count * header.dataType.byteSize
        guard size - reader.offset >= needed else {
          throw ModelError(
            ByteProblem.truncated("the array", needed: needed, remaining: size - reader.offset),
            at: .byte(reader.offset))
        }
        guard size - reader.offset == needed else {
          throw ModelError(
            ByteProblem.trailing("the array", count: size - reader.offset - needed), at: .byte(reader.offset + needed))
        }
        return (header, reader.offset)
      }
    } catch {
      close(descriptor)
      throw error
    }
    (dataType, shape, isBigEndian) = (header.dataType, header.shape, header.isBigEndian)
  }

  deinit { close(descriptor) }

  /// Some rows, read into memory.
  ///
  /// - Precondition: the rows are there.
  /// - Throws: `FileProblem` if they cannot be read, `ModelProblem` if a truth value is neither 0 nor 1.
  public func rows(_ range: Range<Int>) throws(ModelError) -> Tensor {
    precondition(range.lowerBound >= 0 && range.upperBound <= shape[0], "the rows lie outside of the array")
    return try located(.file(path)) { () throws(ModelError) in
      let size = shape[0] == 0 ? 0 : shape.count / shape[0] * dataType.byteSize
      let bytes = try readBytes(descriptor, at: start + range.lowerBound * size, count: range.count * size)
      let part = try Shape([range.count] + shape.dimensions.dropFirst())
      return try NPY.tensor(dataType, part, isBigEndian: isBigEndian, bytes)
    }
  }
}

/// A file for reading, and its size.
private func openedFile(_ path: String) throws(ModelError) -> (descriptor: CInt, size: Int) {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
  guard descriptor >= 0 else { throw ModelError(FileProblem.opening(errno)) }
  var status = stat()
  let problem: FileProblem? =
    fstat(descriptor, &status) != 0
    ? FileProblem.opening(errno)
    : status.st_mode & S_IFMT == S_IFDIR ? .isDirectory : status.st_mode & S_IFMT == S_IFREG ? nil : .notRegular
  if let problem {
    close(descriptor)
    throw ModelError(problem)
  }
  return (descriptor, Int(status.st_size))
}

/// Bytes of a file from a place on.
private func readBytes(_ descriptor: CInt, at offset: Int, count: Int) throws(ModelError) -> ByteRegion {
  try ByteRegion(count: count) { (target) throws(ModelError) in
    var done = 0
    while done < count, let base = target.baseAddress {
      let got = pread(descriptor, base + done, min(count - done, 1 << 30), off_t(offset + done))
      if got < 0, errno == EINTR { continue }
      guard got >= 0 else { throw ModelError(FileProblem.readFailed(reason: FileProblem.reason(errno))) }
      guard got > 0 else {
        throw ModelError(FileProblem.readFailed(reason: "it has become shorter while it was read"))
      }
      done += got
    }
  }
}
