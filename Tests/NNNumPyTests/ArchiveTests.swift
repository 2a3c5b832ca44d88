import NNFormat
import NNNumPy
import NNTestSupport
import Testing

@Suite struct ArchiveTests {
  private func expected(_ entry: JSONValue) throws -> NamedTensors {
    let arrays = try #require(entry.object?["arrays"]?.array).map { try Corpus.Expected($0) }
    return try NamedTensors(arrays.map { ($0.name, $0.tensor) })
  }

  @Test func everyGoodArchiveHasTheArraysThatNumPyReads() throws {
    for entry in try Corpus().archives {
      let file = try Corpus.string(entry, "file")
      #expect(try NamedTensors(npzFile: "\(Corpus.folder)/\(file)") == expected(entry), "\(file)")
    }
  }

  @Test func anArchiveIsWrittenWithTheBytesOfNPSavez() throws {
    let folder = TemporaryFolder()
    var count = 0
    for entry in try Corpus().archives where Corpus.isTrue(entry, "as_saved") {
      let file = try Corpus.string(entry, "file")
      let path = folder.file("x\(count).npz")
      let isCompressed = Corpus.isTrue(entry, "is_compressed")
      try expected(entry).writeNPZ(to: path, compressed: isCompressed)
      // Another version of zlib may compress otherwise.
      if !isCompressed { #expect(try bytes(of: path) == Corpus.contents(file).array, "\(file)") }
      #expect(try NamedTensors(npzFile: path) == expected(entry), "\(file)")
      count += 1
    }
    #expect(count == 4)
  }

  @Test func aStoredMemberIsNotCopied() throws {
    let file = try Corpus.contents("good/savez.npz")
    let archive = try ZipArchive(file)
    let content = try archive.contents(named: "biases_hidden.npy")
    let range = file.withUnsafeBytes {
      UInt(bitPattern: $0.baseAddress)..<UInt(bitPattern: $0.baseAddress) + UInt($0.count)
    }
    #expect(content.withUnsafeBytes { range.contains(UInt(bitPattern: $0.baseAddress)) })
  }

  @Test func aMemberThatIsNotThereIsNamedWithItsNearest() throws {
    let archive = try ZipArchive(try Corpus.contents("good/savez.npz"))
    #expect(throws: ModelError(ZipProblem.noSuchMember(nearest: "counts.npy"), at: .member("count.npy"))) {
      try archive.contents(named: "count.npy")
    }
    #expect(archive.contains("counts.npy"))
  }

  @Test(arguments: [ZipMethod.stored, .deflated])
  func largeMembersComeBack(method: ZipMethod) throws {
    // More than one part of the parallel checksum, in regions of odd sizes.
    var state: UInt64 = 7
    let noise = ByteRegion(
      (0..<60_013).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1
        return UInt8(truncatingIfNeeded: state >> 60)
      })
    let parts = Array(repeating: noise, count: 83)
    let folder = TemporaryFolder()
    let file = folder.file("x.zip")
    try AtomicFile.write(to: file, replacing: false) { (file) throws(ModelError) in
      var writer = ZipWriter()
      try writer.add("noise", parts, method: method, to: &file)
      try writer.add("nothing", [], method: method, to: &file)
      try writer.finish(to: &file)
    }
    let archive = try ZipArchive(MappedFile.contents(of: file))
    #expect(archive.names == ["noise", "nothing"])
    let content = try archive.contents(named: "noise")
    #expect(content.count == parts.count * noise.count)
    for start in stride(from: 0, to: content.count, by: noise.count) {
      #expect(content[start..<start + noise.count] == noise)
    }
    #expect(try archive.contents(named: "nothing").count == 0)
  }

  @Test func theWriterRefusesNamesThatTheReaderRefuses() throws {
    let folder = TemporaryFolder()
    let tensor = try Tensor([Float(1)], [1])
    for name in ["../x", "/x", "a\\b"] {
      let path = folder.file("bad.npz")
      let tensors = try NamedTensors([(name, tensor)])
      let found = error { () throws(ModelError) in try tensors.writeNPZ(to: path) }
      #expect(found?.problem is ZipProblem, "\(name)")
      #expect(throws: ModelError(FileProblem.notFound)) { try MappedFile.contents(of: path) }
    }
    try NamedTensors([("a/x", tensor)]).writeNPZ(to: folder.file("good.npz"))
  }

  @Test func everyPrefixOfAnArchiveIsRefused() throws {
    for name in ["good/savez.npz", "good/zip64-everywhere.npz", "good/unseekable-compressed.npz"] {
      let file = try Corpus.contents(name)
      for count in 0..<file.count {
        #expect(
          error { () throws(ModelError) in try NamedTensors(npz: file[0..<count]) } != nil, "\(name) \(count)"
        )
      }
    }
  }

  @Test(
    arguments: [
      "good/savez.npz", "good/zip64-everywhere.npz", "good/unseekable-compressed.npz",
      "good/extra-fields.npz",
    ])
  func everyChangeOfOneByteThrowsOrChangesNoTensor(name: String) throws {
    let original = try Corpus.contents(name).array
    let tensors = try NamedTensors(npz: ByteRegion(original))
    var thrown = 0
    for position in original.indices {
      var bytes = original
      bytes[position] ^= 1 << UInt8(position % 8)
      do {
        #expect(try NamedTensors(npz: ByteRegion(bytes)) == tensors, "byte \(position)")
      } catch {
        thrown += 1
      }
    }
    #expect(thrown > original.count / 2)
  }

  @Test func randomDamageNeverTraps() throws {
    var random = SystemRandomNumberGenerator()
    let corpus = try Corpus()
    let files = try (corpus.arrays + corpus.archives + corpus.bad).map {
      try Corpus.contents(Corpus.string($0, "file")).array
    }
    var refused = 0
    for _ in 0..<2000 {
      guard var bytes = files.randomElement(using: &random), !bytes.isEmpty else { continue }
      for _ in 0..<Int.random(in: 1...8, using: &random) {
        let position = Int.random(in: bytes.indices, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes[position] = [0, 1, 0x7F, 0x80, 0xFF].randomElement(using: &random) ?? 0
        case 1: bytes[position] = UInt8.random(in: 0 ... .max, using: &random)
        case 2: bytes.insert(UInt8.random(in: 0 ... .max, using: &random), at: position)
        default: if bytes.count > 1 { bytes.remove(at: position) }
        }
      }
      let region = ByteRegion(bytes)
      let array = try? Tensor(npy: region, voidAsBFloat16: true)
      let archive = try? NamedTensors(npz: region)
      if array == nil, archive == nil { refused += 1 }
    }
    #expect(refused > 0)
  }
}
