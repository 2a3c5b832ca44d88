import NNFormat
import NNLayers
import NNRuntime
import NNTestSupport
import Testing

/// Batches one after another: the bits of one call with all, errors that come once, and no more taken than asked for.
@Suite struct StreamTests {
  private func network() throws -> Network {
    var stream = Stream(seed: 23)
    return try Network(try chain([5, 40, 3], ["relu", "softmax"], .f32, &stream))
  }

  private func samples(_ count: Int) throws -> Tensor {
    var stream = Stream(seed: 24)
    return try stream.tensor(.f32, [count, 5])
  }

  private func joined(_ parts: [Tensor]) -> [Float] { parts.flatMap { $0.elements(as: Float.self) } }

  @Test(arguments: [1, 7, 64, 1000]) func partsGiveTheBitsOfTheWhole(size: Int) async throws {
    let (network, samples) = (try network(), try samples(130))
    let whole = try network(samples).elements(as: Float.self)
    var parts: [Tensor] = []
    try network.stream(samples.batches(of: size)) { parts.append($0) }
    #expect(joined(parts) == whole)
    #expect(parts.count == samples.batches(of: size).underestimatedCount)
    var later: [Tensor] = []
    for try await part in network.stream(source(samples.batches(of: size))) { later.append(part) }
    #expect(later == parts)
    var named: [Tensor] = []
    try network.stream(samples.batches(of: size).map { ["x": $0] }) { named += $0.values }
    #expect(named == parts)
  }

  private func source(_ batches: some Sequence<Tensor>) -> AsyncStream<Tensor> {
    AsyncStream { continuation in
      for batch in batches { continuation.yield(batch) }
      continuation.finish()
    }
  }

  @Test func nothingIsTakenThatIsNotAskedFor() async throws {
    let (network, samples) = (try network(), try samples(40))
    let counter = Counter()
    let counted = AsyncStream<Tensor>(unfolding: {
      let index = await counter.next()
      return index < 10 ? samples.rows(index * 4..<index * 4 + 4) : nil
    })
    var results = network.stream(counted).makeAsyncIterator()
    _ = try await results.next()
    _ = try await results.next()
    #expect(await counter.count == 2)
  }

  @Test func anErrorComesOnceAndEndsIt() async throws {
    let (network, samples) = (try network(), try samples(4))
    let wrong = try samples.reshaped([5, 4])
    var results = network.stream(source([samples, wrong, samples])).makeAsyncIterator()
    _ = try await results.next()
    await #expect(throws: ModelError.self) { try await results.next() }
    let after = try await results.next()
    #expect(after == nil)
    var count = 0
    #expect(throws: ModelError.self) { try network.stream([samples, wrong, samples]) { _ in count += 1 } }
    #expect(count == 1)
  }

  @Test func aCancelledTaskDoesNotSeeTheEnd() async throws {
    let network = try network()
    // It never gives a batch, and ends when its task is cancelled.
    let (silent, continuation) = AsyncStream<Tensor>.makeStream()
    let task = Task {
      for try await _ in network.stream(silent) {}
    }
    // Until it waits, most likely; the result must be the same before.
    try await Task.sleep(for: .milliseconds(20))
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    continuation.finish()
  }

  @Test func resultsGoIntoTheCallersMemory() throws {
    let (network, samples) = (try network(), try samples(6))
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 100, alignment: 64)
    defer { memory.deallocate() }
    memory.initializeMemory(as: UInt8.self, repeating: 0xA5)
    #expect(try network(samples, into: memory) == [6, 3])
    let whole = try network(samples)
    #expect(whole.bytes.withUnsafeBytes { $0.elementsEqual(memory[..<72]) })
    #expect(memory[72...].allSatisfy { $0 == 0xA5 })
    let short = UnsafeMutableRawBufferPointer(rebasing: memory[..<71])
    #expect(
      throws: ModelError(RuntimeProblem.bufferTooSmall(needed: 72, found: 71), at: .output("y"))
    ) { try network(samples, into: short) }
    #expect(throws: ModelError.self) {
      try network(samples, into: UnsafeMutableRawBufferPointer(rebasing: memory[1...]))
    }
  }

  @Test func severalStreamsRunAtOnce() async throws {
    let (network, samples) = (try network(), try samples(300))
    let whole = try network(samples).elements(as: Float.self)
    try await withThrowingTaskGroup(of: [Float].self) { group in
      for size in [3, 11, 50, 299] {
        group.addTask {
          var parts: [Tensor] = []
          for try await part in network.stream(self.source(samples.batches(of: size))) { parts.append(part) }
          return self.joined(parts)
        }
      }
      for try await result in group { #expect(result == whole) }
    }
  }

  @Test func partsOfATensorAreNoCopies() throws {
    let samples = try samples(10)
    let parts = Array(samples.batches(of: 4))
    #expect(parts.map { $0.shape[0] } == [4, 4, 2])
    let starts = parts.map { part in part.bytes.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) } }
    #expect(starts[1] - starts[0] == 80 && starts[2] - starts[1] == 80)
    #expect(Array(try Tensor([Float](), [0, 3]).batches(of: 2)).isEmpty)
  }

  @Test func whatIsKnownOfSamples() throws {
    func network(_ nodes: [Node], _ shape: [Dimension] = [.symbol("N"), .known(4)]) throws -> Network {
      try Network(
        Model(
          graph: Graph(
            inputs: [GraphInput("x", TensorType(.f32, shape))], nodes: nodes, outputs: [GraphOutput("y", "last")])))
    }
    #expect(try self.network().isSampleWise)
    #expect(try network([ReLU().node("last", inputs: ["x"])]).isSampleWise)
    #expect(try !network([ReLU().node("last", inputs: ["x"])], [.known(3), .known(4)]).isSampleWise)
    var softmax = Softmax()
    #expect(try network([softmax.node("last", inputs: ["x"])]).isSampleWise)
    for axis in [0, -2] {
      softmax.axis = Axis(axis)
      #expect(try !network([softmax.node("last", inputs: ["x"])]).isSampleWise)
    }
    // Of this kind it is not known.
    #expect(try !network([Tile(repeats: [1, 2]).node("last", inputs: ["x"])]).isSampleWise)
  }
}

private actor Counter {
  private(set) var count = 0

  func next() -> Int {
    defer { count += 1 }
    return count
  }
}
