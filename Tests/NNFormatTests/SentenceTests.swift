import NNFormat
import Testing

/// Every sentence that people may read is pinned here, so that none changes by accident.
@Suite struct SentenceTests {
  private static let digest = Digest(of: [])
  private static let empty = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

  private static let sentences: [(any Problem, ProblemCategory, String)] = [
    (FileProblem.notFound, .missingInput, "no such file"),
    (FileProblem.notReadable, .missingInput, "may not be read; check its permissions"),
    (FileProblem.isDirectory, .missingInput, "is a folder, where a file is needed"),
    (FileProblem.notRegular, .missingInput, "is neither a file nor a folder; copy its content into a file first"),
    (
      FileProblem.alreadyExists, .cannotCreate, "exists already; pass --force to replace it, or name another output"
    ),
    (FileProblem.cannotCreate(reason: "x"), .cannotCreate, "cannot be created: x"),
    (FileProblem.readFailed(reason: "x"), .inputOutput, "reading failed: x"),
    (
      FileProblem.writeFailed(reason: "x"), .inputOutput, "writing failed: x; what was there before is untouched"
    ),
    (
      ByteProblem.truncated("it", needed: 8, remaining: 3), .malformed,
      "it needs 8 bytes, but only 3 remain; the file seems to be cut off"
    ),
    (ByteProblem.sizeTooLarge("a size", 9), .malformed, "a size of 9 is larger than any file can be"),
    (ByteProblem.trailing("it", count: 2), .malformed, "2 bytes follow the end of it, where nothing should"),
    (JSONProblem.notUTF8, .malformed, "not valid UTF-8, which JSON must be"),
    (
      JSONProblem.endsEarly(expected: "a value"), .malformed,
      "the text ends where a value is needed; the file seems to be cut off"
    ),
    (JSONProblem.unexpected(found: "'x'", expected: "a value"), .malformed, "found 'x' where a value is needed"),
    (JSONProblem.duplicateName("a"), .malformed, "the name 'a' stands twice in one object; each may stand once"),
    (JSONProblem.tooDeep(limit: 64), .malformed, "values are nested more than 64 deep, which no model needs"),
    (JSONProblem.numberTooLarge("1e999"), .malformed, "the number 1e999 is too large for a double"),
    (
      JSONProblem.controlCharacter(9), .malformed,
      "a string holds the control character 9 as it is; write it as an escape"
    ),
    (
      JSONProblem.loneSurrogate("\\ud800"), .malformed,
      "the escape \\ud800 is half of a pair; both halves must stand together"
    ),
    (JSONProblem.wrongKind(expected: "a string", found: "null"), .malformed, "must be a string, found null"),
    (JSONProblem.missing("graph"), .malformed, "the member 'graph' is missing"),
    (
      JSONProblem.unknownName("grph", nearest: "graph"), .malformed,
      "the member 'grph' is unknown; did you mean 'graph'?"
    ),
    (JSONProblem.notFinite, .malformed, "NaN and infinity cannot be written as JSON numbers"),
    (
      ModelProblem.unknownDataType("f8"), .unsupported,
      "the data type 'f8' is unknown; known are f16, bf16, f32, f64, i8, i16, i32, i64, u8, u16, u32, u64, bool"
    ),
    (ModelProblem.rankTooLarge(40), .malformed, "40 dimensions are more than the 32 that a tensor may have"),
    (ModelProblem.negativeExtent(-1), .malformed, "an extent of -1 is below zero"),
    (ModelProblem.shapeOverflow([9, 9]), .malformed, "the shape [9, 9] has more elements than can be counted"),
    (ModelProblem.wrongSize(needed: 8, found: 4), .malformed, "the shape needs 8 bytes, found 4"),
    (ModelProblem.notBool(7), .malformed, "a truth value is stored as 7; only 0 and 1 are allowed"),
    (ModelProblem.badName("a", reason: "is bad"), .malformed, "the name 'a' is bad"),
    (
      ModelProblem.duplicate(what: "nodes", "a"), .malformed, "two nodes have the name 'a'; each needs its own"
    ),
    (
      ModelProblem.unknownValue("a", nearest: "b"), .malformed,
      "the value 'a' is neither an input nor computed by a node; did you mean 'b'?"
    ),
    (
      ModelProblem.laterValue("a"), .malformed,
      "the value 'a' is computed by a later node; list the nodes in the order in which they run"
    ),
    (ModelProblem.cycle(["a", "b", "a"]), .malformed, "the nodes 'a' -> 'b' -> 'a' wait for each other in a circle"),
    (
      ModelProblem.badReference("a:"), .malformed,
      "'a:' is no reference to a value; write a node's name, or a name, a colon and the number of an output"
    ),
    (
      ModelProblem.missingTensor(role: "weights", "w", nearest: nil), .malformed,
      "its parameter 'weights' is the tensor 'w', which the file does not have"
    ),
    (ModelProblem.unusedTensor, .malformed, "no node uses it; remove it, or name it in a node's parameters"),
    (ModelProblem.nothing(what: "graph input"), .malformed, "there is no graph input; at least one is needed"),
    (
      ModelProblem.tooMany(what: "nodes", count: 3, limit: 2), .malformed,
      "3 nodes are more than the 2 that a reader accepts"
    ),
    (
      ModelProblem.digestMismatch(promised: digest, found: digest), .failedCheck,
      "the content is damaged: its digest should be \(empty) and is \(empty); get the file again, or leave "
        + "the digests out of a JSON file that you edited"
    ),
    (
      ModelProblem.badDigest("x"), .malformed,
      "'x' is no digest; write sha256: and 64 lower-case hexadecimal digits"
    ),
    (
      ModelProblem.exampleMismatch(what: "input", "x", isMissing: true), .malformed,
      "the input 'x' of the graph is missing"
    ),
    (
      ModelProblem.exampleMismatch(what: "input", "x", isMissing: false), .malformed,
      "there is a value for 'x', which is no input of the graph"
    ),
    (
      ModelProblem.typeMismatch(
        expected: TensorType(.f32, [.symbol("N"), .unknown]), found: TensorType(.f64, [2, 3] as Shape)), .malformed,
      "must be f32 [N, ?], found f64 [2, 3]"
    ),
    (ContainerProblem.empty, .malformed, "the file is empty"),
    (
      ContainerProblem.unknownKind(beginsWith: Array("hello".utf8)), .malformed,
      "not a model: it begins with 'hello', which is none of .nnm, HDF5, JSON and safetensors"
    ),
    (
      ContainerProblem.unknownKind(beginsWith: [0, 0xFF]), .malformed,
      "not a model: it begins with 00 ff, which is none of .nnm, HDF5, JSON and safetensors"
    ),
    (
      ContainerProblem.gitLFSPointer, .malformed,
      "a Git LFS pointer, not the model itself; run 'git lfs pull' first"
    ),
    (
      ContainerProblem.textModeDamage, .malformed,
      "its bytes were changed by a transfer in text mode; copy it again in binary mode"
    ),
    (
      ContainerProblem.convertFirst(what: "a thing", command: "do it"), .unsupported,
      "a thing, not a model; convert it first: do it"
    ),
    (
      ContainerProblem.withoutHDF5, .unsupported,
      "an HDF5 file, and this build has no HDF5; build with the package trait 'HDF5', or convert the file elsewhere: "
        + "nnconvert convert FILE.h5 FILE.nnm"
    ),
    (ContainerProblem.badVersion("x"), .malformed, "'x' is no version; write major.minor, as in 1.0"),
    (
      ContainerProblem.versionTooNew(FormatVersion(major: 2, minor: 1), supported: .current), .unsupported,
      "the file has version 2.1, and this library reads versions 1.x; use a newer library"
    ),
    (
      ContainerProblem.unknownFeatures(["a", "b"], FormatVersion(major: 1, minor: 1), supported: .current),
      .unsupported,
      "the file has version 1.1 and requires 'a', 'b', which this library (version 1.0) does not know; use a newer one"
    ),
    (ContainerProblem.unknownFlags(3), .malformed, "the flags 0x3 have no meaning; they must be 0"),
    (
      ContainerProblem.headerTooLong(9, limit: 4), .malformed,
      "a header of 9 bytes cannot be: at most 4 are possible here"
    ),
    (
      ContainerProblem.wrongFileSize(promised: 9, found: 4), .malformed,
      "the file is cut off: it should have 9 bytes and has 4"
    ),
    (
      ContainerProblem.wrongFileSize(promised: 4, found: 9), .malformed,
      "the file should have 4 bytes and has 9; something was appended"
    ),
    (
      ContainerProblem.headerDamaged, .malformed,
      "the header is damaged: its digest does not match; get the file again"
    ),
    (
      ContainerProblem.wrongOffset(expected: 64, found: 0), .malformed,
      "must begin at byte 64 of the data, found 0; tensors follow one another without holes"
    ),
    (ContainerProblem.paddingNotZero(1), .malformed, "a byte between tensors is 1, where it must be 0"),
    (ContainerProblem.notThisFormat(found: "x"), .malformed, "the member 'format' must be 'nnm', found 'x'"),
    (ContainerProblem.valuesNotOnce, .malformed, "needs either 'values' or 'base64', not both and not neither"),
    (
      ContainerProblem.wrongValues(shape: [2, 3]), .malformed,
      "the values must be lists nested as the shape [2, 3] says"
    ),
    (ContainerProblem.valueOutOfRange("300", .u8), .malformed, "the value 300 is no u8"),
    (
      ContainerProblem.badBase64, .malformed, "not base64 (RFC 4648, with padding and without line breaks)"
    ),
    (ContainerProblem.unlistedTensor, .malformed, "stored in the file, but not listed in the architecture"),
    (ContainerProblem.tensorNotStored, .malformed, "listed in the architecture, but not stored in the file"),
    (
      ContainerProblem.notReproduced, .internalFault,
      "what was written does not read back as the same model, so nothing was kept; please report this bug"
    ),
    (
      ContainerProblem.contradiction(what: "version", "1.0", "1.1"), .malformed,
      "its version is 1.0 in one place and 1.1 in another"
    ),
  ]

  @Test(arguments: sentences.indices)
  func everyProblemHasItsSentenceAndCategory(_ index: Int) {
    let (problem, category, sentence) = Self.sentences[index]
    #expect(problem.description == sentence)
    #expect(problem.category == category)
  }

  @Test func placesComeFirstOutermostFirst() {
    let error = ModelError(ModelProblem.unusedTensor, at: .tensor("w")).inside(.byte(7)).inside(.file("a.nnm"))
    #expect(
      error.description
        == "a.nnm: byte 7: tensor 'w': no node uses it; remove it, or name it in a node's parameters")
    #expect(error != ModelError(ModelProblem.unusedTensor))
    #expect(ModelError(FileProblem.notFound) != ModelError(ModelProblem.unusedTensor))
  }

  @Test func suggestionsAreNear() {
    #expect(nearest(to: "sigmoyd", among: ["tanh", "sigmoid", "relu"]) == "sigmoid")
    #expect(nearest(to: "conv", among: ["tanh", "sigmoid", "relu"]) == nil)
  }
}
