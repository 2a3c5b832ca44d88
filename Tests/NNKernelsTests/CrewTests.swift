import NNKernels
import Testing

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

private func currentThread() -> UInt {
  #if canImport(Darwin)
    UInt(bitPattern: pthread_self())
  #else
    UInt(pthread_self())
  #endif
}

/// Work that threads share.
struct CrewTests {
  private struct Count {
    let done: UnsafeMutablePointer<Int32>
    let turns: Int
  }

  /// Does `parts` parts and gives how often each was done.
  private func counts(_ crew: Crew, parts: Int, turns: Int = 0) -> [Int32] {
    var done = [Int32](repeating: 0, count: parts)
    done.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      withUnsafePointer(to: Count(done: base, turns: turns)) { work in
        crew.run(parts: parts, work) { context, part in
          let work = context.assumingMemoryBound(to: Count.self).pointee
          var waste = UInt32(part)
          for _ in 0..<work.turns { waste = waste &* 1_664_525 &+ 1_013_904_223 }
          // Always 1, which the optimizer cannot know.
          work.done[part] += waste == 0xFFFF_FFFF ? 2 : 1
        }
      }
    }
    return done
  }

  @Test(arguments: [1, 2, 3, 8]) func everyPartIsDoneOnce(threads: Int) {
    let crew = Crew(threadCount: threads)
    for round in 0..<2_000 {
      let parts = [0, 1, 2, 3, 7, 64][round % 6]
      #expect(counts(crew, parts: parts, turns: round % 5 == 0 ? 2_000 : 0) == Array(repeating: 1, count: parts))
      if round % 3 == 0 { crew.dismiss() }
    }
    crew.dismiss()
  }

  @Test func manyCrewsShareTheWorkers() async {
    await withTaskGroup(of: Bool.self) { group in
      for task in 0..<16 {
        group.addTask {
          let crew = Crew(threadCount: 1 + task % 4)
          var right = true
          for round in 0..<500 {
            right = right && counts(crew, parts: 5, turns: 500) == [1, 1, 1, 1, 1]
            if round % 7 == task % 7 { crew.dismiss() }
          }
          crew.dismiss()
          return right
        }
      }
      for await right in group { #expect(right) }
    }
  }

  @Test func workersComeAndHelp() {
    let crew = Crew(threadCount: 2)
    defer { crew.dismiss() }
    // Each part notes its thread; with parts of a millisecond two threads must appear, unless the machine has only one.
    var seen: Set<UInt> = []
    for _ in 0..<50 where seen.count < 2 {
      var threads = [UInt](repeating: 0, count: 8)
      threads.withUnsafeMutableBufferPointer { buffer in
        guard let base = buffer.baseAddress else { return }
        withUnsafePointer(to: base) { base in
          crew.run(parts: 8, base) { context, part in
            let threads = context.assumingMemoryBound(to: UnsafeMutablePointer<UInt>.self).pointee
            var waste = UInt32(part)
            for _ in 0..<1_000_000 { waste = waste &* 1_664_525 &+ 1_013_904_223 }
            threads[part] = currentThread() &+ UInt(waste == 0xFFFF_FFFF ? 1 : 0)
          }
        }
      }
      seen.formUnion(threads)
    }
    #expect(seen.count == 2)
  }

  @Test func littleWorkStaysOnTheThreadOfTheCaller() {
    let crew = Crew(threadCount: 4)
    #expect(crew.parts(of: 100, cost: 200_000) == 1)
    #expect(crew.parts(of: 100, cost: 1 << 30) > 1)
    #expect(crew.parts(of: 1, cost: 1 << 30) == 1)
    #expect(Crew(threadCount: 1).parts(of: 100, cost: 1 << 30) == 1)
  }
}
