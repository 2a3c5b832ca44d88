import NNFormat
import NNNumPy
import Testing

@Suite struct NninfoTests {
  @Test func showsWhatIsInAFile() throws {
    let session = Session()
    try session.write(Models.network(examples: [Models.example("two rows", expecting: "y.npy")]), "network.nnm")
    try session.run("nninfo", "network.nnm")
    try session.run("nninfo", "network.nnm", columns: 60)
    try session.run("nninfo", "network.nnm", "--tensors")
    try session.write(Models.tied(), "tied.nnm")
    try session.run("nninfo", "tied.nnm")
    try session.write(Models.twoInputs(), "two-inputs.nnm")
    try session.run("nninfo", "two-inputs.nnm", "--tensors")
    try session.expectSnapshot("nninfo")
  }

  @Test func showsThePlan() throws {
    let session = Session()
    try session.write(Models.network(), "network.nnm")
    try session.run("nninfo", "network.nnm", "--plan", "--threads", "1")
    try session.run("nninfo", "network.nnm", "--plan", "--threads", "2", "--extents", "N=4", "--json")
    try session.run("nninfo", "network.nnm", "--plan", "--extents", "M=64")
    try session.run("nninfo", "network.nnm", "--plan", "--extents", "N=-1")
    try session.run("nninfo", "network.nnm", "--plan", "--extents", "N=4000000000000000000")
    try session.run("nninfo", "network.nnm", "--threads", "2")
    try session.expectSnapshot("nninfo-plan")
  }

  @Test func printsTheSameAsADocument() throws {
    let session = Session()
    try session.write(Models.network(examples: [Models.example("two rows", expecting: "y.npy")]), "network.nnm")
    try session.run("nninfo", "network.nnm", "--json", "--verify")
    try session.expectSnapshot("nninfo-json")
  }

  @Test func saysTheSameOfEveryEncoding() throws {
    let session = Session()
    let model = try Models.network()
    var texts: Set<String> = []
    for (name, kind) in [("a.nnm", ContainerKind.binary), ("a.json", .json), ("a.safetensors", .safetensors)] {
      try session.write(model, name, as: kind)
      let lines = try session.run("nninfo", name, "--tensors").output.split(separator: "\n")
      // The first lines name the file, its encoding and its size.
      texts.insert(lines.filter { !$0.hasPrefix("a.") && !$0.hasPrefix("format ") && !$0.hasPrefix("size ") }.joined())
    }
    #expect(texts.count == 1)
  }

  @Test func runsTheExamplesAndChecksTheDigests() throws {
    let session = Session()
    try session.write(
      Models.network(examples: [
        Models.example("exact", expecting: "y.npy"),
        Models.example("near enough", expecting: "two_ulps_off.npy", tolerance: Tolerance(ulps: 2)),
      ]), "good.nnm")
    #expect(try session.run("nninfo", "good.nnm", "--verify").code == 0)
    try session.write(
      Models.network(examples: [
        Models.example("too far", expecting: "two_ulps_off.npy", tolerance: Tolerance(ulps: 1))
      ]), "wrong.nnm")
    #expect(try session.run("nninfo", "wrong.nnm", "--verify").code == 1)
    try session.write(Models.network(), "damaged.nnm")
    // The last byte of the last tensor.
    try session.damage("damaged.nnm") { $0[$0.count - 1] ^= 1 }
    #expect(try session.run("nninfo", "damaged.nnm", "--verify").code == 1)
    #expect(try session.run("nninfo", "damaged.nnm").code == 0)
    try session.expectSnapshot("nninfo-verify")
  }

  @Test func showsWhatItCanOfUnknownKindsAndWarns() throws {
    let session = Session()
    try session.write(Models.bag(NamedTensors([("scale", Tensor([1.5, -2], [2]))])), "bag.nnm")
    #expect(try session.run("nninfo", "bag.nnm").code == 0)
    #expect(try session.run("nninfo", "bag.nnm", "--verify").code == 69)
    try session.write(Models.bag(NamedTensors(), kind: "sigmoyd"), "near.nnm")
    #expect(try session.run("nninfo", "near.nnm").code == 0)
    try session.expectSnapshot("nninfo-unknown-kinds")
  }

  @Test func showsALayerThatDoesNotFitAndFails() throws {
    let session = Session()
    var model = try Models.network()
    model.graph.nodes[2].fields["units"] = 5
    try session.write(model, "unfitting.nnm")
    #expect(try session.run("nninfo", "unfitting.nnm").code == 65)
    model = try Models.network()
    model.graph.outputs = [GraphOutput("y", ValueReference("output", 1))]
    try session.write(model, "no-such-output.nnm")
    #expect(try session.run("nninfo", "no-such-output.nnm").code == 65)
    try session.expectSnapshot("nninfo-unfitting")
  }

  @Test func namesFromAFileCannotTouchTheTerminal() throws {
    let session = Session()
    // A control sequence introducer, and an override of the writing direction.
    try session.write(Models.bag(NamedTensors(), node: "red \u{9B}31m \u{202E}gpj.exe"), "hostile.nnm")
    let outcome = try session.run("nninfo", "hostile.nnm")
    #expect(!(outcome.output + outcome.errors).unicodeScalars.contains { $0 == "\u{9B}" || $0 == "\u{202E}" })
    try session.expectSnapshot("nninfo-hostile-names")
  }

  @Test func statisticsAreNumPys() throws {
    let session = Session()
    let arrays = try NamedTensors(npzFile: Models.fixture("statistics.npz"), voidAsBFloat16: true)
    try session.write(Models.bag(arrays), "bag.nnm")
    let found = try JSONReader.value(session.run("nninfo", "bag.nnm", "--tensors", "--json").output)
    let expected = try #require(
      try JSONReader.value(try MappedFile.contents(of: Models.fixture("statistics.json"))).object)
    let tensors = try #require(found.object?["tensors"]?.array)
    #expect(tensors.count == expected.count)
    for tensor in tensors {
      let name = try #require(tensor.object?["name"]?.string)
      let statistics = try #require(tensor.object?["statistics"]?.object)
      let numpys = try #require(expected[name]?.object)
      for entry in ["min", "max", "zeros", "nan", "infinite"] {
        #expect(statistics[entry] == numpys[entry], "\(name): \(entry)")
      }
      guard let mean = numpys["mean"]?.number, let deviation = numpys["std"]?.number else {
        #expect(statistics["mean"] == .null && statistics["std"] == .null, "\(name)")
        continue
      }
      let foundMean = try #require(statistics["mean"]?.number)
      let foundDeviation = try #require(statistics["std"]?.number)
      // The mean of numbers of both signs is small against the numbers; their spread is the measure of its error.
      #expect(abs(foundMean - mean) <= 1e-14 * max(abs(mean), deviation), "\(name): mean")
      #expect(abs(foundDeviation - deviation) <= 1e-14 * deviation, "\(name): std")
    }
  }
}
