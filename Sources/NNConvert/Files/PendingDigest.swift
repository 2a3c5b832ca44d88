import Dispatch
import NNFormat
import Synchronization

/// A digest that another thread computes while this one goes on. Whoever drops it waits for that thread, so that nobody reads a
/// file any more when a conversion is over, also by an error: its caller may write to the file then.
final class PendingDigest: Sendable {
  private final class Work: Sendable {
    let group = DispatchGroup()
    let result = Mutex<Digest?>(nil)
  }

  private let work = Work()

  init(of bytes: ByteRegion) {
    DispatchQueue.global().async(group: work.group) { [work] in
      let digest = Digest(of: bytes)
      work.result.withLock { $0 = digest }
    }
  }

  deinit { work.group.wait() }

  /// The digest, as soon as it is there.
  var value: Digest {
    work.group.wait()
    guard let digest = work.result.withLock({ $0 }) else { preconditionFailure("the group ends with the digest") }
    return digest
  }
}
