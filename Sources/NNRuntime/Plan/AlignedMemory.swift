import NNFormat

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Memory at a multiple of 64, not zeroed, given back when nothing uses it any more.
///
/// Unchecked: whoever makes it writes it, and from then on it is read, or used by one run at a time.
final class AlignedMemory: @unchecked Sendable {
  let base: UnsafeMutableRawPointer
  let count: Int

  /// Memory of `count` bytes, at least one cache line.
  ///
  /// - Throws: ``RuntimeProblem/outOfMemory(needed:)``.
  init(count: Int) throws(ModelError) {
    var base: UnsafeMutableRawPointer?
    guard posix_memalign(&base, 64, max(count, 64)) == 0, let base else {
      throw ModelError(RuntimeProblem.outOfMemory(needed: count))
    }
    self.base = base
    self.count = count
  }

  deinit { free(base) }

  /// The bytes as a region that keeps this memory alive; they must not be written any more.
  var region: ByteRegion {
    ByteRegion(UnsafeRawBufferPointer(start: base, count: count), keptBy: self)
  }
}
