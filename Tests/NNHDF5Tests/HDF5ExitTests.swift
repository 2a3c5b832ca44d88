#if HDF5 && (os(Linux) || os(macOS))
  import Dispatch
  import Foundation
  import NNFormat
  import NNHDF5
  import NNTestSupport
  import Testing

  /// How a process ends that has read damaged files on another thread than its first.
  @Suite struct HDF5ExitTests {
    /// libhdf5 1.10 loses memory where it finds damage; a process that lets it close itself says so on standard error.
    @Test func aProcessThatReadDamagedFilesEndsInSilence() async throws {
      let result = try await #require(processExitsWith: .success, observing: [\.standardErrorContent]) {
        // A thread that ends before the process does.
        let thread = DispatchGroup()
        DispatchQueue.global().async(group: thread) {
          // A checksum of the root group that does not hold: what libhdf5 has read of it by then is lost.
          let folder = TemporaryFolder()
          guard var damaged = try? bytes(of: "\(HDF5Corpus.folder)/superblock-3-user-block.h5") else { exit(2) }
          damaged[575] ^= 0x55
          let path = folder.write("damaged.h5", damaged)
          if (try? HDF5Encoding.read(path)) != nil { exit(3) }
        }
        thread.wait()
        // What is written behind the end of this body is not observed, so the process ends here.
        exit(0)
      }
      let errors = String(decoding: result.standardErrorContent, as: UTF8.self)
      #expect(!errors.contains("HDF5"), "\(errors)")
    }
  }
#endif
