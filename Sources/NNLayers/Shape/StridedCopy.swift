import NNFormat

/// Copies elements that stand at regular distances into dense, row-major memory: transpositions, slices, repetitions.
///
/// The dimensions of the result are appended outermost first, each with the distance of its elements in the source, which may
/// be 0 or negative. Dimensions that continue each other become one, so that whole runs are copied where runs exist.
struct StridedCopy {
  /// More than any layer appends: two for each dimension of a value.
  private static let capacity = 2 * Shape.maximumRank
  /// The bytes that the copy keeps its dimensions in.
  static let scratchSize = 3 * capacity * MemoryLayout<Int>.size

  private let extents: UnsafeMutablePointer<Int>
  private let strides: UnsafeMutablePointer<Int>
  private let positions: UnsafeMutablePointer<Int>
  private var rank = 0
  private var isEmpty = false

  /// A copy without dimensions, of one element.
  ///
  /// - Parameter scratch: memory of ``scratchSize`` bytes.
  init(scratch: UnsafeMutableRawPointer) {
    extents = scratch.assumingMemoryBound(to: Int.self)
    strides = extents + StridedCopy.capacity
    positions = strides + StridedCopy.capacity
  }

  /// Adds a dimension inside of those that there are; `stride` counts elements of the source.
  mutating func append(_ extent: Int, stride: Int) {
    guard extent != 1 else { return }
    isEmpty = isEmpty || extent == 0
    if rank > 0, !isEmpty, strides[rank - 1] == extent * stride {
      extents[rank - 1] *= extent
      strides[rank - 1] = stride
      return
    }
    extents[rank] = extent
    strides[rank] = stride
    rank += 1
  }

  /// Copies elements of `size` bytes, the first of which is at `source`.
  func run(from source: UnsafeRawPointer, to target: UnsafeMutableRawPointer, size: Int) {
    guard !isEmpty else { return }
    guard rank > 0 else { return target.copyMemory(from: source, byteCount: size) }
    let count = extents[rank - 1]
    let stride = strides[rank - 1]
    if stride == 1 {
      return forEachRun { from, to in
        (target + to * count * size).copyMemory(from: source + from * size, byteCount: count * size)
      }
    }
    switch size {
    case 1: runs(of: UInt8.self, source, target, count, stride)
    case 2: runs(of: UInt16.self, source, target, count, stride)
    case 4: runs(of: UInt32.self, source, target, count, stride)
    default: runs(of: UInt64.self, source, target, count, stride)
    }
  }

  @inline(__always)
  private func runs<Element: BitwiseCopyable>(
    of type: Element.Type, _ source: UnsafeRawPointer, _ target: UnsafeMutableRawPointer, _ count: Int, _ stride: Int
  ) {
    let source = source.assumingMemoryBound(to: type)
    let target = target.assumingMemoryBound(to: type)
    forEachRun { from, to in
      var position = from
      let run = target + to * count
      for index in 0..<count {
        run[index] = source[position]
        position &+= stride
      }
    }
  }

  /// Calls `body` for each run along the innermost dimension with the place of its first element and the run's number.
  @inline(__always)
  private func forEachRun(_ body: (_ from: Int, _ run: Int) -> Void) {
    let outer = rank - 1
    for axis in 0..<outer { positions[axis] = 0 }
    var from = 0
    var run = 0
    while true {
      body(from, run)
      run += 1
      var axis = outer - 1
      while axis >= 0 {
        positions[axis] += 1
        from += strides[axis]
        if positions[axis] < extents[axis] { break }
        from -= strides[axis] * extents[axis]
        positions[axis] = 0
        axis -= 1
      }
      if axis < 0 { return }
    }
  }
}
