import NNFormat
import NNRuntime
import NNTestSupport
import Testing

/// One network, many tasks.
struct ConcurrencyTests {
  @Test func manyTasksGetTheBitsThatOneGets() async throws {
    var stream = Stream(seed: 5)
    let network = try Network(chain([8, 16, 4], ["relu", "softmax"], .f32, &stream))
    var cases: [(input: Tensor, expected: Tensor)] = []
    let alone = try Network(network.model)
    for batch in 1...6 {
      let input = try stream.tensor(.f32, [batch, 8])
      cases.append((input, try alone(input)))
    }
    let shared = cases
    try await withThrowingTaskGroup(of: Int.self) { group in
      for task in 0..<32 {
        group.addTask {
          var wrong = 0
          for turn in 0..<200 {
            let (input, expected) = shared[(task + turn) % shared.count]
            if try network(input) != expected { wrong += 1 }
            if try network(["x": input])["y"] != expected { wrong += 1 }
          }
          return wrong
        }
      }
      for try await wrong in group { #expect(wrong == 0) }
    }
  }

  @Test func onePreparedNetworkServesManyTasks() async throws {
    var stream = Stream(seed: 6)
    let network = try Network(chain([8, 16, 4], ["tanh", "sigmoid"], .f64, &stream))
    let forward = try network.prepared(for: [2, 8])
    let inputs = try (0..<32).map { _ in try stream.tensor(.f64, [2, 8]).elements(as: Double.self) }
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for input in inputs {
        let expected = try network(input)
        group.addTask {
          var output = [Double](repeating: 0, count: 8)
          for _ in 0..<500 {
            try forward(input, into: &output)
            if output != expected { return false }
          }
          return true
        }
      }
      for try await right in group { #expect(right) }
    }
  }

  @Test func moreShapesThanPlansAreKeptWork() throws {
    var options = NetworkOptions()
    options.planCount = 2
    let model = try example()
    let network = try Network(model, options: options)
    for _ in 0..<3 {
      for batch in 1...5 {
        let input = try Tensor([Double](repeating: 0.5, count: batch * 2), [batch, 2])
        #expect(try network(input) == Network(model)(input))
      }
    }
  }
}
