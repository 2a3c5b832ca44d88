import NNContainer
import NNFormat
import NNRuntime
import NNTestSupport
import Testing

/// Networks whose outputs Fixtures/generate/networks.py computed.
struct GoldenTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let sizes: [Int]
    let activations: [String]
    let batch: Int
    let type: DataType
    let seed: Int
    let scale: Double
    let inputScale: Double
    let output: String

    var testDescription: String { "\(type) \(sizes) \(activations) batch \(batch) seed \(seed)" }

    init(_ json: JSONValue) throws {
      let object = try #require(json.object)
      func int(_ name: String) throws -> Int { try #require(object[name]?.int) }
      sizes = try #require(object["sizes"]?.array).compactMap(\.int)
      activations = try #require(object["activations"]?.array).compactMap(\.string)
      batch = try int("batch")
      type = try #require(DataType(rawValue: object["dtype"]?.string ?? ""))
      seed = try int("seed")
      scale = try #require(object["scale"]?.number)
      inputScale = try #require(object["input_scale"]?.number)
      output = try #require(object["output"]?.string)
    }

    func model() throws -> (Model, input: Tensor) {
      var stream = Stream(seed: seed)
      let model = try chain(sizes, activations, type, &stream, scale: scale)
      return (model, try stream.tensor(type, [batch, sizes[0]], scale: inputScale))
    }
  }

  static func cases() throws -> [Case] {
    let text = String(decoding: try bytes(of: fixtures + "/networks/dense.json"), as: UTF8.self)
    let cases = try #require(try JSONReader.value(text).object?["cases"]?.array)
    return try cases.map { try Case($0) }
  }

  @Test(arguments: try cases())
  func everyBitIsTheOneThatTheDefinitionGives(_ test: Case) throws {
    let (model, input) = try test.model()
    let result = try Network(model)(input)
    #expect(result.shape == [test.batch, test.sizes[test.sizes.count - 1]])
    #expect(result.hexadecimal == test.output)
  }

  @Test(arguments: try cases().filter { $0.batch > 1 })
  func aRowAloneHasTheBitsThatItHasInABatch(_ test: Case) throws {
    let (model, input) = try test.model()
    let network = try Network(model)
    let together = try network(input)
    for row in 0..<test.batch {
      let alone = try network(input.row(row))
      #expect(try alone == together.row(row))
    }
  }

  @Test(arguments: try cases().filter { $0.batch == 7 })
  func aMappedFileGivesTheBitsThatMemoryGives(_ test: Case) throws {
    let folder = TemporaryFolder()
    let (model, input) = try test.model()
    try model.write(to: folder.file("model.nnm"), as: .binary)
    let fromFile = try Network(contentsOfFile: folder.file("model.nnm"))
    #expect(try fromFile(input) == Network(model)(input))
  }

  @Test func everyVariantOfThePlanGivesTheSameBits() throws {
    for test in try GoldenTests.cases() {
      let (model, input) = try test.model()
      let network = try Network(model)
      let prepared = try network.prepared(for: input.shape)
      let trace = try network.trace(["x": input])
      #expect(trace.outputs["y"]?.hexadecimal == test.output)
      #expect(trace.values.last?.tensor.hexadecimal == test.output)
      let result = Tensor(test.type, [test.batch, test.sizes[test.sizes.count - 1]]) { target in
        input.bytes.withUnsafeBytes { source in
          let problem = error { () throws(ModelError) in try prepared([source], into: [target]) }
          #expect(problem == nil)
        }
      }
      #expect(result.hexadecimal == test.output)
    }
  }
}
