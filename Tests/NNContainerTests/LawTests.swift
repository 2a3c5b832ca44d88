import Foundation
import NNContainer
import NNFormat
import NNTestSupport
import Testing

/// What holds for every model in every encoding.
@Suite struct LawTests {
  private let folder = TemporaryFolder()

  /// An encoding with its settings.
  struct Way: Sendable, CustomTestStringConvertible {
    let kind: ContainerKind
    var options = WriteOptions()
    var testDescription: String { "\(kind.rawValue) \(options.jsonValues) gzip \(options.gzipLevel ?? 0)" }

    static let all =
      [
        Way(kind: .binary), Way(kind: .safetensors), Way(kind: .json),
        Way(kind: .json, options: WriteOptions(jsonValues: .numbers)),
        Way(kind: .json, options: WriteOptions(jsonValues: .base64)), Way(kind: .folder), Way(kind: .npz),
      ] + hdf5
    #if HDF5
      private static let hdf5 = [Way(kind: .hdf5), Way(kind: .hdf5, options: WriteOptions(gzipLevel: 6))]
    #else
      private static let hdf5: [Way] = []
    #endif
  }

  /// Where a model does not survive an encoding, or a change from one to another.
  private func losses(of model: Model) throws -> [String] {
    let digest = try model.contentDigest()
    var before = model
    var losses: [String] = []
    for (position, way) in Way.all.enumerated() {
      let (first, second) = (folder.file("\(position).first"), folder.file("\(position).second"))
      // From the model in memory, and from the one that was read out of the encoding before.
      try model.write(to: first, as: way.kind, options: way.options)
      try before.write(to: second, as: way.kind, options: way.options)
      let container = try Container.open(second)
      let held = [
        ("bytes", try contents(first) == contents(second)), ("kind", container.kind == way.kind),
        ("version", container.version == .current), ("promised digest", container.promisedDigest == digest),
        ("model", container.model == model), ("digest", try container.verifyDigests() == digest),
      ]
      losses += held.filter { !$0.1 }.map { "\(way.testDescription): \($0.0)" }
      before = container.model
    }
    return losses
  }

  /// The bytes of a file, or of all files of a folder under their names.
  private func contents(_ path: String) throws -> [String: [UInt8]] {
    guard MappedFile.isDirectory(path) else { return ["": try bytes(of: path)] }
    let names = try #require(FileManager.default.enumerator(atPath: path)).compactMap { $0 as? String }
    return try Dictionary(
      uniqueKeysWithValues: names.compactMap { name in
        MappedFile.isDirectory("\(path)/\(name)") ? nil : (name, try bytes(of: "\(path)/\(name)"))
      })
  }

  @Test(arguments: SeededGenerator.seeds(30))
  func aModelIsTheSameInEveryEncoding(_ seed: UInt64) throws {
    var random = RandomModel(seed: seed)
    #expect(try losses(of: random.model()) == [])
  }

  @Test func everyBitOfEveryTypeSurvives() throws {
    var tensors = NamedTensors()
    for type in DataType.allCases {
      let bits = SpecialValues.bits(of: type)
      let special = ByteRegion(
        bits.flatMap { bits in withUnsafeBytes(of: bits.littleEndian) { Array($0.prefix(type.byteSize)) } })
      try tensors.append("\(type) special", Tensor(type, Shape([bits.count]), bytes: special))
      try tensors.append(
        "\(type) scalar", Tensor(type, .scalar, bytes: ByteRegion([UInt8](repeating: 1, count: type.byteSize))))
      try tensors.append("\(type) none", Tensor(type, [0], bytes: .empty))
      try tensors.append("\(type) nothing", Tensor(type, [3, 0, 2], bytes: .empty))
    }
    // Two nodes with the same tensors: they are tied.
    let roles = tensors.names.map { NodeParameter($0, $0) }
    let nodes = ["first", "second"].map { Node($0, "test", inputs: ["x"], parameters: roles) }
    let graph = Graph(
      inputs: [GraphInput("x", TensorType(.f16, [.symbol("N")]))], nodes: nodes, outputs: [GraphOutput("y", "second")])
    #expect(try losses(of: Model(graph: graph, tensors: tensors)) == [])
  }

  @Test func everyHalfAndEveryBrainFloatSurvivesAsText() throws {
    for (type, infinity, standard) in [(DataType.f16, 0x7C00, 0x7E00), (.bf16, 0x7F80, 0x7FC0)] as [(_, UInt16, UInt16)]
    {
      // All but the NaNs that have no text.
      let all = (0...UInt16.max).filter { $0 & 0x7FFF <= infinity || $0 == standard }
      let bytes = all.flatMap { withUnsafeBytes(of: $0.littleEndian) { Array($0) } }
      let tensor = try Tensor(type, Shape([all.count]), bytes: ByteRegion(bytes))
      let path = folder.file("\(type).json")
      try Model.holding(tensor).write(to: path, as: .json, options: WriteOptions(jsonValues: .numbers))
      #expect(try NNTestSupport.bytes(of: path).count > 5 * all.count)
      #expect(try Container.open(path).model.tensors["tensor"] == tensor)
    }
  }

  @Test func aHugeShapeWithoutElementsCostsNothing() throws {
    let model = try Model.holding(Tensor(.f32, try Shape([1 << 40, 0]), bytes: .empty))
    for (position, way) in Way.all.enumerated() {
      let path = folder.file("\(position)")
      try model.write(to: path, as: way.kind, options: way.options)
      #expect(try Container.open(path).model == model)
    }
  }

  @Test func theOrderOfTheTensorsDoesNotChangeTheDigest() throws {
    var random = RandomModel(seed: 1)
    var (first, second) = (NamedTensors(), NamedTensors())
    let tensors = try ["a", "b"].map { ($0, try random.tensor(.f32, [2])) }
    for (name, tensor) in tensors { try first.append(name, tensor) }
    for (name, tensor) in tensors.reversed() { try second.append(name, tensor) }
    let node = Node("n", "test", inputs: ["x"], parameters: [NodeParameter("a", "a"), NodeParameter("b", "b")])
    let graph = Graph(
      inputs: [GraphInput("x", TensorType(.f32, [2]))], nodes: [node], outputs: [GraphOutput("y", "n")])
    #expect(
      try Model(graph: graph, tensors: first).contentDigest() == Model(graph: graph, tensors: second).contentDigest())
  }
}

extension Model {
  /// A model with one tensor, `tensor`.
  static func holding(_ tensor: Tensor) throws(ModelError) -> Model {
    var tensors = NamedTensors()
    try tensors.append("tensor", tensor)
    let node = Node("node", "test", inputs: ["x"], parameters: [NodeParameter("role", "tensor")])
    return Model(
      graph: Graph(
        inputs: [GraphInput("x", TensorType(.f32, [.symbol("N")]))], nodes: [node], outputs: [GraphOutput("y", "node")]),
      tensors: tensors)
  }
}
