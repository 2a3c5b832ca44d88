import CNNKernels
import Synchronization

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A thread that helps one crew at a time, and sleeps when nobody needs it.
///
/// Unchecked: the condition variable is used under its mutex; everything else is atomic.
final class Worker: @unchecked Sendable {
  /// The crew that it is to help, retained; 0 while it is free.
  private let assignment = Atomic<UInt>(0)
  private let isAsleep = Atomic<Bool>(false)
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  /// How many times a free worker looks for work before it sleeps: about 50 us, the pause between two calls in a loop.
  private static let patience = 1_000

  /// A worker that lives as long as the process; nil if the system gives no thread.
  init?() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
    let context = Unmanaged.passRetained(self).toOpaque()
    guard Worker.start(context) else {
      Unmanaged<Worker>.fromOpaque(context).release()
      return nil
    }
  }

  deinit {
    mutex.deallocate()
    condition.deallocate()
  }

  private static func start(_ context: UnsafeMutableRawPointer) -> Bool {
    var attributes = pthread_attr_t()
    guard pthread_attr_init(&attributes) == 0 else { return false }
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    #if canImport(Darwin)
      var thread: pthread_t?
      return pthread_create(
        &thread, &attributes,
        { context in
          Unmanaged<Worker>.fromOpaque(context).takeRetainedValue().live()
        }, context) == 0
    #else
      var thread = pthread_t()
      return pthread_create(
        &thread, &attributes,
        { context in
          guard let context else { return nil }
          Unmanaged<Worker>.fromOpaque(context).takeRetainedValue().live()
        }, context) == 0
    #endif
  }

  /// Takes the worker for a crew if it is free; wakes it if it sleeps.
  func join(_ crew: Crew) -> Bool {
    guard assignment.load(ordering: .relaxed) == 0 else { return false }
    let reference = Unmanaged.passRetained(crew)
    let bits = UInt(bitPattern: reference.toOpaque())
    guard assignment.compareExchange(expected: 0, desired: bits, ordering: .sequentiallyConsistent).exchanged
    else {
      reference.release()
      return false
    }
    if isAsleep.load(ordering: .sequentiallyConsistent) {
      pthread_mutex_lock(mutex)
      pthread_cond_signal(condition)
      pthread_mutex_unlock(mutex)
    }
    return true
  }

  private func live() -> Never {
    while true {
      let bits = next()
      if let pointer = UnsafeRawPointer(bitPattern: bits) {
        let crew = Unmanaged<Crew>.fromOpaque(pointer)
        crew._withUnsafeGuaranteedRef { $0.help() }
        crew.release()
      }
      assignment.store(0, ordering: .sequentiallyConsistent)
    }
  }

  /// Waits for a crew: awake for a moment, then asleep.
  private func next() -> UInt {
    for _ in 0..<Worker.patience {
      let bits = assignment.load(ordering: .acquiring)
      if bits != 0 { return bits }
      nnk_pause()
    }
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    isAsleep.store(true, ordering: .sequentiallyConsistent)
    defer { isAsleep.store(false, ordering: .relaxed) }
    while true {
      let bits = assignment.load(ordering: .sequentiallyConsistent)
      if bits != 0 { return bits }
      pthread_cond_wait(condition, mutex)
    }
  }
}

/// The process's workers. They are started when a crew first needs them, never end, and serve one crew at a time.
final class WorkerPool: Sendable {
  static let shared = WorkerPool()
  private let workers = Mutex<[Worker]>([])
  private let count = Atomic<Int>(0)
  /// The crews that run now: each has a thread of its own, which leaves less room for workers.
  let active = Atomic<Int>(0)

  /// The most workers that are ever started.
  private static let limit = 255

  /// Starts workers until there are `wanted`, as far as the system gives threads.
  func prepare(_ wanted: Int) {
    guard count.load(ordering: .acquiring) < wanted else { return }
    workers.withLock { workers in
      while workers.count < min(wanted, WorkerPool.limit), let worker = Worker() { workers.append(worker) }
      count.store(workers.count, ordering: .releasing)
    }
  }

  /// Lets up to `wanted` free workers join a crew; gives how many did.
  func call(_ wanted: Int, for crew: Crew) -> Int {
    // A caller who finds the list in use goes on alone: it would wait longer than the help is worth.
    workers.withLockIfAvailable { workers in
      var found = 0
      for worker in workers where found < wanted {
        if worker.join(crew) { found += 1 }
      }
      return found
    } ?? 0
  }
}
