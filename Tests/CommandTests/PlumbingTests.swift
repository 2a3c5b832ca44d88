import NNTestSupport
import Testing

/// What commands do when standard output is not a terminal, a file or a patient reader.
@Suite struct PlumbingTests {
  private func session() throws -> Session {
    let session = Session()
    try session.write(Models.tied(), "tied.nnm")
    return session
  }

  @Test func aReaderThatHasSeenEnoughIsNoError() throws {
    let session = try session()
    // The reader is gone before the command writes; the status is the command's own.
    let outcome = try session.shell("( sleep 0.2; $BIN/nninfo tied.nnm; echo $? >code ) | true; cat code")
    #expect(outcome.output == "0\n")
    #expect(outcome.errors.isEmpty)
  }

  #if os(Linux)
    @Test func aFullDiskBehindStandardOutputIsReported() throws {
      let session = try session()
      let outcome = try session.shell("$BIN/nninfo tied.nnm >/dev/full")
      #expect(outcome.code == 74)
      #expect(outcome.errors == "standard output: writing failed: no space left on device\n")
      #expect(try session.shell("$BIN/nninfo --help >/dev/full").code == 74)
      #expect(try session.shell("$BIN/nninfo tied.nnm >file").code == 0)
    }
  #endif

  @Test func aClosedStandardOutputIsReported() throws {
    let outcome = try session().shell("$BIN/nninfo tied.nnm >&-")
    #expect(outcome.code == 74)
    #expect(outcome.errors == "standard output: writing failed: bad file descriptor\n")
  }

  @Test func helpAndVersionsGoToStandardOutput() throws {
    let session = Session()
    for command in ["nninfo", "nnrun"] {
      #expect(try session.run(command, "--help", columns: 80).code == 0)
      #expect(try session.run(command, "--version").code == 0)
      #expect(try session.run(command).code == 64)
    }
    #expect(try session.run("nninfo", "a", "b").code == 64)
    try session.expectSnapshot("help")
  }
}
