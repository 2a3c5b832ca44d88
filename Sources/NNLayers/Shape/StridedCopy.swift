import NNFormat
import NNKernels

/// Copies elements that stand at regular distances into dense, row-major memory: transpositions, slices, repetitions.
///
/// The dimensions of the result are appended outermost first, each with the distance of its elements in the source,
/// which may be 0 or negative. Dimensions that continue each other become one, so that whole runs are copied where runs
/// exist.
struct StridedCopy {
  /// More than any layer appends: two for each dimension of a value.
  private static let capacity = 2 * Shape.maximumRank
  /// The bytes that the copy keeps its dimensions in.
  static let scratchSize = 2 * capacity * MemoryLayout<Int>.size

  private let extents: UnsafeMutablePointer<Int>
  private let strides: UnsafeMutablePointer<Int>
  private var rank = 0
  private var isEmpty = false

  /// A copy without dimensions, of one element.
  ///
  /// - Parameter scratch: memory of ``scratchSize`` bytes.
  init(scratch: UnsafeMutableRawPointer) {
    extents = scratch.assumingMemoryBound(to: Int.self)
    strides = extents + StridedCopy.capacity
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

  /// Copies elements of `size` bytes, the first of which is at `source`, some runs of them on each thread.
  func run(from source: UnsafeRawPointer, to target: UnsafeMutableRawPointer, size: Int, on crew: Crew) {
    guard !isEmpty else { return }
    guard rank > 0 else { return target.copyMemory(from: source, byteCount: size) }
    var runs = 1
    for axis in 0..<rank - 1 { runs *= extents[axis] }
    let work = RunsOfCopy(
      rank: rank, extents: extents, strides: strides, source: source, target: target, size: size)
    crew.divide(work, count: runs, cost: runs * extents[rank - 1] * size)
  }
}

/// The runs of a strided copy along its innermost dimension.
private struct RunsOfCopy: DividedWork {
  let rank: Int
  let extents: UnsafePointer<Int>
  let strides: UnsafePointer<Int>
  let source: UnsafeRawPointer
  let target: UnsafeMutableRawPointer
  let size: Int

  func run(_ runs: Range<Int>, part: Int) {
    let count = extents[rank - 1]
    guard strides[rank - 1] != 1 else {
      return forEachRun(runs) { from, to in
        (target + to * count * size).copyMemory(from: source + from * size, byteCount: count * size)
      }
    }
    switch size {
    case 1: copy(runs, of: UInt8.self)
    case 2: copy(runs, of: UInt16.self)
    case 4: copy(runs, of: UInt32.self)
    default: copy(runs, of: UInt64.self)
    }
  }

  @inline(__always)
  private func copy<Element: BitwiseCopyable>(_ runs: Range<Int>, of type: Element.Type) {
    let source = source.assumingMemoryBound(to: type)
    let target = target.assumingMemoryBound(to: type)
    let (count, stride) = (extents[rank - 1], strides[rank - 1])
    forEachRun(runs) { from, to in
      var position = from
      let run = target + to * count
      for index in 0..<count {
        run[index] = source[position]
        position &+= stride
      }
    }
  }

  /// Calls `body` for each run with the place of its first element and the run's number.
  @inline(__always)
  private func forEachRun(_ runs: Range<Int>, _ body: (_ from: Int, _ run: Int) -> Void) {
    let outer = rank - 1
    withUnsafeTemporaryAllocation(of: Int.self, capacity: outer) { positions in
      var (from, rest) = (0, runs.lowerBound)
      for axis in (0..<outer).reversed() {
        positions.initializeElement(at: axis, to: rest % extents[axis])
        rest /= extents[axis]
        from += positions[axis] * strides[axis]
      }
      for run in runs {
        body(from, run)
        var axis = outer - 1
        while axis >= 0 {
          positions[axis] += 1
          from += strides[axis]
          if positions[axis] < extents[axis] { break }
          from -= strides[axis] * extents[axis]
          positions[axis] = 0
          axis -= 1
        }
      }
    }
  }
}
