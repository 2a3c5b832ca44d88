#if HDF5
  import CHDF5
  package import NNFormat
  import Synchronization

  /// libhdf5 as a whole: one thread at a time, silent, and without plugins.
  package enum HDF5Library {
    /// Whether the library is set up. libhdf5 is not thread-safe, so everything that touches it holds this lock.
    private static let isReady = Mutex(false)

    /// Runs `body` while no other thread uses libhdf5.
    ///
    /// - Precondition: the thread does not hold the lock already.
    package static func exclusively<Result>(
      _ body: () throws(ModelError) -> Result
    ) throws(ModelError) -> Result {
      var outcome: Swift.Result<Result, ModelError>?
      isReady.withLock { isReady in
        outcome = Swift.Result { () throws(ModelError) in
          try setUp(&isReady)
          return try body()
        }
      }
      guard let outcome else { preconditionFailure("a lock runs its body") }
      return try outcome.get()
    }

    private static func setUp(_ isReady: inout Bool) throws(ModelError) {
      // Each thread of a thread-safe libhdf5 has a setting of its own.
      H5Eset_auto2(nnm_default(), nil, nil)
      if !isReady {
        try checkVersion()
        try check(H5open(), "start")
        // What a damaged file leaves behind makes libhdf5 complain when it closes itself, on whichever thread ends the process.
        // Handlers run last ones first, so this one comes before its own. It still closes what the app has open.
        nnm_be_silent_at_exit()
        // A filter or file driver named by a file or the environment must not load code.
        H5PLset_loading_state(0)
        try HDF5Text.register()
        isReady = true
      }
    }

    /// The header decides which functions are called, so the library must be of the same minor version.
    private static func checkVersion() throws(ModelError) {
      var (major, minor, patch): (UInt32, UInt32, UInt32) = (0, 0, 0)
      H5get_libversion(&major, &minor, &patch)
      guard major == nnm_header_major(), minor == nnm_header_minor() else {
        throw ModelError(
          HDF5Problem.libraryVersion(
            built: "\(nnm_header_major()).\(nnm_header_minor())", found: "\(major).\(minor)"))
      }
    }

    /// The error that says that libhdf5 cannot do `action`, with the reason from its error stack, which is emptied.
    static func failure(_ action: String, isWriting: Bool = false) -> ModelError {
      let reason = withUnsafeBytes(of: nnm_last_reason()) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      let known = reason.isEmpty ? "no reason given" : reason
      return ModelError(
        isWriting
          ? HDF5Problem.notWritten(action: action, reason: known)
          : .unreadable(action: action, reason: known))
    }

    /// Demands that a call succeeded.
    @discardableResult
    static func check<Code: SignedInteger>(
      _ code: Code, _ action: @autoclosure () -> String, isWriting: Bool = false
    ) throws(ModelError) -> Code {
      guard code >= 0 else { throw failure(action(), isWriting: isWriting) }
      return code
    }
  }

  /// A thing of libhdf5's that is closed when it is not used any more.
  struct HDF5Handle: ~Copyable {
    let id: hid_t
    private let close: (hid_t) -> herr_t

    /// Takes what a call gave; a negative number means that it could not do `action`.
    init(
      _ id: hid_t, _ close: @escaping (hid_t) -> herr_t, _ action: @autoclosure () -> String,
      isWriting: Bool = false
    ) throws(ModelError) {
      try HDF5Library.check(id, action(), isWriting: isWriting)
      self.id = id
      self.close = close
    }

    deinit { _ = close(id) }
  }
#endif
