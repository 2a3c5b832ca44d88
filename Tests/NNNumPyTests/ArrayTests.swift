import NNFormat
import NNNumPy
import NNTestSupport
import Testing

@Suite struct ArrayTests {
  @Test func everyGoodArrayHasTheBitsThatNumPyReads() throws {
    for entry in try Corpus().arrays {
      let expected = try Corpus.Expected(entry)
      let tensor = try Tensor(
        npyFile: "\(Corpus.folder)/\(expected.name)", voidAsBFloat16: expected.tensor.dataType == .bf16)
      #expect(tensor == expected.tensor, "\(expected.name)")
    }
  }

  @Test func anArrayIsWrittenWithTheBytesOfNPSave() throws {
    let folder = TemporaryFolder()
    var count = 0
    for entry in try Corpus().arrays where Corpus.isTrue(entry, "as_saved") {
      let expected = try Corpus.Expected(entry)
      let path = folder.file("x\(count).npy")
      try expected.tensor.writeNPY(to: path)
      #expect(try bytes(of: path) == Corpus.contents(expected.name).array, "\(expected.name)")
      count += 1
    }
    #expect(count == 23)
  }

  @Test func everyBadFileIsRefusedWithItsSentence() throws {
    for entry in try Corpus().bad {
      let file = try Corpus.string(entry, "file")
      let contents = try Corpus.contents(file)
      let found = error { () throws(ModelError) in
        if file.hasSuffix(".npy") {
          _ = try Tensor(npy: contents)
        } else {
          _ = try NamedTensors(npz: contents)
        }
      }
      #expect(try found?.description == Corpus.string(entry, "error"), "\(file)")
    }
  }

  @Test func everyFileOfTheCorpusIsInTheManifest() throws {
    let corpus = try Corpus()
    let listed = try Set((corpus.arrays + corpus.archives + corpus.bad).map { try Corpus.string($0, "file") })
    for folder in ["good", "bad"] {
      let present = try names(in: "\(Corpus.folder)/\(folder)").map { "\(folder)/\($0)" }
      #expect(Set(present) == listed.filter { $0.hasPrefix(folder) })
    }
  }

  @Test func anArrayInOurOrderIsNotCopied() throws {
    let file = try Corpus.contents("good/f4.npy")
    let tensor = try Tensor(npy: file)
    let start = file.withUnsafeBytes { $0.baseAddress }
    #expect(tensor.bytes.withUnsafeBytes { $0.baseAddress } == start.map { $0 + 128 })
  }

  @Test func aPathThatLeadsNowhereIsNamed() {
    #expect(throws: ModelError(FileProblem.notFound, at: .file("/nowhere/x.npy"))) {
      try Tensor(npyFile: "/nowhere/x.npy")
    }
  }

  @Test func everyPrefixOfAnArrayIsRefused() throws {
    for name in ["good/f4.npy", "good/version-3.npy", "good/f8-big-fortran.npy", "good/b1.npy"] {
      let file = try Corpus.contents(name)
      for count in 0..<file.count {
        #expect(
          error { () throws(ModelError) in try Tensor(npy: file[0..<count]) } != nil, "\(name) \(count)")
      }
      _ = try Tensor(npy: file)
    }
  }

  @Test func aTransposedArrayOfAnyShapeEqualsElementByElementCopying() throws {
    var random = SystemRandomNumberGenerator()
    for turn in 0..<60 {
      let rank = Int.random(in: 2...5, using: &random)
      let extents = (0..<rank).map { _ in Int.random(in: 1...(rank < 4 ? 20 : 6), using: &random) }
      let count = extents.reduce(1, *)
      let values = (0..<count).map { UInt32($0) }
      let file = npy("<u4", extents, isFortranOrder: true, ByteRegion(values.flatMap(littleEndian)))
      let tensor = try Tensor(npy: file)
      var expected: [UInt32] = []
      var index = extents.map { _ in 0 }
      for _ in 0..<count {
        // In Fortran order the first index runs fastest.
        expected.append(UInt32(zip(index, extents).reversed().reduce(0) { $0 * $1.1 + $1.0 }))
        for axis in extents.indices.reversed() {
          index[axis] += 1
          if index[axis] < extents[axis] { break }
          index[axis] = 0
        }
      }
      #expect(tensor.elements(as: UInt32.self) == expected, "turn \(turn): \(extents)")
    }
  }

  @Test func sizesBeyondTheFileCostNothing() throws {
    let file = npy("<f8", [1 << 40], isFortranOrder: true, ByteRegion([0]))
    let problem = error { () throws(ModelError) in try Tensor(npy: file) }
    #expect(problem?.description.contains("needs 8796093022208 bytes, but only 1 remain") == true)
  }

  private func littleEndian(_ value: UInt32) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }

  private func npy(
    _ descr: String, _ extents: [Int], isFortranOrder: Bool, _ data: ByteRegion
  ) -> ByteRegion {
    let shape = extents.map { "\($0)," }.joined()
    let order = isFortranOrder ? "True" : "False"
    let header = Array("{'descr': '\(descr)', 'fortran_order': \(order), 'shape': (\(shape))}".utf8)
    return ByteRegion(
      [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.count & 255), UInt8(header.count >> 8)] + header
        + data.array)
  }
}
