#if HDF5
  import NNFormat
  import NNHDF5
  import NNTestSupport
  import Testing

  @Suite struct HDF5WritingTests {
    private static let packings: [HDF5Compression] = [.none, .gzip(level: 1), .gzip(level: 9)]

    private func corpusModel() throws(ModelError) -> Model {
      try HDF5Encoding.read("\(HDF5Corpus.folder)/superblock-0.h5").model
    }

    @Test(arguments: packings)
    func aModelComesBackBitForBit(_ compression: HDF5Compression) throws {
      let folder = TemporaryFolder()
      let model = try corpusModel()
      let path = try written(model, in: folder, compression: compression)
      let container = try HDF5Encoding.read(path)
      #expect(container.model == model)
      #expect(try container.verifyDigests() == model.contentDigest())
      #expect(container.fileSize == (try bytes(of: path)).count)
    }

    @Test(arguments: packings)
    func writingTwiceGivesTheSameBytes(_ compression: HDF5Compression) throws {
      let folder = TemporaryFolder()
      let model = try corpusModel()
      let first = try bytes(of: try written(model, in: folder, name: "1.h5", compression: compression))
      let second = try bytes(of: try written(model, in: folder, name: "2.h5", compression: compression))
      #expect(first == second)
      #expect(first.starts(with: [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A, 0]))
    }

    @Test func largeTensorsArePackedInManyChunks() throws {
      let folder = TemporaryFolder()
      let values = (0..<777 * 1001).map { Float($0 % 613) * 0.37 }
      let model = try oneTensor(try Tensor(values, [777, 1001]))
      let plain = try written(model, in: folder, name: "plain.h5")
      let packed = try written(model, in: folder, name: "packed.h5", compression: .gzip(level: 6))
      #expect(try HDF5Encoding.read(packed).model == model)
      #expect(try HDF5Encoding.read(plain).model == model)
      #expect(try bytes(of: packed).count < bytes(of: plain).count / 4)
    }

    @Test func tensorsBeginAtMultiplesOf64() throws {
      let folder = TemporaryFolder()
      let model = try HDF5Encoding.read(try written(try corpusModel(), in: folder)).model
      for (_, tensor) in model.storedTensors where !tensor.bytes.withUnsafeBytes(\.isEmpty) {
        #expect(tensor.bytes.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) % 64 } == 0)
      }
    }

    @Test func aLevelThatGzipDoesNotHaveIsRefused() throws {
      let folder = TemporaryFolder()
      let model = try corpusModel()
      let thrown = error { () throws(ModelError) in
        try written(model, in: folder, compression: .gzip(level: 10))
      }
      #expect(
        thrown
          == ModelError(
            HDF5Problem.notWritten(
              action: "create /parameters/50%25%2Fgröße/large", reason: "invalid deflate level")))
      #expect(error { () throws(ModelError) in try bytes(of: folder.file("model.h5")) } != nil)
    }

    @Test func namesAreKeptWhateverTheyAre() throws {
      let folder = TemporaryFolder()
      let names = [".", "..", "/", "%2F", "a/b", "a%2Fb", "größe", "重み", String(repeating: "/", count: 1024)]
      let value = try Tensor([1, 2, 3] as [Float], [3])
      let nodes = names.map {
        Node($0, "kind", inputs: ["x"], parameters: [NodeParameter("w", "t:" + $0.prefix(1000))])
      }
      let model = Model(
        graph: Graph(
          inputs: [GraphInput("x", TensorType(.f32, [3]))], nodes: nodes, outputs: [GraphOutput("y", "x")]),
        tensors: try NamedTensors(names.map { ("t:" + $0.prefix(1000), value) }),
        examples: [
          Example("..", inputs: try NamedTensors([("x", value)]), outputs: try NamedTensors([("y", value)]))
        ])
      #expect(try HDF5Encoding.read(try written(model, in: folder)).model == model)
    }

    @Test func aModelWithoutTensorsIsKept() throws {
      let folder = TemporaryFolder()
      let model = Model(
        graph: Graph(
          inputs: [GraphInput("x", TensorType(.f32, [3]))], nodes: [], outputs: [GraphOutput("y", "x")]))
      #expect(try HDF5Encoding.read(try written(model, in: folder)).model == model)
    }

    private func oneTensor(_ tensor: Tensor) throws(ModelError) -> Model {
      Model(
        graph: Graph(
          inputs: [GraphInput("x", TensorType(.f32, [3]))],
          nodes: [Node("n", "kind", inputs: ["x"], parameters: [NodeParameter("w", "t")])],
          outputs: [GraphOutput("y", "n")]),
        tensors: try NamedTensors([("t", tensor)]))
    }
  }
#endif
