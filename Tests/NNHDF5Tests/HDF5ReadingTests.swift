#if HDF5
  import NNFormat
  import NNHDF5
  import NNTestSupport
  import Testing

  @Suite struct HDF5ReadingTests {
    @Test(arguments: HDF5Corpus.good)
    func filesOfH5pyAreRead(_ entry: HDF5Corpus.Case) throws {
      let container = try HDF5Encoding.read(entry.path)
      #expect(container.kind == .hdf5)
      #expect(container.version == FormatVersion.current)
      #expect(container.promisedDigest?.description == entry.expected)
      // The digests were computed from NumPy's bytes, so every bit of every tensor is compared here.
      #expect(try container.verifyDigests().description == entry.expected)
      #expect(Set(container.model.tensors.entries.map(\.tensor.dataType)) == Set(DataType.allCases))
    }

    @Test func theValuesAreThoseOfNumPy() throws {
      let first = try HDF5Encoding.read("\(HDF5Corpus.folder)/superblock-0.h5").model
      let f16 = try #require(first.tensors["each/f16"])
      #expect(f16.bytes == ByteRegion([0x01, 0x7E, 0, 0xFC, 0, 0x80, 1, 0, 0, 0x3C, 0x01, 0x7C]))
      #expect(first.tensors["each/i64"]?.elements(as: Int64.self) == [.min, .max, 0, 1, 10, .max - 10])
      #expect(first.tensors["each/bool"]?.elements(as: Bool.self) == [true, false, false, true, true, false])
      #expect(first.tensors["nothing"]?.shape == [0, 4])
      #expect(first.tensors["scale"]?.shape == .scalar)
      #expect(first.tensors["scale"]?.elements(as: Float.self) == [0.1])
      #expect(first.examples.first?.values["hidden"]?.elements(as: Float.self) == [9, 1, 2, 3, 4])
      for entry in HDF5Corpus.good.dropFirst() {
        #expect(try HDF5Encoding.read(entry.path).model == first)
      }
    }

    @Test(arguments: HDF5Corpus.refused)
    func filesThatBreakARuleAreRefused(_ entry: HDF5Corpus.Case) {
      let thrown = error { () throws(ModelError) in try HDF5Encoding.read(entry.path) }
      #expect(thrown?.description == entry.expected)
    }

    @Test(arguments: HDF5Corpus.unverified)
    func anEditedWeightIsNamed(_ entry: HDF5Corpus.Case) throws {
      let container = try HDF5Encoding.read(entry.path)
      #expect(error { () throws(ModelError) in try container.verifyDigests() }?.description == entry.expected)
    }

    @Test func everyFileOfTheCorpusIsListed() throws {
      let listed = (HDF5Corpus.good + HDF5Corpus.refused + HDF5Corpus.unverified).map(\.file)
      #expect(listed.count == Set(listed).count)
      #expect(listed.count > 30)
    }

    @Test func aKerasFileSaysWhatToDo() {
      let path = "\(HDF5Corpus.folder)/keras.h5"
      #expect(
        error { () throws(ModelError) in try HDF5Encoding.read(path) }
          == ModelError(HDF5Problem.ofKeras))
    }

    @Test func aFileThatIsCutOffIsRefused() {
      let thrown = error { () throws(ModelError) in try HDF5Encoding.read("\(HDF5Corpus.folder)/cut.h5") }
      #expect(
        thrown
          == ModelError(
            HDF5Problem.unreadable(
              action: "open the file",
              reason: "truncated file: eof = 2052, sblock->base_addr = 0, stored_eof = 3421")))
    }

    @Test func tensorsLieInTheMappedFile() throws {
      let container = try HDF5Encoding.read("\(HDF5Corpus.folder)/superblock-3-user-block.h5")
      let again = try HDF5Encoding.read("\(HDF5Corpus.folder)/superblock-3-user-block.h5")
      let large = try #require(container.model.tensors["large"]?.bytes)
      let scale = try #require(container.model.tensors["scale"]?.bytes)
      let distance = address(large) - address(scale)
      #expect(abs(distance) < container.fileSize)
      // Another mapping of the same file has the same distances; copies on the heap would not.
      let other = try #require(again.model.tensors["large"]?.bytes)
      let otherScale = try #require(again.model.tensors["scale"]?.bytes)
      #expect(address(other) - address(otherScale) == distance)
      #expect(address(other) != address(large))
    }

    private func address(_ region: ByteRegion) -> Int {
      region.withUnsafeBytes { Int(bitPattern: $0.baseAddress) }
    }
  }
#endif
