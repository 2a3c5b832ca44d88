import CNNKernels
import Synchronization

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The threads of one run: the caller, and workers that join when there is work to share.
///
/// Work comes in parts that any thread may do, each writing its own part of the result, so that the bits do not depend on the
/// number of threads. A crew has one user at a time, allocates nothing once it is made, and waits only for workers that have
/// begun a part: one that wakes late, or never, costs nothing.
package final class Crew: Sendable {
  /// What a part does: the context, and the part's number. A function that takes nothing else along needs no memory.
  package typealias Part = (UnsafeRawPointer, Int) -> Void

  /// The most threads that work at a time, the caller included.
  package let threadCount: Int

  /// The section that is open, or 0: an odd number that no earlier section had.
  private let section = Atomic<UInt>(0)
  /// How many workers may look at the section's fields.
  private let inside = Atomic<Int>(0)
  /// How many workers have joined and not left.
  private let joined = Atomic<Int>(0)
  private let nextPart = Atomic<Int>(0)
  /// Whether workers may go and help others.
  private let isDismissed = Atomic<Bool>(true)
  private nonisolated(unsafe) var number: UInt = 0
  private nonisolated(unsafe) var partCount = 0
  private nonisolated(unsafe) var context = UnsafeRawPointer(bitPattern: 1)
  private nonisolated(unsafe) var body: Part = { _, _ in }

  /// How many times a worker looks for the next section before it leaves: about 100 us, a step that is not shared.
  private static let patience = 2_000

  /// A crew of up to `threadCount` threads, at least the caller.
  package init(threadCount: Int) {
    self.threadCount = max(1, threadCount)
  }

  /// How many parts to make of work that takes about `cost` multiplications (or as many bytes, moved), of which at most `units`
  /// can be told apart: 1 where sharing would cost more than it gains.
  package func parts(of units: Int, cost: Int, perThread: Int = 4) -> Int {
    guard threadCount > 1, units > 1, cost >= 2 * Crew.grain else { return 1 }
    return min(units, cost / Crew.grain, threadCount * perThread)
  }

  /// The least work of a part, in multiplications: some microseconds.
  private static let grain = 1 << 18

  /// Does all parts from 0 to `parts - 1`, each once, and returns when they are done.
  package func run(parts: Int, _ context: UnsafeRawPointer, _ body: @escaping Part) {
    guard parts > 1, threadCount > 1 else {
      for part in 0..<parts { body(context, part) }
      return
    }
    share(parts, context, body)
  }

  private func share(_ parts: Int, _ context: UnsafeRawPointer, _ body: @escaping Part) {
    let pool = WorkerPool.shared
    if isDismissed.load(ordering: .relaxed) {
      pool.active.wrappingAdd(1, ordering: .relaxed)
      isDismissed.store(false, ordering: .sequentiallyConsistent)
    }
    self.context = context
    self.body = body
    partCount = parts
    number &+= 2
    nextPart.store(0, ordering: .relaxed)
    section.store(number | 1, ordering: .sequentiallyConsistent)
    let wanted =
      min(threadCount - pool.active.load(ordering: .relaxed), parts - 1)
      - joined.load(ordering: .relaxed)
    if wanted > 0 {
      pool.prepare(threadCount - 1)
      // Counted before they can leave.
      joined.wrappingAdd(wanted, ordering: .relaxed)
      let found = pool.call(wanted, for: self)
      joined.wrappingSubtract(wanted - found, ordering: .relaxed)
    }
    work(parts, context, body)
    section.store(0, ordering: .sequentiallyConsistent)
    var turns = 0
    while inside.load(ordering: .sequentiallyConsistent) > 0 {
      nnk_pause()
      turns += 1
      // A worker that lost its processor in the midst of a part needs one.
      if turns.isMultiple(of: 4_096) { sched_yield() }
    }
  }

  @inline(__always)
  private func work(_ parts: Int, _ context: UnsafeRawPointer, _ body: Part) {
    while true {
      let part = nextPart.wrappingAdd(1, ordering: .relaxed).oldValue
      guard part < parts else { return }
      body(context, part)
    }
  }

  /// Lets the workers go. The run is over.
  package func dismiss() {
    guard !isDismissed.load(ordering: .relaxed) else { return }
    isDismissed.store(true, ordering: .releasing)
    WorkerPool.shared.active.wrappingSubtract(1, ordering: .relaxed)
  }

  /// A worker's life in the crew: it does parts of each section until there is none for a while, or it is dismissed.
  func help() {
    var idle = 0
    var last: UInt = 0
    while idle < Crew.patience, !isDismissed.load(ordering: .acquiring) {
      let seen = section.load(ordering: .acquiring)
      if seen != 0, seen != last {
        inside.wrappingAdd(1, ordering: .sequentiallyConsistent)
        // The caller closes a section and then looks for who is inside; here it is the other way round, so one sees the other.
        if section.load(ordering: .sequentiallyConsistent) == seen, let context {
          work(partCount, context, body)
          last = seen
          idle = 0
        }
        inside.wrappingSubtract(1, ordering: .releasing)
      } else {
        idle += 1
        nnk_pause()
      }
    }
    joined.wrappingSubtract(1, ordering: .relaxed)
  }
}

/// The elements of one part of `count`, evenly, beginning at multiples of `multiple`: parts share no cache line.
package func sharedRange(_ count: Int, part: Int, of parts: Int, multiple: Int = 1) -> Range<Int> {
  let blocks = (count + multiple - 1) / multiple
  let first = blocks * part / parts
  let last = blocks * (part + 1) / parts
  return min(count, first * multiple)..<min(count, last * multiple)
}

extension Int {
  /// The product, or the greatest number where it cannot be counted.
  package func multipliedClamped(by other: Int) -> Int {
    let (product, overflow) = multipliedReportingOverflow(by: other)
    return overflow ? .max : product
  }

  /// The next multiple of a positive number, or the greatest number where it cannot be counted.
  package func roundedUpClamped(to multiple: Int) -> Int {
    let (sum, overflow) = addingReportingOverflow(multiple - 1)
    return overflow ? .max : sum / multiple * multiple
  }
}
