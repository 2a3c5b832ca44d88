import NNFormat
import NNLayers
import NNRuntime
import NNTestSupport
import Testing

/// Calls on the caller's own memory.
struct PreparedTests {
  private let network: Network
  private let forward: PreparedNetwork

  init() throws {
    network = try Network(example())
    forward = try network.prepared(for: [2, 2])
  }

  @Test func resultsLieWhereTheCallerWantsThem() throws {
    let x = [0.0, 1, 1, 0]
    var y = [0.0, 0]
    try forward(x, into: &y)
    #expect(y == (try network(Tensor(x, [2, 2])).elements(as: Double.self)))
    #expect(forward.inputs.map(\.description) == ["x: f64 [2, 2]"])
    #expect(forward.outputs.map(\.description) == ["y: f64 [2, 1]"])
  }

  @Test func buffersOfWrongSizeTypeOrNumberAreRefused() throws {
    var y = [0.0, 0]
    #expect(throws: ModelError(RuntimeProblem.wrongBufferSize(expected: 32, found: 16), at: .input("x"))) {
      try forward([0.0, 1], into: &y)
    }
    var short = [0.0]
    #expect(throws: ModelError(RuntimeProblem.wrongBufferSize(expected: 16, found: 8), at: .output("y"))) {
      try forward([0.0, 1, 1, 0], into: &short)
    }
    #expect(throws: ModelError(RuntimeProblem.wrongDataType(expected: .f64, found: .f32), at: .input("x"))) {
      try forward([0 as Float, 1, 1, 0], into: &y)
    }
    var singles = [0 as Float, 0]
    #expect(throws: ModelError(RuntimeProblem.wrongResultType(expected: .f32, found: .f64), at: .output("y"))) {
      try forward([0.0, 1, 1, 0], into: &singles)
    }
    #expect(throws: ModelError(RuntimeProblem.wrongBufferCount(what: "inputs", expected: 1, found: 0))) {
      try forward([], into: [])
    }
    #expect(
      error { () throws(ModelError) in try forward([], into: []) }?.description == "0 buffers are given for 1 inputs")
    #expect(throws: ModelError(RuntimeProblem.wrongBufferCount(what: "inputs", expected: 1, found: 2))) {
      try network.prepared(for: [1, 2], [1, 2])
    }
  }

  @Test func buffersThatOverlapOrLieAskewAreRefused() throws {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 128, alignment: 64)
    memory.initializeMemory(as: UInt8.self, repeating: 0)
    defer { memory.deallocate() }
    func call(_ input: Int, _ output: Int) -> ModelError? {
      error { () throws(ModelError) in
        try forward(
          [UnsafeRawBufferPointer(rebasing: memory[input..<input + 32])],
          into: [UnsafeMutableRawBufferPointer(rebasing: memory[output..<output + 16])])
      }
    }
    #expect(call(0, 32) == nil)
    #expect(call(0, 24) == ModelError(RuntimeProblem.overlappingBuffer, at: .output("y")))
    #expect(call(4, 64) == ModelError(RuntimeProblem.misalignedBuffer(alignment: 8), at: .input("x")))
    #expect(call(0, 36) == ModelError(RuntimeProblem.misalignedBuffer(alignment: 8), at: .output("y")))
    #expect(call(0, 36)?.description == "output 'y': the buffer must begin at a multiple of 8 bytes")
    #expect(
      call(0, 24)?.description
        == "output 'y': the memory for the result overlaps that of an input or another result; each needs its own")
    #expect(call(0, 24 + 64) == nil)
  }

  @Test func inputsAtAnyAddressAreTakenAsTensors() throws {
    let x = [0.0, 1, 1, 0]
    let raw: [UInt8] = [0, 0, 0] + x.withUnsafeBytes { Array($0) }
    let askew = try Tensor(.f64, [2, 2], bytes: ByteRegion(raw)[3..<35])
    #expect(try network(askew) == network(Tensor(x, [2, 2])))
  }
}
