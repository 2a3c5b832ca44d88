import Foundation
import NNContainer
import NNFormat
import NNTestSupport
import Testing

/// A file that is being written appears whole or not at all, whatever happens.
@Suite struct AtomicFileTests {
  private static let old = Array("what was there before".utf8)

  /// Demands that the folder holds the old file and nothing else.
  private func expectUntouched(_ folder: TemporaryFolder) throws {
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["model"])
    #expect(try bytes(of: folder.file("model")) == AtomicFileTests.old)
  }

  private static func largeModel() throws(ModelError) -> Model {
    let bytes = ByteRegion([UInt8](repeating: 7, count: 8 << 20))
    return try .holding(try Tensor(.u8, try Shape([bytes.count]), bytes: bytes))
  }

  #if !os(iOS)
    @Test func aDiskThatIsFullLeavesTheOldFileAndNothingElse() async throws {
      let folder = TemporaryFolder()
      folder.write("model", AtomicFileTests.old)
      setenv("NNM_TEST_FULL", folder.file("model"), 1)
      // The limit on a file's size acts as a full disk does, and on a child alone.
      await #expect(processExitsWith: .success) {
        signal(SIGXFSZ, SIG_IGN)
        var limit = rlimit(rlim_cur: 1 << 20, rlim_max: 1 << 20)
        #if canImport(Glibc)
          setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
        #else
          setrlimit(RLIMIT_FSIZE, &limit)
        #endif
        let path = try #require(getenv("NNM_TEST_FULL").map { String(cString: $0) })
        for kind in [ContainerKind.binary, .json, .safetensors] {
          do throws(ModelError) {
            try AtomicFileTests.largeModel().write(to: path, as: kind, replacing: true)
            exit(1)
          } catch {
            guard case FileProblem.writeFailed? = error.problem as? FileProblem else { exit(2) }
          }
        }
        exit(0)
      }
      try expectUntouched(folder)
    }

    @Test func aWriterThatIsKilledLeavesTheOldFileAndNothingElse() async throws {
      let folder = TemporaryFolder()
      folder.write("model", AtomicFileTests.old)
      setenv("NNM_TEST_KILLED", folder.file("model"), 1)
      await #expect(processExitsWith: .signal(SIGKILL)) {
        let path = try #require(getenv("NNM_TEST_KILLED").map { String(cString: $0) })
        try AtomicFile.write(to: path, replacing: true) { (file) throws(ModelError) in
          try file.write(repeatElement(7, count: 8 << 20))
          kill(getpid(), SIGKILL)
        }
      }
      #if os(Linux)
        try expectUntouched(folder)
      #else
        #expect(try bytes(of: folder.file("model")) == AtomicFileTests.old)
      #endif
    }
  #endif

  @Test func withoutLeaveTheOldFileStays() throws {
    let folder = TemporaryFolder()
    folder.write("model", AtomicFileTests.old)
    let problem = error { () throws(ModelError) in
      try AtomicFileTests.largeModel().write(to: folder.file("model"), as: .binary)
    }
    #expect(problem == ModelError(FileProblem.alreadyExists, at: .file(folder.file("model"))))
    try expectUntouched(folder)
  }

  @Test func withLeaveTheOldFileIsReplaced() throws {
    let folder = TemporaryFolder()
    folder.write("model", AtomicFileTests.old)
    try AtomicFileTests.largeModel().write(to: folder.file("model"), as: .binary, replacing: true)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["model"])
    #expect(try Container.open(folder.file("model")).model.tensors["tensor"]?.shape == [8 << 20])
  }

  @Test func aModelThatIsNotValidIsNotWritten() throws {
    let folder = TemporaryFolder()
    folder.write("model", AtomicFileTests.old)
    var model = try AtomicFileTests.largeModel()
    model.graph.outputs = []
    for kind in [ContainerKind.binary, .json, .safetensors] {
      let problem = error { () throws(ModelError) in
        try model.write(to: folder.file("model"), as: kind, replacing: true)
      }
      #expect(problem?.problem as? ModelProblem == .nothing(what: "graph output"))
    }
    try expectUntouched(folder)
  }
}
