import NNFormat
import NNLayers
import NNTestSupport
import Testing

import NNRuntime

/// Where values lie in a run's memory.
struct ArenaTests {
  private func storage(_ byteCount: Int, _ first: Int, _ last: Int) -> StorageAssignment.Storage {
    StorageAssignment.Storage(byteCount: byteCount, home: .arena, first: first, last: last)
  }

  @Test func storagesInUseAtOneTimeDoNotOverlap() {
    var stream = Stream(seed: 3)
    for _ in 0..<300 {
      let storages = (0..<20).map { _ in
        let first = stream.integer(below: 10)
        return storage(stream.integer(below: 300), first, first + stream.integer(below: 4))
      }
      let layout = ArenaLayout(storages)
      for (i, a) in storages.enumerated() {
        guard let start = layout.offsets[i] else {
          Issue.record("storage \(i) has no place")
          continue
        }
        #expect(start % 64 == 0)
        #expect(start + a.byteCount <= layout.byteCount ?? 0)
        for (j, b) in storages.enumerated() where j < i && a.first <= b.last && b.first <= a.last {
          guard let other = layout.offsets[j] else { continue }
          #expect(start >= other + b.byteCount || other >= start + a.byteCount)
        }
      }
    }
  }

  @Test func memoryIsUsedAgain() {
    let chain = (0..<10).map { storage(640, $0, $0 + 1) }
    #expect(ArenaLayout(chain).byteCount == 1280)
  }

  @Test func sizesThatCannotBeCountedHaveNoLayout() {
    #expect(ArenaLayout([storage(.max - 5, 0, 1)]).byteCount == nil)
    #expect(ArenaLayout([storage(.max / 2, 0, 1), storage(.max / 2 + 1000, 0, 1)]).byteCount == nil)
    #expect(ArenaLayout([storage(1, 0, 1)]).byteCount == 64)
  }
}

/// Where parameters lie.
struct ParameterTests {
  private func loaded(_ stored: Tensor, as type: DataType, kept: DataType? = nil) throws -> ByteRegion {
    let weights = [NodeParameter("weights", "w")]
    let model = Model(
      graph: Graph(
        inputs: [GraphInput("x", TensorType(type, [.symbol("N"), .known(2)]))],
        nodes: [
          Dense(units: 2, useBias: false).node("a", inputs: ["x"], parameters: weights),
          Dense(units: 2, useBias: false).node("b", inputs: ["a"], parameters: weights),
        ], outputs: [GraphOutput("y", "b")]), tensors: try NamedTensors([("w", stored)]))
    let parameters = try LoadedParameters(CheckedGraph(model), model.tensors)
    return try #require(parameters[LoadedParameters.Key(tensor: "w", dataType: kept ?? type)])
  }

  private func address(_ region: ByteRegion) -> UInt { region.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) } }

  @Test func theyStayWhereTheyAreIfTheyCan() throws {
    let stored = try Tensor([1.0, 2, 3, 4], [2, 2])
    #expect(try address(loaded(stored, as: .f64)) == address(stored.bytes))
    let askew = try Tensor(.f64, [2, 2], bytes: ByteRegion([0] + stored.bytes.withUnsafeBytes { Array($0) })[1..<33])
    let moved = try loaded(askew, as: .f64)
    #expect(address(moved) % 8 == 0)
    #expect(moved == stored.bytes)
  }

  /// What a layer that is no product gets in f32.
  private func slopes(_ stored: Tensor) throws -> ByteRegion {
    let model = Model(
      graph: Graph(
        inputs: [GraphInput("x", TensorType(.f32, [.symbol("N"), .known(2), .known(2)]))],
        nodes: [PReLU().node("a", inputs: ["x"], parameters: [NodeParameter("alpha", "w")])],
        outputs: [GraphOutput("y", "a")]), tensors: try NamedTensors([("w", stored)]))
    let parameters = try LoadedParameters(CheckedGraph(model), model.tensors)
    return try #require(parameters[LoadedParameters.Key(tensor: "w", dataType: .f32)])
  }

  @Test func narrowOnesAreWidenedExactly() throws {
    // 1, -2, 65504 and the smallest subnormal in f16; 1, -2, 3.3895e38 and the smallest subnormal in bf16.
    let half = try Tensor(.f16, [2, 2], bytes: ByteRegion([0, 0x3C, 0, 0xC0, 0xFF, 0x7B, 1, 0]))
    let brain = try Tensor(.bf16, [2, 2], bytes: ByteRegion([0x80, 0x3F, 0, 0xC0, 0x7F, 0x7F, 1, 0]))
    let single = try Tensor([1 as Float, -2, 0.1, 0x1p-149], [2, 2])
    let halves = [1.0, -2, 65504, 0x1p-24]
    let brains = [1.0, -2, 0x1.FEp127, 0x1p-133]
    // In f32 the kernels of products widen them.
    #expect(try address(loaded(half, as: .f32, kept: .f16)) == address(half.bytes))
    #expect(try address(loaded(brain, as: .f32, kept: .bf16)) == address(brain.bytes))
    #expect(try slopes(half) == Tensor(halves.map { Float($0) }, [2, 2]).bytes)
    #expect(try slopes(brain) == Tensor(brains.map { Float($0) }, [2, 2]).bytes)
    #expect(try loaded(half, as: .f64) == Tensor(halves, [2, 2]).bytes)
    #expect(try loaded(brain, as: .f64) == Tensor(brains, [2, 2]).bytes)
    #expect(
      try loaded(single, as: .f64) == Tensor([1.0, -2, Double(0.1 as Float), Double(0x1p-149 as Float)], [2, 2]).bytes)
  }
}
