import NNFormat
import NNLayers
import NNRuntime
import NNTestSupport
import Testing

/// What a plan says of itself.
@Suite struct PlanSummaryTests {
  @Test func aChainOfDenseLayers() throws {
    var stream = Stream(seed: 29)
    var options = NetworkOptions()
    options.threads = 3
    let network = try Network(try chain([70, 40, 3], ["relu", "softmax"], .f32, &stream), options: options)
    let small = try network.planSummary(for: [1, 70])
    #expect(small.steps.count == 3 && small.nodeCount == 4)
    #expect(small.steps[0].nodes.count == 2 && small.steps[0].kind == "dense")
    #expect(small.steps.map(\.multiplyAdds) == [70 * 40, 40 * 3, 0])
    #expect(small.multiplyAdds == 70 * 40 + 40 * 3)
    #expect(small.packedByteCount == 0 && small.threads == 3)
    #expect(small.storedByteCount == 4 * (70 * 40 + 40 + 40 * 3 + 3))
    #expect(small.steps[2].place == .output("y"))
    // Whole panels of some columns are packed, so that there may be more than the weights' bytes.
    let packed = try network.planSummary(for: [32, 70])
    #expect(packed.packedByteCount >= 4 * (70 * 40 + 40 * 3))
    #expect(packed.steps.map(\.packedByteCount).reduce(0, +) == packed.packedByteCount)
    #expect(packed.storedByteCount == 4 * (40 + 3))
    // From some rows on the kernels make the panels on the way.
    #expect(try network.planSummary(for: [2000, 70]).packedByteCount == 0)
    #expect(
      try network.planSummary(for: [32, 70]).arenaByteCount == (try network.prepared(for: [32, 70])).workspaceSize)
  }

  @Test func shapesThatDoNotFitAreRefused() throws {
    var stream = Stream(seed: 29)
    let network = try Network(try chain([70, 40, 3], ["relu", "softmax"], .f32, &stream))
    #expect(throws: ModelError.self) { try network.planSummary(for: [1, 71]) }
    #expect(throws: ModelError.self) { try network.planSummary(for: [1, 70], [1, 70]) }
  }
}
