import Foundation
import NNFormat
import NNNumPy
import NNTestSupport
import Testing

/// The names of what lies in a folder.
func names(in path: String) throws -> [String] {
  try FileManager.default.contentsOfDirectory(atPath: path).sorted()
}

@Suite struct ExplodedTests {
  private let folder = TemporaryFolder()
  private let handmade = Corpus.folder + "/model"

  /// The model made by hand in Python, with examples, bfloat16 and names that no file system likes.
  private func richModel() throws -> Model {
    var model = try FolderEncoding.read(handmade).model
    let strange = try Tensor([UInt8(1), 2], [2])
    for name in ["W", "w", "a\\b", "..", "/", String(repeating: "n", count: 900), "é/%"] {
      model.tensors[name] = strange
      model.graph.nodes[0].parameters.append(NodeParameter("extra\(model.tensors.count)", name))
    }
    var x = NamedTensors()
    x["x"] = try Tensor([1.0, 2.0], [1, 2])
    var y = NamedTensors()
    y["y"] = try Tensor([1.0, 2.0, .nan], [1, 3])
    model.examples = [Example("first/one", inputs: x, outputs: y)]
    return model
  }

  @Test func aFolderMadeByHandInPythonIsRead() throws {
    let container = try FolderEncoding.read(handmade)
    #expect(container.kind == .folder)
    #expect(container.promisedDigest == nil)
    let expected = try Corpus().model.map { try Corpus.Expected($0) }
    #expect(container.model.tensors == (try NamedTensors(expected.map { ($0.name, $0.tensor) })))
    #expect(try NPZEncoding.read(ZipArchive(Corpus.contents("model.npz"))).model == container.model)
  }

  @Test func aModelComesBackFromAFolderAndFromAnArchive() throws {
    let model = try richModel()
    try FolderEncoding.write(model, to: folder.file("model/"))
    let read = try FolderEncoding.read(folder.file("model"))
    #expect(read.model == model)
    #expect(try read.verifyDigests() == model.contentDigest())
    for compressed in [false, true] {
      let path = folder.file("model-\(compressed).npz")
      try AtomicFile.write(to: path, replacing: false) { (file) throws(ModelError) in
        try NPZEncoding.write(model, to: &file, compressed: compressed)
      }
      let container = try NPZEncoding.read(ZipArchive(MappedFile.contents(of: path)))
      #expect(container.model == model)
      #expect(try container.verifyDigests() == model.contentDigest())
    }
    #expect(try names(in: folder.path) == ["model", "model-false.npz", "model-true.npz"])
  }

  @Test func writingTwiceGivesTheSameBytes() throws {
    let model = try richModel()
    try FolderEncoding.write(model, to: folder.file("a"))
    try FolderEncoding.write(try FolderEncoding.read(folder.file("a")).model, to: folder.file("b"))
    let files = try names(in: folder.file("a/parameters"))
    #expect(try files == names(in: folder.file("b/parameters")))
    for file in files.map({ "parameters/\($0)" }) + ["architecture.json"] {
      #expect(try bytes(of: folder.file("a/\(file)")) == bytes(of: folder.file("b/\(file)")))
    }
  }

  @Test func filesHaveTheNamesOfTheirTensors() throws {
    try FolderEncoding.write(try richModel(), to: folder.file("model"))
    let found = try names(in: folder.file("model/parameters"))
    #expect(
      Set(found).isSuperset(of: [
        "hidden%2Fweights.npy", "hidden%2Fbiases.npy", "scale.npy", "W.npy", "%2E%2E.npy",
      ]))
    #expect(Set(found.map { $0.lowercased() }).count == 10)
    #expect(try names(in: folder.file("model/examples/first%2Fone/inputs")) == ["x.npy"])
  }

  @Test func bfloat16LiesThereAsIntegers() throws {
    try FolderEncoding.write(try richModel(), to: folder.file("model"))
    #expect(try Tensor(npyFile: folder.file("model/parameters/scale.npy")).dataType == .u16)
  }

  @Test func anEditedArrayIsAcceptedOnlyWhenThatIsSaid() throws {
    try FolderEncoding.write(try FolderEncoding.read(handmade).model, to: folder.file("model"))
    let path = folder.file("model")
    let array = path + "/parameters/hidden%2Fbiases.npy"
    let edited = try Tensor([1.0, 2.0, 3.0], [3])
    try edited.writeNPY(to: array, replacing: true)
    let found = error { () throws(ModelError) in try FolderEncoding.read(path).verifyDigests() }
    #expect(found?.problem.category == .failedCheck)
    #expect(found?.places == [.tensor("hidden/biases")])
    let read = try FolderEncoding.read(path, acceptsEdits: true)
    #expect(read.model.tensors["hidden/biases"] == edited)
    try read.verifyDigests()
  }

  private func document(_ change: (String) -> String) throws -> String {
    let path = folder.file("changed")
    try? FileManager.default.removeItem(atPath: path)
    try FileManager.default.copyItem(atPath: handmade, toPath: path)
    let text = String(decoding: try bytes(of: handmade + "/architecture.json"), as: UTF8.self)
    let changed = change(text)
    #expect(changed != text)
    folder.write("changed/architecture.json", Array(changed.utf8))
    return path
  }

  @Test func aWrongDocumentIsRefused() throws {
    let document = Place.file("architecture.json")
    let weights = Place.tensor("hidden/weights")
    let cases: [(String, String, ModelError)] = [
      ("arrays/0.npy", "arrays/9.npy", ModelError(ExplodedProblem.missingFile("arrays/9.npy"), at: weights)),
      (
        "arrays/0.npy", "arrays/1.npy",
        ModelError(ExplodedProblem.sharedFile("arrays/1.npy"), at: document, .tensor("hidden/biases"))
      ),
      (
        "arrays/0.npy", "../x.npy",
        ModelError(
          ExplodedProblem.badFileName("../x.npy", reason: "leads out of the folder"), at: document, weights)
      ),
      (
        "arrays/0.npy", "/x.npy",
        ModelError(
          ExplodedProblem.badFileName("/x.npy", reason: "is an absolute path"), at: document, weights)
      ),
      (
        "arrays/0.npy", "arrays//0.npy",
        ModelError(
          ExplodedProblem.badFileName("arrays//0.npy", reason: "has an empty part"), at: document, weights)
      ),
      (
        "arrays/0.npy", "architecture.json",
        ModelError(
          ExplodedProblem.badFileName("architecture.json", reason: "does not end in '.npy'"), at: document,
          weights)
      ),
      (
        "\"dtype\": \"bf16\"", "\"dtype\": \"f16\"",
        ModelError(
          ModelProblem.typeMismatch(
            expected: TensorType(.f16, [3] as Shape), found: TensorType(.u16, [3] as Shape)),
          at: .tensor("scale"), .file("arrays/2.npy"))
      ),
      (
        "\"file\"", "\"path\"",
        ModelError(JSONProblem.missing("file"), at: document, weights, .key("tensors[0]"))
      ),
    ]
    for (old, new, expected) in cases {
      let path = try self.document { text in
        guard let range = text.range(of: old) else { return text }
        return text.replacingCharacters(in: range, with: new)
      }
      #expect(throws: expected) { try FolderEncoding.read(path) }
    }
    _ = try FolderEncoding.read(try self.document { $0 + "\n" })
  }

  @Test func anArrayThatTheDocumentDoesNotNameIsRefused() throws {
    let path = try document { $0 + "\n" }
    let array = try Corpus.contents("good/f4.npy").array
    folder.write("changed/arrays/more.npy", array)
    #expect(throws: ModelError(ExplodedProblem.unlistedFile, at: .file("arrays/more.npy"))) {
      try FolderEncoding.read(path)
    }
    try FileManager.default.removeItem(atPath: path + "/arrays/more.npy")
    folder.write("changed/arrays/notes.txt", [])
    _ = try FolderEncoding.read(path)
  }

  @Test func aLinkOutOfTheFolderIsRefusedAndOneWithinIsFollowed() throws {
    let path = try document { $0 + "\n" }
    let array = path + "/arrays/0.npy"
    try FileManager.default.moveItem(atPath: array, toPath: folder.file("outside.npy"))
    try FileManager.default.createSymbolicLink(atPath: array, withDestinationPath: "../../outside.npy")
    #expect(
      throws: ModelError(
        ExplodedProblem.badFileName("arrays/0.npy", reason: "is a link that leads out of the folder"),
        at: .tensor("hidden/weights"))
    ) { try FolderEncoding.read(path) }
    try FileManager.default.moveItem(atPath: folder.file("outside.npy"), toPath: path + "/w")
    try FileManager.default.removeItem(atPath: array)
    try FileManager.default.createSymbolicLink(atPath: array, withDestinationPath: "../w")
    _ = try FolderEncoding.read(path)
  }

  @Test func aFolderWithoutADocumentIsNoModel() {
    #expect(throws: ModelError(ExplodedProblem.noArchitecture)) { try FolderEncoding.read(folder.path) }
    #expect(!FolderEncoding.matches(folder.path))
    #expect(FolderEncoding.matches(handmade))
  }

  @Test func onlyAModelIsReplacedAndOnlyWhenThatIsSaid() throws {
    let model = try FolderEncoding.read(handmade).model
    let path = folder.file("model")
    try FolderEncoding.write(model, to: path)
    #expect(throws: ModelError(FileProblem.alreadyExists)) { try FolderEncoding.write(model, to: path) }
    var changed = model
    changed.metadata["name"] = "another"
    try FolderEncoding.write(changed, to: path, replacing: true)
    #expect(try FolderEncoding.read(path).model == changed)
    #expect(try names(in: folder.path) == ["model"])

    folder.write("model/notes.txt", Array("mine".utf8))
    let reason = "it holds 'notes.txt', which is no part of a model"
    #expect(throws: ModelError(ExplodedProblem.notReplaceable(reason: reason))) {
      try FolderEncoding.write(model, to: path, replacing: true)
    }
    #expect(try FolderEncoding.read(path).model == changed)

    try FileManager.default.createDirectory(atPath: folder.file("other"), withIntermediateDirectories: true)
    folder.write("other/architecture.json", Array("{\"format\": \"keras\"}".utf8))
    #expect(throws: ModelError(ExplodedProblem.notReplaceable(reason: "it is no model of .npy files"))) {
      try FolderEncoding.write(model, to: folder.file("other"), replacing: true)
    }
    folder.write("file", [1])
    #expect(throws: ModelError(FileProblem.cannotCreate(reason: "what is there is not a folder"))) {
      try FolderEncoding.write(model, to: folder.file("file"), replacing: true)
    }
    #expect(try names(in: folder.path) == ["file", "model", "other"])
  }

  @Test func aFailedWriteLeavesNothingBehind() throws {
    var model = try FolderEncoding.read(handmade).model
    model.graph.nodes[0].kind = ""
    let found = error { () throws(ModelError) in try FolderEncoding.write(model, to: folder.file("model")) }
    #expect(found?.problem is ModelProblem)
    #expect(try names(in: folder.path) == [])
    let place = folder.file("missing/model")
    let other = error { () throws(ModelError) in
      try FolderEncoding.write(try FolderEncoding.read(handmade).model, to: place)
    }
    #expect(other == ModelError(FileProblem.cannotCreate(reason: "no such file or directory")))
  }
}
