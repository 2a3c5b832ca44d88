import NNFormat
import NNKernels
import NNLayers
import NNRuntime
import NNTestSupport
import Testing

#if canImport(CAllocations)
  import CAllocations
#endif

/// What a seed changes, and what it does not depend on.
@Suite struct SeedTests {
  /// Noise on the input itself, noise in place behind another layer, and two draws of one value.
  private func model() -> Model {
    graph(
      [
        GaussianNoise(stddev: 2.0).node("unused", inputs: ["x"]),
        GaussianNoise(stddev: 1.0).node("noise", inputs: ["x"]),
        ReLU().node("positive", inputs: ["noise"]),
        Dropout(rate: 0.5).node("dropped", inputs: ["positive"]),
        GaussianNoise(stddev: 1.0).node("again", inputs: ["x"]),
        Add().node("sum", inputs: ["dropped", "again"]),
      ], outputs: [("y", "sum")])
  }

  private func numbers(_ position: UInt64, _ count: Int, seed: UInt64) -> [Double] {
    var random = RandomStream(seed: seed, index: position)
    return (0..<count).map { _ in random.normal() }
  }

  @Test func aNodeDrawsFromTheStreamOfItsPlaceInTheGraph() throws {
    let network = try Network(model())
    let x = [0.5, -1, 2, 0.25, 3, -2]
    let noise = numbers(1, 6, seed: 42)
    let again = numbers(4, 6, seed: 42)
    var random = RandomStream(seed: 42, index: 3)
    let expected = x.indices.map { index in
      let positive = max(x[index] + noise[index], 0)
      return (random.uniform() >= 0.5 ? positive * 2 : 0) + (x[index] + again[index])
    }
    #expect(try network(x, seed: 42) == expected)
  }

  @Test func everyWayToCallGivesTheSameSample() throws {
    let network = try Network(model())
    let x = try Tensor([0.5, -1, 2, 0.25, 3, -2], [3, 2])
    let sample = try network(x, seed: 7)
    #expect(try network(x) != sample)
    #expect(try network(x, seed: 8) != sample)
    #expect(try network(x, seed: 7) == sample)
    #expect(try network(["x": x], seed: 7)["y"] == sample)
    #expect(try network(x.elements(as: Double.self), seed: 7) == sample.elements(as: Double.self))
    #expect(
      try network([[0.5, -1], [2, 0.25], [3, -2]], seed: 7).flatMap { $0 } == sample.elements(as: Double.self))
    // A trace computes the unused node too, and nothing in place.
    #expect(try network.trace(["x": x], seed: 7).outputs["y"] == sample)
    var y = [Double](repeating: 0, count: 6)
    try network.prepared(for: [3, 2])(x.elements(as: Double.self), into: &y, seed: 7)
    #expect(y == sample.elements(as: Double.self))
  }

  @Test func withoutASeedTheMeanComesOut() throws {
    let network = try Network(model())
    let x = try Tensor([0.5, -1, 2, 0.25], [2, 2])
    let mean = try network(x)
    #expect(mean.elements(as: Double.self) == [1, -1, 4, 0.5])
    _ = try network(x, seed: 1)
    #expect(try network(x) == mean)
  }

  @Test func manyTasksGetTheSampleThatOneGets() async throws {
    let network = try Network(model())
    let x = try Tensor([0.5, -1, 2, 0.25], [2, 2])
    let samples = try (0..<20).map { try network(x, seed: $0) }
    #expect(Set(samples.map(\.hexadecimal)).count == 20)
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for task in 0..<16 {
        group.addTask {
          for turn in 0..<100 {
            let seed = (task + turn) % 20
            if try network(x, seed: UInt64(seed)) != samples[seed] { return false }
          }
          return true
        }
      }
      for try await right in group { #expect(right) }
    }
  }

  #if canImport(CAllocations)
    @Test(.enabled(if: allocations_are_counted())) func aSeededPreparedCallAllocatesNothing() throws {
      let nodes = [
        GaussianNoise().node("a", inputs: ["x"]), Dropout(rate: 0.5, noiseShape: [-1, 1]).node("b", inputs: ["a"]),
        GaussianDropout().node("c", inputs: ["b"]), AlphaDropout().node("d", inputs: ["c"]),
        GaussianSampling().node("e", inputs: ["d", "x"]), MeanSquaredError().node("f", inputs: ["e", "x"]),
        Entropy().node("g", inputs: ["e"]), Add().node("h", inputs: ["f", "g"]),
      ]
      let forward = try Network(graph(nodes, outputs: [("y", "h")])).prepared(for: [3, 2])
      let x = [0.0, 1, 1, 0, -1, 5]
      var y = [Double](repeating: 0, count: 3)
      try forward(x, into: &y, seed: 0)
      let before = allocation_count()
      for seed in 0..<1000 { try forward(x, into: &y, seed: UInt64(seed)) }
      #expect(allocation_count() == before)
    }
  #endif
}
