import Dispatch
import NNFormat
import Synchronization

/// A digest that another thread computes while this one goes on.
final class PendingDigest: Sendable {
  private let group = DispatchGroup()
  private let result = Mutex<Digest?>(nil)

  init(of bytes: ByteRegion) {
    DispatchQueue.global().async(group: group) { [self] in
      let digest = Digest(of: bytes)
      result.withLock { $0 = digest }
    }
  }

  /// The digest, as soon as it is there.
  var value: Digest {
    group.wait()
    guard let digest = result.withLock({ $0 }) else { preconditionFailure("the group ends with the digest") }
    return digest
  }
}
