/// Copies the elements of an array into row-major, little-endian order.
///
/// The array is cut into halves along its longest axis again and again until a block is a few cache lines in both orders;
/// so every line and every page is used whole, whatever the size of the machine's caches (Frigo, Leiserson, Prokop and
/// Ramachandran, "Cache-oblivious algorithms", 1999).
struct Rearrangement<Element: FixedWidthInteger> {
  private let source: UnsafeRawPointer
  private let target: UnsafeMutableRawPointer
  private let swapsBytes: Bool
  private var extents: [Int] = []
  private var sourceStrides: [Int] = []
  private var targetStrides: [Int] = []
  private static var blockSize: Int { 64 }

  /// Copies an array of the given extents, of which none is zero.
  ///
  /// Both buffers have as many bytes as the extents' product says.
  static func run(
    from source: UnsafeRawBufferPointer, to target: UnsafeMutableRawBufferPointer, extents: [Int],
    isFortranOrder: Bool, swapsBytes: Bool
  ) {
    let count = extents.reduce(1, *)
    precondition(source.count == count * MemoryLayout<Element>.size && target.count == source.count)
    guard count > 0, let from = source.baseAddress, let to = target.baseAddress else { return }
    var copy = Rearrangement(source: from, target: to, swapsBytes: swapsBytes)
    if isFortranOrder {
      var (sourceStride, targetStride) = (1, count)
      for extent in extents {
        targetStride /= extent
        if extent > 1 { copy.addAxis(extent, sourceStride, targetStride) }
        sourceStride *= extent
      }
    }
    // Without two axes to exchange, the order is the same.
    if copy.extents.count < 2 {
      copy.copyRow(count, from: 0, sourceStride: 1, to: 0)
    } else {
      copy.copyBlock(count, from: 0, to: 0)
    }
  }

  private init(source: UnsafeRawPointer, target: UnsafeMutableRawPointer, swapsBytes: Bool) {
    self.source = source
    self.target = target
    self.swapsBytes = swapsBytes
  }

  private mutating func addAxis(_ extent: Int, _ sourceStride: Int, _ targetStride: Int) {
    extents.append(extent)
    sourceStrides.append(sourceStride)
    targetStrides.append(targetStride)
  }

  /// Copies the block of `extents` that begins at the given elements.
  private mutating func copyBlock(_ count: Int, from: Int, to: Int) {
    guard count > Self.blockSize else {
      copyAxis(0, from: from, to: to)
      return
    }
    var axis = 0
    for other in extents.indices where extents[other] > extents[axis] { axis = other }
    let extent = extents[axis]
    let half = extent / 2
    let unit = count / extent
    extents[axis] = half
    copyBlock(unit * half, from: from, to: to)
    extents[axis] = extent - half
    copyBlock(
      unit * (extent - half), from: from + half * sourceStrides[axis], to: to + half * targetStrides[axis])
    extents[axis] = extent
  }

  private func copyAxis(_ axis: Int, from: Int, to: Int) {
    guard axis < extents.count - 1 else {
      copyRow(extents[axis], from: from, sourceStride: sourceStrides[axis], to: to)
      return
    }
    for index in 0..<extents[axis] {
      copyAxis(axis + 1, from: from + index * sourceStrides[axis], to: to + index * targetStrides[axis])
    }
  }

  /// Copies elements that stand side by side in the target. The caller's block lies within both buffers.
  @inline(__always)
  private func copyRow(_ count: Int, from: Int, sourceStride: Int, to: Int) {
    let size = MemoryLayout<Element>.size
    let bound = target.advanced(by: to * size).assumingMemoryBound(to: Element.self)
    var input = source.advanced(by: from * size)
    if swapsBytes {
      for index in 0..<count {
        bound[index] = input.loadUnaligned(as: Element.self).byteSwapped
        input += sourceStride * size
      }
    } else {
      for index in 0..<count {
        bound[index] = input.loadUnaligned(as: Element.self)
        input += sourceStride * size
      }
    }
  }
}
