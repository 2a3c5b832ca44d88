import CZlib
import NNFormat

/// Raw deflate streams (RFC 1951), the compressed form of ZIP members.
enum Deflate {
  /// The `size` bytes that a stream stands for.
  ///
  /// Never writes more than `size` bytes, and demands that the stream gives exactly these and ends at its own last byte.
  static func inflated(_ stream: ByteRegion, size: Int) throws(ModelError) -> ByteRegion {
    // zlib wants somewhere to write even when there is nothing to be written.
    let output = try ByteRegion(count: max(size, 1)) { (target) throws(ModelError) in
      var inflater = try ZlibStream(compressing: false)
      let isWhole = stream.withUnsafeBytes { source in
        inflater.run(source, into: target, finish: true) && inflater.read == source.count
      }
      guard isWhole, inflater.written == size else { throw ModelError(ZipProblem.badCompressedData) }
    }
    return output[0..<size]
  }

  /// The stream for the given bytes, one region after another, at zlib's default level, as `np.savez_compressed` has it.
  static func deflated(_ parts: [ByteRegion]) throws(ModelError) -> ByteRegion {
    var deflater = try ZlibStream(compressing: true)
    let bound = deflater.bound(parts.reduce(0) { $0 + $1.count })
    let output = try ByteRegion(count: bound) { (target) throws(ModelError) in
      var isDone = true
      for part in parts where isDone {
        isDone = part.withUnsafeBytes { deflater.run($0, into: target, finish: false) }
      }
      isDone = isDone && ByteRegion.empty.withUnsafeBytes { deflater.run($0, into: target, finish: true) }
      guard isDone else { throw ModelError(ZipProblem.compressionFailed) }
    }
    return output[0..<deflater.written]
  }
}

/// A stream of zlib at work.
private struct ZlibStream: ~Copyable {
  // On the heap, since zlib keeps the address.
  private let stream: UnsafeMutablePointer<z_stream>
  private let isCompressing: Bool
  /// How many bytes were taken from the source of the last call.
  private(set) var read = 0
  /// How many bytes were written in all calls.
  private(set) var written = 0

  init(compressing: Bool) throws(ModelError) {
    isCompressing = compressing
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    let code =
      compressing ? nnm_deflate_init_raw(stream, Z_DEFAULT_COMPRESSION) : nnm_inflate_init_raw(stream)
    // Without memory zlib leaves nothing behind, and ending such a stream does nothing.
    guard code == Z_OK else { throw ModelError(ZipProblem.compressionFailed) }
  }

  deinit {
    if isCompressing { deflateEnd(stream) } else { inflateEnd(stream) }
    stream.deallocate()
  }

  /// The most bytes that compressing so many gives.
  func bound(_ count: Int) -> Int {
    Int(deflateBound(stream, uLong(count)))
  }

  /// Works off the source and writes behind what was written before; `finish` ends the stream, or demands that it ends.
  ///
  /// Gives false if the data is damaged or the target is full. Never reads or writes outside of the two buffers.
  mutating func run(
    _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer, finish: Bool
  ) -> Bool {
    // zlib counts in 32 bits.
    let most = 1 << 30
    read = 0
    while true {
      let input = UnsafeRawBufferPointer(rebasing: source[read...].prefix(most))
      let output = UnsafeMutableRawBufferPointer(rebasing: target[written...].prefix(most))
      let isLast = finish && read + input.count == source.count
      stream.pointee.next_in = UnsafeMutablePointer(
        mutating: input.baseAddress?.assumingMemoryBound(to: Bytef.self))
      stream.pointee.avail_in = uInt(input.count)
      stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: Bytef.self)
      stream.pointee.avail_out = uInt(output.count)
      let code =
        isCompressing ? deflate(stream, isLast ? Z_FINISH : Z_NO_FLUSH) : inflate(stream, Z_NO_FLUSH)
      let taken = input.count - Int(stream.pointee.avail_in)
      let given = output.count - Int(stream.pointee.avail_out)
      read += taken
      written += given
      if code == Z_STREAM_END { return true }
      if !finish, read == source.count { return true }
      guard code == Z_OK || code == Z_BUF_ERROR, taken + given > 0 else { return false }
    }
  }
}
