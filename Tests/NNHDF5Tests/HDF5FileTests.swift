#if HDF5
  import NNFormat
  import NNHDF5
  import NNTestSupport
  import Testing

  @Suite struct HDF5FileTests {
    private static let keras = "\(HDF5Corpus.folder)/keras.h5"

    @Test func attributesAreReadInEveryForm() throws {
      try HDF5File.reading(Self.keras) { (file) throws(ModelError) in
        #expect(try file.attributeNames(of: "/") == ["keras_version", "model_config"])
        #expect(try file.text(ofAttribute: "keras_version", of: "/") == "3.15.1")
        #expect(try file.texts(ofAttribute: "layer_names", of: "/model_weights") == ["dense", "größe"])
        #expect(try file.texts(ofAttribute: "split0", of: "/model_weights") == ["dense", "conv_1"])
        #expect(try file.text(ofAttribute: "backend", of: "/") == nil)
      }
    }

    @Test func anEmptyListOfNumbersIsAnEmptyListOfTexts() throws {
      try HDF5File.reading(Self.keras) { (file) throws(ModelError) in
        #expect(try file.texts(ofAttribute: "weight_names", of: "/model_weights") == [])
      }
    }

    @Test func severalTextsAreNotOne() {
      let thrown = error { () throws(ModelError) in
        try HDF5File.reading(Self.keras) { (file) throws(ModelError) in
          try file.text(ofAttribute: "layer_names", of: "/model_weights")
        }
      }
      #expect(
        thrown
          == ModelError(HDF5Problem.notOneText(found: "2 texts"), at: .object("/model_weights@layer_names")))
    }

    @Test func objectsAreListedByName() throws {
      try HDF5File.reading("\(HDF5Corpus.folder)/edited.h5") { (file) throws(ModelError) in
        #expect(
          file.objects.map(\.path) == [
            "/architecture", "/parameters", "/parameters/hidden", "/parameters/tied",
            "/parameters/hidden/biases",
            "/parameters/hidden/weights", "/parameters/tied/weights",
          ])
        #expect(
          file.object("/parameters/tied/weights")?.identity
            == file.object("/parameters/hidden/weights")?.identity)
        #expect(
          file.object("/parameters/tied/weights")?.identity
            != file.object("/parameters/hidden/biases")?.identity)
        let weights = try file.dataset("/parameters/hidden/weights")
        #expect(weights.shape == [3, 5])
        #expect(weights.elementType == .number(.f32, isBigEndian: false))
        #expect(try weights.tensor().elements(as: Float.self)[6...7] == [6, 99])
      }
    }

    @Test func aMissingDatasetIsNamed() {
      let thrown = error { () throws(ModelError) in
        try HDF5File.reading(Self.keras) { (file) throws(ModelError) in
          try file.dataset("/model_weights").shape
        }
      }
      #expect(thrown == ModelError(HDF5Problem.noDataset, at: .object("/model_weights")))
    }

    @Test func aFileThatIsNotHDF5IsRefused() {
      let folder = TemporaryFolder()
      let path = folder.write("text.h5", Array("no HDF5 at all".utf8))
      let thrown = error { () throws(ModelError) in try HDF5Encoding.read(path) }
      #expect(
        thrown
          == ModelError(HDF5Problem.unreadable(action: "open the file", reason: "file signature not found")))
      #expect(
        error { () throws(ModelError) in try HDF5Encoding.read(folder.file("none.h5")) }
          == ModelError(FileProblem.notFound))
    }

    @Test func manyThreadsReadAtOnce() async throws {
      try await withThrowingTaskGroup(of: Digest.self) { group in
        for turn in 0..<24 {
          let entry = HDF5Corpus.good[turn % HDF5Corpus.good.count]
          group.addTask { try HDF5Encoding.read(entry.path).verifyDigests() }
        }
        for try await digest in group { #expect(digest.description == HDF5Corpus.good.first?.expected) }
      }
    }
  }
#endif
