/// Where storages lie in one block of memory: two that are in use at the same time never overlap.
///
/// Storages are placed in the order in which they come into use, each at the lowest multiple of 64 where it fits.
package struct ArenaLayout {
  /// The offset of each storage of the arena; nil for the others.
  package private(set) var offsets: [Int?]
  /// The size of the block; nil if it cannot be counted.
  package private(set) var byteCount: Int? = 0

  package init(_ storages: [StorageAssignment.Storage]) {
    offsets = Array(repeating: nil, count: storages.count)
    // What is in use, by offset.
    var used: [(range: Range<Int>, last: Int)] = []
    let order = storages.indices.filter { storages[$0].home == .arena }.sorted {
      (storages[$0].first, $0) < (storages[$1].first, $1)
    }
    var end = 0
    for index in order {
      let storage = storages[index]
      used.removeAll { $0.last < storage.first }
      let (size, sizeOverflow) = storage.byteCount.addingReportingOverflow(63)
      let count = size & ~63
      var start = 0
      var position = 0
      while position < used.count, used[position].range.lowerBound - start < count {
        start = max(start, used[position].range.upperBound)
        position += 1
      }
      let (stop, overflow) = start.addingReportingOverflow(count)
      guard !overflow, !sizeOverflow else {
        byteCount = nil
        return
      }
      offsets[index] = start
      if count > 0 { used.insert((start..<stop, storage.last), at: position) }
      end = max(end, stop)
    }
    byteCount = end
  }
}
