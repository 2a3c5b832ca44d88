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
  private let block: UnsafeMutableRawPointer

  /// Memory of `count` bytes, at least one cache line.
  ///
  /// - Throws: ``RuntimeProblem/outOfMemory(needed:)``.
  init(count: Int) throws(ModelError) {
    // Rounding up by hand: for small blocks posix_memalign takes several times as long as malloc.
    let (size, overflow) = max(count, 64).addingReportingOverflow(63)
    guard !overflow, let block = malloc(size) else {
      throw ModelError(RuntimeProblem.outOfMemory(needed: count))
    }
    self.block = block
    base = block.alignedUp(toMultipleOf: 64)
    self.count = count
  }

  deinit { free(block) }

  /// The bytes as a region that keeps this memory alive; they must not be written any more.
  var region: ByteRegion {
    ByteRegion(UnsafeRawBufferPointer(start: base, count: count), keptBy: self)
  }
}
