import Foundation
import NNContainer
import NNFormat
import NNTestSupport
import Testing

/// `Fixtures/malformed`: damaged files, each with the sentence that it deserves.
@Suite struct MalformedTests {
  private static let folder = "\(fixtures)/malformed"

  struct Expectation: Sendable, CustomTestStringConvertible {
    let file: String
    /// The sentence without the file's path; nil if the file must load.
    let problem: String?
    let exitCode: Int32
    /// Whether opening finds nothing, and only reading every byte does.
    let isFoundByVerifying: Bool

    var testDescription: String { file }
  }

  static let expectations: [Expectation] = {
    do {
      let manifest = try JSONReader.value(ByteRegion(try bytes(of: "\(folder)/manifest.json")))
      return (manifest.array ?? []).compactMap { entry in
        guard let entry = entry.object, let file = entry["file"]?.string else { return nil }
        return Expectation(
          file: file, problem: entry["problem"]?.string, exitCode: Int32(entry["exit"]?.int ?? 0),
          isFoundByVerifying: entry["verify"]?.bool ?? false)
      }
    } catch {
      Issue.record("the manifest cannot be read: \(error)")
      return []
    }
  }()

  @Test(arguments: expectations)
  func theFileGetsItsSentence(_ expected: Expectation) throws {
    let path = "\(MalformedTests.folder)/\(expected.file)"
    let opening = error { () throws(ModelError) in try Container.open(path) }
    guard let problem = expected.problem else {
      #expect(opening == nil)
      try Container.open(path).verifyDigests()
      return
    }
    if expected.isFoundByVerifying {
      #expect(opening == nil)
      let found = error { () throws(ModelError) in try Container.open(path).verifyDigests() }
      #expect(found?.description == problem)
      #expect(found?.problem.category.rawValue == expected.exitCode)
    } else {
      #expect(opening?.description == "\(path): \(problem)")
      #expect(opening?.problem.category.rawValue == expected.exitCode)
    }
  }

  @Test func everyFileIsListed() throws {
    let found = try #require(FileManager.default.enumerator(atPath: MalformedTests.folder)).compactMap { item in
      (item as? String).flatMap { $0.contains(".") ? $0 : nil }
    }
    #expect(Set(found) == Set(MalformedTests.expectations.map(\.file) + ["manifest.json"]))
    #expect(MalformedTests.expectations.count > 200)
  }

  @Test(arguments: ["[", "{\"a\":", "{\"format\": [["])
  func aMillionBracketsAreRefusedWithoutTheirDepth(_ unit: String) throws {
    let folder = TemporaryFolder()
    let brackets = Array(String(repeating: unit, count: 1_000_000).utf8)
    let path = folder.write("deep.json", Array("{\"format\": ".utf8) + brackets)
    let problem = error { () throws(ModelError) in try Container.open(path) }?.problem
    #expect(problem as? JSONProblem == .tooDeep(limit: 64))
  }

  @Test func aFolderAMissingFileAndAFileThatMayNotBeReadAreSaidSo() throws {
    let folder = TemporaryFolder()
    func problem(_ path: String) -> FileProblem? {
      error { () throws(ModelError) in try Container.open(path) }?.problem as? FileProblem
    }
    #expect(problem(folder.file("none.nnm")) == .notFound)
    let path = folder.write("secret.nnm", [1, 2, 3])
    chmod(path, 0)
    // The superuser may read everything.
    if geteuid() != 0 { #expect(problem(path) == .notReadable) }
    #expect(mkfifo(folder.file("pipe.nnm"), 0o600) == 0)
    #expect(problem(folder.file("pipe.nnm")) == .notRegular)
  }
}
