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
