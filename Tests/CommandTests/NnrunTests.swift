import NNFormat
import NNNumPy
import NNTestSupport
import Testing

@Suite struct NnrunTests {
  /// A session with the network and the arrays of the fixtures.
  private func session() throws -> Session {
    let session = Session()
    try session.write(Models.network(), "network.nnm")
    for name in [
      "x.npy", "x.npz", "x.csv", "x.json", "y.npy", "two_ulps_off.npy", "one_sample.npy", "single_precision.npy",
    ] {
      try session.copy(name)
    }
    return session
  }

  @Test(arguments: ["x.npy", "x=x.npy", "x.npz", "x.csv", "x.json"])
  func everyFormOfInputGivesTheBitsOfNumPy(input: String) throws {
    let session = try session()
    #expect(try session.run("nnrun", "network.nnm", "--input", input, "--output", "out.npy").code == 0)
    #expect(try bytes(of: session.folder.file("out.npy")) == bytes(of: Models.fixture("y.npy")))
  }

  @Test func theResultIsPrintedInDigitsThatReadBackToTheSameBits() throws {
    let session = try session()
    let printed = try session.run("nnrun", "network.nnm", "--input", "x.npy").output
    let numbers = printed.split { "[] \n".contains($0) }.compactMap { Double($0) }
    #expect(numbers == (try Tensor(npyFile: Models.fixture("y.npy")).elements(as: Double.self)))
    let piped = try session.run("nnrun", "network.nnm", "-i", "-", input: "0,1\n-0.5,2.25\n").output
    #expect(piped == printed)
  }

  @Test func everyFormOfOutputReadsBackToTheSameBits() throws {
    let session = try session()
    for output in ["out.csv", "out.json", "out.npz"] {
      try session.run("nnrun", "network.nnm", "-i", "x.npy", "-o", output)
      #expect(try session.run("nnrun", "network.nnm", "-i", "x.npy", "--compare", output).code == 0)
    }
    #expect(try NamedTensors(npzFile: session.folder.file("out.npz")).names == ["y"])
  }

  /// In parts of two samples, with a third alone; the expected bits are those of the whole run, whose form is NumPy's.
  @Test func partsGiveTheFileOfTheWhole() throws {
    let session = try session()
    session.folder.write("five.csv", Array("0,1\n-0.5,2.25\n3,4\n-1e300,1e-300\n7,nan\n".utf8))
    try session.run("nnrun", "network.nnm", "-i", "five.csv", "-o", "whole.npy")
    // A .npy of the inputs, through a model that gives back what it gets.
    try session.write(Models.identity(), "identity.nnm")
    try session.run("nnrun", "identity.nnm", "-i", "five.csv", "-o", "five.npy")
    for batch in ["1", "2", "5", "100"] {
      #expect(
        try session.run("nnrun", "network.nnm", "-i", "five.npy", "-o", "parts\(batch).npy", "--batch", batch).code == 0
      )
      #expect(
        try bytes(of: session.folder.file("parts\(batch).npy")) == bytes(of: session.folder.file("whole.npy")))
    }
    try session.run("nnrun", "network.nnm", "-i", "five.npy", "-o", "out.npy", "--batch", "2", "--json")
    try session.run("nnrun", "network.nnm", "-i", "five.npy", "-o", "out.npy", "--batch", "2")
    try session.run("nnrun", "network.nnm", "-i", "five.npy", "-o", "out2.csv", "--batch", "2")
    try session.run("nnrun", "network.nnm", "-i", "five.csv", "-o", "out2.npy", "--batch", "2")
    try session.run("nnrun", "network.nnm", "-i", "five.npy", "-o", "out2.npy", "--batch", "0")
    try session.run("nnrun", "network.nnm", "-i", "single_precision.npy", "-o", "out2.npy", "--batch", "2")
    try session.run("nnrun", "network.nnm", "-i", "single_precision.npy", "-o", "out3.npy", "--batch", "2", "--cast")
    try session.run("nnrun", "network.nnm", "-i", "five.npy", "-o", "out2.npy", "--batch", "2", "--seed", "1")
    try session.run("nnrun", "network.nnm", "-i", "five.npy", "-o", "out2.npy", "--batch", "2", "--compare", "y.npy")
    try session.damage("five.npy") { $0.removeLast() }
    try session.run("nnrun", "network.nnm", "-i", "five.npy", "-o", "out2.npy", "--batch", "2")
    #expect(try session.folder.names().filter { $0.hasPrefix("out2") }.isEmpty)
    try session.expectSnapshot("nnrun-batch")
  }

  #if os(Linux)
    /// 80 MB of samples: the command takes them in parts by itself, in less memory than they have.
    @Test func largeFilesTakeTheMemoryOfAPart() throws {
      let session = try session()
      let count = 5_000_000
      try Tensor(.f64, [count, 2]) { _ in }.writeNPY(to: session.folder.file("large.npy"))
      let outcome = try session.shell(
        "cd \(session.folder.path) && $BIN/nnrun network.nnm -i large.npy -o out.npy & pid=$!; peak=0; "
          + "while kill -0 $pid 2>/dev/null; do now=$(sed -n 's/^VmHWM:[^0-9]*\\([0-9]*\\).*/\\1/p' /proc/$pid/status 2>/dev/null); "
          + "[ \"${now:-0}\" -gt $peak ] && peak=$now; done; wait $pid; echo $peak")
      let peak = try #require(Int(outcome.output.split(separator: "\n").last ?? ""))
      #expect(peak > 0 && peak < 90_000, "\(peak) kB")
      let result = try Tensor(npyFile: session.folder.file("out.npy"))
      #expect(result.shape == [count, 2])
      let first = result.rows(0..<1)
      #expect(result.rows(count - 1..<count) == first && result.rows(2_499_999..<2_500_000) == first)
    }
  #endif

  @Test func comparesWithWhatIsExpected() throws {
    let session = try session()
    #expect(try session.run("nnrun", "network.nnm", "-i", "x.npy", "--compare", "y.npy").code == 0)
    #expect(try session.run("nnrun", "network.nnm", "-i", "x.npy", "--compare", "two_ulps_off.npy").code == 1)
    for (tolerance, code) in [("2ulp", 0), ("1ulp", 1), ("1e-14", 0), ("1e-17", 1), ("1e-14rel", 0), ("1ulp,1e-14", 0)]
    {
      #expect(
        try session.run(
          "nnrun", "network.nnm", "-i", "x.npy", "--compare", "two_ulps_off.npy", "--tolerance", tolerance
        ).code == code)
    }
    try session.run("nnrun", "network.nnm", "-i", "x.npy", "--compare", "two_ulps_off.npy", "--json")
    try session.expectSnapshot("nnrun-compare")
  }

  @Test func severalInputsAndOutputsGoByTheirNames() throws {
    let session = Session()
    try session.write(Models.twoInputs(), "two.nnm")
    session.folder.write("left.json", Array("[[1, -2]]".utf8))
    session.folder.write("right.csv", Array("0.5,0.25\n".utf8))
    session.folder.write("both.json", Array(#"{"left": [[1, -2]], "right": [[0.5, 0.25]]}"#.utf8))
    try session.run("nnrun", "two.nnm", "-i", "left=left.json", "-i", "right=right.csv")
    try session.run("nnrun", "two.nnm", "-i", "both.json", "-o", "out.npz")
    let written = try NamedTensors(npzFile: session.folder.file("out.npz"))
    #expect(written["total"] == (try Tensor([1.5, -1.75] as [Float], [1, 2])))
    #expect(written["kept"] == (try Tensor([1, 0] as [Float], [1, 2])))
    try session.run("nnrun", "two.nnm", "-i", "both.json", "-o", "kept=kept.npy", "-o", "total=total.npy")
    #expect(try Tensor(npyFile: session.folder.file("kept.npy")) == written["kept"])
    try session.run("nnrun", "two.nnm", "-i", "left.json")
    try session.run("nnrun", "two.nnm", "-i", "left=left.json")
    try session.run("nnrun", "two.nnm", "-i", "left=left.json", "-i", "rigth=right.csv")
    try session.run("nnrun", "two.nnm", "-i", "left=left.json", "-i", "both.json")
    try session.run("nnrun", "two.nnm", "-i", "both.json", "-o", "out.npy")
    try session.run("nnrun", "two.nnm", "-i", "both.json", "-o", "kept=out2.npz")
    try session.expectSnapshot("nnrun-several")
  }

  @Test func refusesWhatDoesNotFit() throws {
    let session = try session()
    for (name, text) in [
      ("word.csv", "0,1\n1,abc\n"), ("uneven.csv", "0,1\n1\n"), ("gap.csv", "0,1\n\n1,2\n"), ("titles.csv", "a,b\n"),
      ("uneven.json", "[[0, 1], [1]]"), ("word.json", #"[[0, "one"]]"#), ("cut.json", "[[0, 1"),
      ("large.csv", "0,1e999\n"), ("empty.csv", ""), ("binary.bin", "\u{1}\u{2}\u{0}"),
    ] {
      session.folder.write(name, Array(text.utf8))
      #expect(try session.run("nnrun", "network.nnm", "-i", name).code == 65)
    }
    for name in ["one_sample.npy", "single_precision.npy"] {
      #expect(try session.run("nnrun", "network.nnm", "-i", name).code == 65)
    }
    #expect(try session.run("nnrun", "network.nnm", "-i", "single_precision.npy", "--cast").code == 0)
    #expect(try session.run("nnrun", "network.nnm", "-i", "missing.npy").code == 66)
    #expect(try session.run("nnrun", "missing.nnm", "-i", "x.npy").code == 66)
    for arguments in [
      [], ["-i", "x.npy", "--tolerance", "1e-6"], ["-i", "x.npy", "--compare", "y.npy", "--tolerance", "-1"],
      ["-i", "x.npy", "-o", "out.xyz"], ["-i", "x.npy", "-i", "x.csv"], ["--inptu", "x.npy"],
    ] {
      #expect(try session.run(["nnrun", "network.nnm"] + arguments).code == 64)
    }
    try session.expectSnapshot("nnrun-refusals")
  }

  @Test func anOutputThatExistsIsReplacedOnlyWhenAsked() throws {
    let session = try session()
    session.folder.write("out.npy", Array("precious".utf8))
    #expect(try session.run("nnrun", "network.nnm", "-i", "x.npy", "-o", "out.npy").code == 73)
    #expect(try bytes(of: session.folder.file("out.npy")) == Array("precious".utf8))
    #expect(try session.run("nnrun", "network.nnm", "-i", "x.npy", "-o", "out.npy", "--force").code == 0)
    #expect(try bytes(of: session.folder.file("out.npy")) == bytes(of: Models.fixture("y.npy")))
    #expect(try session.run("nnrun", "network.nnm", "-i", "x.npy", "-o", "nowhere/out.npy").code == 73)
    try session.expectSnapshot("nnrun-existing")
  }
}
