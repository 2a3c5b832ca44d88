import NNFormat
import NNTestSupport
import Testing

@Suite struct FileTests {
  private let folder = TemporaryFolder()

  private func write(_ name: String, _ text: String, replacing: Bool = false) throws(ModelError) {
    try AtomicFile.write(to: folder.file(name), replacing: replacing) { (file) throws(ModelError) in
      try file.write(text.utf8)
    }
  }

  @Test func aFileAppearsWhole() throws {
    try write("a", "hello")
    #expect(try bytes(of: folder.file("a")) == Array("hello".utf8))
  }

  @Test func anExistingFileIsKeptUnlessReplacingIsAskedFor() throws {
    try write("a", "old")
    let found = error { () throws(ModelError) in try write("a", "new") }
    #expect(found == ModelError(FileProblem.alreadyExists))
    #expect(try bytes(of: folder.file("a")) == Array("old".utf8))
    try write("a", "new", replacing: true)
    #expect(try bytes(of: folder.file("a")) == Array("new".utf8))
  }

  @Test func aFailedWriteLeavesTheOldFileAndNothingElse() throws {
    try write("a", "old")
    let found = error { () throws(ModelError) in
      try AtomicFile.write(to: folder.file("a"), replacing: true) { (file) throws(ModelError) in
        try file.write(zeros: 3 << 20)
        throw ModelError(ModelProblem.unusedTensor)
      }
    }
    #expect(found == ModelError(ModelProblem.unusedTensor))
    #expect(try bytes(of: folder.file("a")) == Array("old".utf8))
    #expect(try folder.names() == ["a"])
  }

  @Test func aMappedFileMayBeReplacedByItself() throws {
    try write("a", String(repeating: "x", count: 100_000))
    let mapped = try MappedFile.contents(of: folder.file("a"))
    try AtomicFile.write(to: folder.file("a"), replacing: true) { (file) throws(ModelError) in
      try file.write(mapped)
      try file.write("y".utf8)
    }
    #expect(try bytes(of: folder.file("a")).count == 100_001)
    #expect(mapped.count == 100_000)
  }

  @Test func whatIsNoFileIsSaidSo() {
    func problem(_ path: String) -> FileProblem? {
      error { () throws(ModelError) in try MappedFile.contents(of: path) }?.problem as? FileProblem
    }
    #expect(problem(folder.file("missing")) == .notFound)
    #expect(problem(folder.path) == .isDirectory)
    #expect(problem("/dev/null") == .notRegular)
  }

  @Test func aFolderThatIsMissingCannotBeWrittenTo() {
    let found = error { () throws(ModelError) in try write("no/such/file", "x") }
    #expect(found == ModelError(FileProblem.cannotCreate(reason: "no such file or directory")))
  }

  @Test func integersAreLittleEndianAndBounded() throws {
    var reader = ByteReader(ByteRegion([1, 2, 3, 4, 5]), origin: 100)
    #expect(try reader.integer("a number", as: UInt16.self) == 0x0201)
    #expect(try reader.integer("a number", as: UInt16.self) == 0x0403)
    let found = error { () throws(ModelError) in try reader.integer("a number", as: UInt16.self) }
    #expect(found == ModelError(ByteProblem.truncated("a number", needed: 2, remaining: 1), at: .byte(104)))
    let trailing = error { () throws(ModelError) in try reader.expectEnd(of: "the numbers") }
    #expect(trailing == ModelError(ByteProblem.trailing("the numbers", count: 1), at: .byte(104)))
  }
}
