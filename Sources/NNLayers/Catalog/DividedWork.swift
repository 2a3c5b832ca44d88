package import NNKernels

/// Work over a number of units, rows or elements say, that may be done in any order, since each writes its own part of the result.
package protocol DividedWork {
  /// Does some units.
  ///
  /// - Parameter part: The number of the part that they are, below the number of parts; no two threads do the same one, so that it
  ///   can name working memory.
  func run(_ units: Range<Int>, part: Int)
}

extension Crew {
  /// Does `count` units of some work, in parts of neighbouring units for the threads where that pays.
  ///
  /// It is here and not beside `Crew` so that it is compiled for each type of work: through the protocol's table the loops of a
  /// generic type run without knowing its element type, many times slower.
  ///
  /// - Parameters:
  ///   - least: The fewest units that make a part.
  ///   - multiple: Parts begin at multiples of it.
  ///   - cost: About how many multiplications all units are, or how many bytes they move.
  ///   - partsPerThread: How many parts to make for each thread; with 1 there are no more parts than threads.
  package func divide<Work: DividedWork>(
    _ work: Work, count: Int, least: Int = 1, multiple: Int = 1, cost: Int, partsPerThread: Int = 4
  ) {
    let parts = parts(of: count / least, cost: cost, perThread: partsPerThread)
    guard parts > 1 else { return work.run(0..<count, part: 0) }
    withUnsafePointer(to: work) { work in
      withUnsafePointer(to: Division(work: work, count: count, multiple: multiple, parts: parts)) { division in
        // It takes nothing along but the type, so that a run needs no memory.
        run(parts: parts, division) { division, part in
          division.assumingMemoryBound(to: Division<Work>.self).pointee.run(part)
        }
      }
    }
  }
}

/// Work in parts.
private struct Division<Work: DividedWork> {
  let work: UnsafePointer<Work>
  let count: Int
  let multiple: Int
  let parts: Int

  func run(_ part: Int) {
    work.pointee.run(sharedRange(count, part: part, of: parts, multiple: multiple), part: part)
  }
}
