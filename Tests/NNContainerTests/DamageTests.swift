import NNContainer
import NNFormat
import NNTestSupport
import Testing

/// Every cut and every changed byte of a file is found, or changes nothing.
@Suite struct DamageTests {
  private static let kinds: [ContainerKind] = [.binary, .json, .safetensors]

  /// A model with all that the digests cover, and nothing that they leave out.
  private func model() throws -> Model {
    var random = RandomModel(seed: 7)
    var tensors = NamedTensors()
    try tensors.append("w", random.tensor(.f32, [2, 3]))
    try tensors.append("ü/b", random.tensor(.bool, [3]))
    try tensors.append("h", Tensor([1, -0.5, 3] as [Double], [3]))
    let node = Node(
      "n", "dense", fields: JSONObject([("units", 3), ("scale", 0.1)]), inputs: ["x"],
      parameters: [NodeParameter("w", "w"), NodeParameter("b", "ü/b"), NodeParameter("h", "h")])
    let graph = Graph(
      inputs: [GraphInput("x", TensorType(.f32, [.symbol("N"), .known(2)]))],
      nodes: [node, Node("r", "relu", inputs: ["n"])], outputs: [GraphOutput("y", "r")])
    var example = Example("e", inputs: NamedTensors(), outputs: NamedTensors())
    try example.inputs.append("x", Tensor([1, 2] as [Float], [1, 2]))
    try example.outputs.append("y", Tensor([1, 2, 3] as [Float], [1, 3]))
    example.tolerance = Tolerance(ulps: 2, absolute: 1e-6)
    return Model(graph: graph, tensors: tensors, metadata: JSONObject([("name", "damage")]), examples: [example])
  }

  private func bytes(of model: Model, as kind: ContainerKind) throws -> [UInt8] {
    let folder = TemporaryFolder()
    try model.write(to: folder.file("model"), as: kind)
    return try NNTestSupport.bytes(of: folder.file("model"))
  }

  /// Opens bytes as `Container.open` does those of a file.
  private func open(_ bytes: [UInt8]) throws(ModelError) -> Container {
    let file = ByteRegion(bytes)
    return switch try ContainerKind.detect(file) {
    case .binary: try BinaryEncoding.read(file)
    case .json: try JSONEncoding.read(file)
    case .safetensors: try SafetensorsEncoding.read(file)
    case .hdf5, .folder, .npz: throw ModelError(ContainerProblem.withoutHDF5)
    }
  }

  @Test(arguments: kinds)
  func everyPrefixIsRefusedAndTheWholeIsRead(_ kind: ContainerKind) throws {
    let whole = try bytes(of: try model(), as: kind)
    // The line end at the end of a JSON text is not part of the value.
    let size = kind == .json ? whole.count - 1 : whole.count
    for count in 0..<size {
      let problem = error { () throws(ModelError) in try open(Array(whole[..<count])) }
      #expect(problem != nil, "the first \(count) bytes were read")
    }
    #expect(try open(whole).model == model())
  }

  @Test(arguments: kinds)
  func everyChangedByteIsFoundOrChangesNothing(_ kind: ContainerKind) throws {
    let original = try model()
    let digest = try original.contentDigest()
    let whole = try bytes(of: original, as: kind)
    var (found, verified, harmless) = (0, 0, 0)
    for position in whole.indices {
      for mask: UInt8 in [1, 2, 4, 8, 16, 32, 64, 128] {
        var changed = whole
        changed[position] ^= mask
        let container: Container
        do throws(ModelError) { container = try open(changed) } catch {
          found += 1
          continue
        }
        do throws(ModelError) {
          let now = try container.verifyDigests()
          harmless += 1
          #expect(now == digest && container.model == original, "byte \(position) changed by \(mask)")
        } catch { verified += 1 }
      }
    }
    #expect(found > 0 && verified > 0)
    // A header digest covers every byte of the binary encoding; texts have white space and other ways to say the same.
    #expect(kind == .binary ? harmless == 0 : harmless > 0)
  }
}
