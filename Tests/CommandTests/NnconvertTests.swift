import Foundation
import NNContainer
import NNFormat
import NNNumPy
import NNTestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#endif

@Suite struct NnconvertTests {
  private static let example = "\(fixtures)/numpy-example"
  private static let outputs = ["m.nnm", "m.h5", "m.json", "m.safetensors", "m.npz", "m"]

  /// A session with the files of a variant of the reference example.
  private func session(_ variant: String = "2-2-1") throws -> Session {
    let session = Session()
    let source = "\(NnconvertTests.example)/\(variant)"
    for name in ["arrays.npz", "x_1.npy", "y_1.npy", "x_2.npy", "y_2.npy", "x_7.npy", "y_7.npy"] {
      session.folder.write(name, try bytes(of: "\(source)/\(name)"))
    }
    return session
  }

  /// A variant of the reference example.
  struct Variant: CustomTestStringConvertible {
    let name: String
    let sizes: [Int]
    let activations: String
    /// How far NumPy's results may be from ours where it sums inner products in another order.
    let tolerance: String
    var testDescription: String { name }

    /// Whether NumPy computes every inner product as one ascending chain, as we do (`spec/numerics.md`, "Inner products").
    func isExact(rows: Int) -> Bool {
      zip(sizes, sizes.dropFirst()).allSatisfy { depth, columns in
        rows == 1 ? depth <= 3 && columns <= 3 || depth <= 8 && columns == 1 : depth <= 8 && columns >= 2
      }
    }
  }

  private static let variants = [
    Variant(name: "2-2-1", sizes: [2, 2, 1], activations: "sigmoid", tolerance: "2ulp"),
    Variant(name: "2-2-1-extreme", sizes: [2, 2, 1], activations: "sigmoid", tolerance: "2ulp"),
    Variant(name: "2-2-1-tanh", sizes: [2, 2, 1], activations: "tanh,linear", tolerance: "2ulp"),
    Variant(name: "3-5-2", sizes: [3, 5, 2], activations: "sigmoid", tolerance: "4ulp"),
    Variant(name: "3-5-2-extreme", sizes: [3, 5, 2], activations: "sigmoid", tolerance: "4ulp"),
    Variant(name: "3-5-2-relu", sizes: [3, 5, 2], activations: "relu,softmax", tolerance: "4ulp"),
    Variant(name: "3-5-2-tanh", sizes: [3, 5, 2], activations: "tanh,softmax", tolerance: "4ulp"),
    Variant(name: "3-5-2-linear", sizes: [3, 5, 2], activations: "linear", tolerance: "4ulp"),
    Variant(name: "784-128-10", sizes: [784, 128, 10], activations: "relu,softmax", tolerance: "1e-12rel"),
  ]

  @Test(arguments: variants)
  func arraysBecomeAModelThatComputesWhatNumPyComputed(_ variant: Variant) throws {
    let session = try session(variant.name)
    let conversion = try session.run(
      "nnconvert", "from-npy", "arrays.npz", "--activation", variant.activations, "--example", "x_1.npy=y_1.npy",
      "--example", "x_2.npy=y_2.npy", "--example", "x_7.npy=y_7.npy", "--tolerance", variant.tolerance, "-o", "m.h5")
    #expect(conversion.code == 0, "\(conversion.errors)")
    #expect(try session.run("nnconvert", "verify", "m.h5").code == 0)
    for rows in [1, 2, 7] {
      let run = try session.run(
        "nnrun", "m.h5", "--input", "x_\(rows).npy", "--compare", "y_\(rows).npy", "--tolerance",
        variant.isExact(rows: rows) ? "0ulp" : variant.tolerance)
      #expect(run.code == 0, "batch \(rows): \(run.output)")
    }
  }

  @Test func everyEncodingHoldsTheSameModel() throws {
    let session = try session()
    try session.run(
      "nnconvert", "from-npy", "arrays.npz", "--activation", "sigmoid", "--example", "x_7.npy=y_7.npy", "--computed-by",
      "numpy,2.4.6", "-o", "m.nnm")
    let model = try Container.open(session.folder.file("m.nnm")).model
    // From each encoding to each.
    for (source, destination) in zip(NnconvertTests.outputs, NnconvertTests.outputs.dropFirst() + ["again.nnm"]) {
      #expect(try session.run("nnconvert", "convert", source, destination).code == 0)
      #expect(try Container.open(session.folder.file(destination)).model == model)
    }
    #expect(try bytes(of: session.folder.file("again.nnm")) == bytes(of: session.folder.file("m.nnm")))
    try session.run("nnconvert", "to-npy", "m.h5", "-o", "arrays2.npz")
    try session.run("nnconvert", "from-npy", "arrays2.npz", "-o", "back.nnm")
    try session.run("nnconvert", "to-json", "m.safetensors", "-o", "plain.json", "--base64")
    try session.run("nnconvert", "from-json", "plain.json", "-o", "back2.nnm")
    try session.run("nnconvert", "convert", "m.npz", "packed", "--to", "h5", "--compress", "9")
    try session.run("nnconvert", "convert", "packed", "back3.nnm")
    for name in ["back.nnm", "back2.nnm", "back3.nnm"] {
      #expect(try bytes(of: session.folder.file(name)) == bytes(of: session.folder.file("m.nnm")))
    }
    try session.expectSnapshot("nnconvert-encodings")
  }

  @Test func reportsWhatItDid() throws {
    let session = try session()
    try session.run("nnconvert", "from-npy", "arrays.npz", "--activation", "sigmoid", "--dtype", "f32", "-o", "m.nnm")
    try session.run(
      "nnconvert", "from-npy", "arrays.npz", "--activation", "relu,softmax", "--ignore", "biases_hidden", "--json",
      "--dry-run", "-o", "n.h5")
    try session.run(
      "nnconvert", "from-npy", "arrays.npz", "--activation", "sigmoid", "--dtype", "f16", "--example",
      "x_2.npy=y_2.npy",
      "--tolerance", "1e-2", "--json", "-o", "h.nnm")
    try session.run("nnconvert", "verify", "h.nnm", "--json")
    #expect(try session.folder.names().contains("n.h5") == false)
    try session.expectSnapshot("nnconvert-report")
  }

  @Test func anExampleThatFailsLeavesNothing() throws {
    let session = try session()
    let before = try session.folder.names()
    let run = try session.run(
      "nnconvert", "from-npy", "arrays.npz", "--activation", "tanh", "--example", "x_2.npy=y_2.npy", "-o", "m.nnm")
    #expect(run.code == 1)
    try session.run(
      "nnconvert", "from-npy", "arrays.npz", "--activation", "sigmoid", "--example", "x_2.npy=y_7.npy", "-o", "m.nnm")
    #expect(try session.folder.names() == before)
    try session.expectSnapshot("nnconvert-example")
  }

  @Test func refusesWhatDoesNotFitWithOneSentence() throws {
    let session = try session()
    try NamedTensors([("W1", Tensor([1.0, 2, 3, 4], [2, 2])), ("b1", Tensor([1.0, 2], [2]))])
      .writeNPZ(to: session.folder.file("square.npz"))
    session.folder.write("text.json", Array("{\"a\": 1}".utf8))
    let convert = ["nnconvert", "from-npy"]
    for words in [
      ["arrays.npz", "-o", "m.nnm"],
      ["arrays.npz", "--activation", "sigmod", "-o", "m.nnm"],
      ["arrays.npz", "--activation", "relu,relu,relu", "-o", "m.nnm"],
      ["arrays.npz", "--activation", "elu(alpha=x)", "-o", "m.nnm"],
      ["missing.npz", "--activation", "relu", "-o", "m.nnm"],
      ["x_1.npy", "--activation", "relu", "-o", "m.nnm"],
      ["text.json", "--activation", "relu", "-o", "m.nnm"],
      ["square.npz", "--activation", "relu", "-o", "m.nnm"],
      ["arrays.npz", "--activation", "relu", "--layers", "weights_input_hidden:biases_hiden", "-o", "m.nnm"],
      ["arrays.npz", "--activation", "relu", "--layers", "weights_input_hidden:biases_hidden", "-o", "m.nnm"],
      ["arrays.npz", "--activation", "relu", "--weights-layout", "out-in", "-o", "m.nnm"],
      ["arrays.npz", "--activation", "relu", "--weights-layout", "sideways", "-o", "m.nnm"],
      ["arrays.npz", "--activation", "relu", "--dtype", "f8", "-o", "m.nnm"],
      ["arrays.npz", "--activation", "relu", "--example", "x_1.npy", "-o", "m.nnm"],
      ["arrays.npz", "--activation", "relu", "--tolerance", "1ulp", "-o", "m.nnm"],
      ["arrays.npz", "--activation", "relu", "-o", "m.pt"],
      ["arrays.npz", "--activation", "relu", "--compress", "6", "-o", "m.nnm"],
      ["arrays.npz", "--activation", "relu", "--compress", "10", "-o", "m.h5"],
      ["arrays.npz", "--activation", "relu", "-o", "nowhere/m.nnm"],
      ["arrays.npz", "--activation", "relu"],
    ] {
      #expect(try session.run(convert + words).code != 0)
    }
    #expect(
      try session.run(convert + ["square.npz", "--activation", "relu", "--weights-layout", "in-out", "-o", "s.nnm"])
        .code == 0)
    try session.run("nnconvert", "from-json", "s.nnm", "-o", "t.nnm")
    try session.run("nnconvert", "convert", "arrays.npz", "t.nnm")
    try session.run("nnconvert", "convert", "s.nnm", "t.nnm", "--accept-edits")
    #expect(try session.folder.names().contains("m.nnm") == false)
    try session.expectSnapshot("nnconvert-refusals")
  }

  @Test func anExistingOutputIsReplacedOnlyIfAsked() throws {
    let session = try session()
    session.folder.write("m.nnm", Array("precious".utf8))
    let convert = ["nnconvert", "from-npy", "arrays.npz", "--activation", "sigmoid", "-o"]
    #expect(try session.run(convert + ["m.nnm"]).code == 73)
    #expect(try session.run(convert + ["m.nnm", "--dry-run"]).code == 73)
    #expect(try bytes(of: session.folder.file("m.nnm")) == Array("precious".utf8))
    // A failure half-way leaves it as it was, even if it may be replaced.
    #expect(try session.run(convert + ["m.nnm", "--force", "--example", "x_1.npy=y_7.npy"]).code != 0)
    #expect(try bytes(of: session.folder.file("m.nnm")) == Array("precious".utf8))
    #expect(try session.run(convert + ["m.nnm", "--force"]).code == 0)
    #expect(try session.run("nnconvert", "verify", "m.nnm").code == 0)
    // A folder is replaced only if it is a model.
    #expect(try session.run(convert + ["m"]).code == 0)
    #expect(try session.run(convert + ["m"]).code == 73)
    #expect(try session.run(convert + ["m", "--force"]).code == 0)
    mkdir(session.folder.file("other"), 0o755)
    session.folder.write("other/precious.txt", Array("precious".utf8))
    #expect(try session.run(convert + ["other", "--force"]).code == 73)
    #expect(try bytes(of: session.folder.file("other/precious.txt")) == Array("precious".utf8))
    try session.expectSnapshot("nnconvert-existing")
  }

  @Test func aFolderWithoutPermissionIsNotWrittenTo() throws {
    let session = try session()
    mkdir(session.folder.file("closed"), 0o555)
    let run = try session.runUnprivileged(
      "nnconvert", "from-npy", "arrays.npz", "--activation", "sigmoid", "-o", "closed/m.nnm")
    guard let run else { return }
    #expect(run.code == 73)
    #expect(run.errors == "closed/m.nnm: cannot be created: permission denied\n")
  }

  @Test func aFullDiskLeavesTheOldFileWholeAndNothingElse() throws {
    let session = try session("784-128-10")
    // A file system of its own, in a mount namespace that ends with the shell; only root can make one.
    let run = try session.shell(
      """
      unshare -m sh -c '
        mkdir disk && mount -t tmpfs -o size=600k tmpfs disk || exit 99
        echo precious > disk/m.nnm
        for name in m.nnm m.h5 m.safetensors m.npz m; do
          $0/nnconvert from-npy arrays.npz --activation sigmoid --force -o disk/$name; echo "$name $?"
        done
        ls -A disk; cat disk/m.nnm
      ' "$BIN"
      """)
    guard run.code == 0 else {
      // Without root there is no such file system, and the other tests must do.
      #expect(getuid() != 0 || run.code == 99)
      return
    }
    #expect(run.output == "m.nnm 74\nm.h5 74\nm.safetensors 74\nm.npz 74\nm 74\nm.nnm\nprecious\n")
    let lines = run.errors.split(separator: "\n")
    #expect(lines.count == 5)
    // libhdf5 keeps the system's reason to itself.
    for line in lines where !line.hasPrefix("disk/m.h5: libhdf5 cannot write /parameters/") {
      #expect(line.hasPrefix("disk/m") && line.contains("no space left on device"), "\(line)")
    }
  }

  @Test func verifyFindsDamage() throws {
    let session = try session()
    try session.run(
      "nnconvert", "from-npy", "arrays.npz", "--activation", "sigmoid", "--example", "x_1.npy=y_1.npy", "-o", "m.nnm")
    #expect(try session.run("nnconvert", "verify", "m.nnm").code == 0)
    // The last byte belongs to the expected output of the example.
    var content = try bytes(of: session.folder.file("m.nnm"))
    content[content.count - 1] ^= 1
    session.folder.write("damaged.nnm", content)
    #expect(try session.run("nnconvert", "verify", "damaged.nnm").code == 1)
    #expect(try session.run("nnconvert", "convert", "damaged.nnm", "n.nnm").code == 1)
    #expect(try session.run("nnconvert", "verify", "missing.nnm").code == 66)
    try session.expectSnapshot("nnconvert-verify")
  }

  @Test func helpIsComplete() throws {
    let session = Session()
    try session.run("nnconvert", "--help", columns: 100)
    for command in ["from-npy", "to-npy", "from-json", "to-json", "convert", "verify"] {
      try session.run("nnconvert", command, "--help", columns: 100)
    }
    try session.expectSnapshot("nnconvert-help")
  }
}
