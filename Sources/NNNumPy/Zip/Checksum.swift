import CZlib
import Dispatch
import NNFormat

/// The CRC-32 of ZIP (ITU-T V.42, polynomial 0xEDB88320).
enum Checksum {
  /// Large data is cut into parts of this size, which are summed on all processors.
  private static let partSize = 2 << 20

  /// The checksum of regions as if they stood one after another.
  static func crc32(of regions: [ByteRegion]) -> UInt32 {
    var sum: uLong = 0
    for region in regions { sum = crc32_combine(sum, self.sum(of: region), region.count) }
    return UInt32(truncatingIfNeeded: sum)
  }

  private static func sum(of region: ByteRegion) -> uLong {
    guard region.count > partSize else { return serialSum(of: region) }
    let starts = Array(stride(from: 0, to: region.count, by: partSize))
    let sums = [uLong](unsafeUninitializedCapacity: starts.count) { buffer, count in
      buffer.initialize(repeating: 0)
      count = starts.count
      // Each position is written once, by one thread.
      nonisolated(unsafe) let results = buffer
      DispatchQueue.concurrentPerform(iterations: starts.count) { turn in
        results[turn] = serialSum(of: region[starts[turn]..<min(starts[turn] + partSize, region.count)])
      }
    }
    var sum: uLong = 0
    for (start, part) in zip(starts, sums) {
      sum = crc32_combine(sum, part, min(partSize, region.count - start))
    }
    return sum
  }

  private static func serialSum(of region: ByteRegion) -> uLong {
    region.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress else { return 0 }
      return crc32_z(0, base.assumingMemoryBound(to: Bytef.self), bytes.count)
    }
  }
}
