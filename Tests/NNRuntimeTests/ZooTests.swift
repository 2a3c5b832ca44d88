import FoundationEssentials
import NNContainer
import NNFormat
import NNLayers
import NNRuntime
import NNTestSupport
import Testing

/// The networks of Fixtures/models, which the scripts Fixtures/generate/models_*.py trained: what they give, and that it is any good.
@Suite struct ZooTests {
  private static let names = ["autoencoder", "digits", "generator", "grid-world", "karate"]

  private func network(_ name: String) throws -> Network {
    try Network(contentsOfFile: "\(fixtures)/models/\(name)/model.nnm")
  }

  private func sideFile(_ path: String) throws -> JSONObject {
    let text = String(decoding: try bytes(of: "\(fixtures)/models/\(path)"), as: UTF8.self)
    return try #require(try JSONReader.value(text).object)
  }

  private func number(_ network: Network, _ name: String) throws -> Double {
    try #require(network.metadata[name]?.number)
  }

  private func example(_ network: Network, _ name: String) throws -> Example {
    try #require(network.model.examples.first { $0.name == name })
  }

  @Test func everyFolderHasATest() throws {
    let folders = try FileManager.default.contentsOfDirectory(atPath: "\(fixtures)/models")
    #expect(folders.sorted() == ZooTests.names)
  }

  @Test(arguments: names)
  func everyExampleHasNumPysBits(name: String) throws {
    let report = Verification.run(try Container.open("\(fixtures)/models/\(name)/model.nnm"))
    #expect(report.passes, "\(report)")
    #expect(!report.examples.isEmpty)
    for example in try network(name).model.examples {
      #expect(example.tolerance == Tolerance())
      #expect(example.computedBy.framework == "numpy")
    }
  }

  @Test(arguments: names)
  func callsGiveWhatTheExamplesSay(name: String) throws {
    let network = try network(name)
    for example in network.model.examples {
      var inputs: [String: Tensor] = [:]
      for input in network.inputs { inputs[input.name] = example.inputs[input.name] }
      let outputs = try network(inputs)
      for (output, tensor) in outputs {
        let expected = try #require(example.outputs[output])
        #expect(try Comparison(of: tensor, with: expected).passes, "\(name), \(example.name), \(output)")
      }
    }
  }

  @Test func theClassifierIsAsGoodOnHeldOutDigitsAsItSays() throws {
    let network = try network("digits")
    let labels = try #require(try sideFile("digits/held-out.json")["labels"]?.array).compactMap(\.int)
    let shares = try network(try #require(try example(network, "held-out").inputs["pixels"])).elements(as: Float.self)
    #expect(labels.count == 500 && shares.count == 5000)
    let right = labels.enumerated().count { greatest(shares, row: $0, of: 10) == $1 }
    #expect(Double(right) / 500 == (try number(network, "test_accuracy")))
    #expect(right >= 450)
  }

  @Test func theGeneratorsPointsLieOnTheCircle() throws {
    let network = try network("generator")
    let points = try network(try #require(try example(network, "many").inputs["noise"])).elements(as: Double.self)
    var radii: [Double] = []
    for place in stride(from: 0, to: points.count, by: 2) {
      let (x, y) = (points[place], points[place + 1])
      radii.append((x * x + y * y).squareRoot())
    }
    let mean = self.mean(radii)
    let variance = self.mean(radii.map { ($0 - mean) * ($0 - mean) })
    #expect(radii.count == 256)
    #expect(abs(mean - (try number(network, "radius_mean"))) < 1e-12)
    #expect(abs(variance.squareRoot() - (try number(network, "radius_deviation"))) < 1e-12)
    #expect(abs(mean - 1) < 0.1 && variance < 0.15 * 0.15)
  }

  @Test func theAutoencoderReproducesHeldOutDigits() throws {
    let network = try network("autoencoder")
    let digits = try #require(try example(network, "held-out").inputs["digits"])
    let result = try network(["digits": digits])
    let pixels = try #require(result["pixels"]).elements(as: Float.self)
    let wanted = digits.elements(as: Float.self)
    var squares: [Double] = []
    for (pixel, other) in zip(pixels, wanted) {
      let distance = Double(pixel) - Double(other)
      squares.append(distance * distance)
    }
    let error = mean(squares)
    #expect(abs(error - (try number(network, "mean_squared_error"))) < 1e-12)
    #expect(error < 0.6 * (try number(network, "of_the_mean_digit")))
    #expect(result["mean"]?.shape == [100, 4])
    #expect(result["log_variance"]?.shape == [100, 4])
  }

  @Test func theMembersOfTheClubGoWhereTheyWent() throws {
    let network = try network("karate")
    let inputs = try example(network, "club").inputs
    let answers = try sideFile("karate/clubs.json")
    let clubs = try #require(answers["clubs"]?.array).compactMap(\.int)
    let known = try #require(answers["known"]?.array).compactMap(\.int)
    let members = try #require(inputs["members"])
    let edges = try #require(inputs["edges"])
    let shares = try #require(try network(["members": members, "edges": edges])["shares"]).elements(as: Double.self)
    #expect(clubs.count == 34 && known == [0, 33] && edges.shape == [2, 156])
    let right = clubs.indices.count { !known.contains($0) && greatest(shares, row: $0, of: 2) == clubs[$0] }
    #expect(Double(right) / 32 == (try number(network, "accuracy")))
    #expect(right >= 29)
  }

  @Test func aClubWithAnUnknownMemberIsRefused() throws {
    let network = try network("karate")
    let members = try #require(try example(network, "club").inputs["members"])
    let edges = try Tensor([0, 34, 1, 0] as [Int32], [2, 2])
    #expect(
      throws: ModelError(
        LayerProblem.badElement(input: 1, position: [0, 1], found: "34", expected: "the number of a node, 0 to 33"),
        at: .node("first"))
    ) { try network(["members": members, "edges": edges]) }
  }

  @Test func greedyActionsOnTheGridAreThoseOfValueIteration() throws {
    let grid = try GridWorld(try sideFile("grid-world/grid.json"))
    let network = try network("grid-world")
    let values = try network(try #require(try example(network, "states").inputs["state"])).elements(as: Float.self)
    let best = grid.values()
    #expect(grid.states.count == 16)
    var error = 0.0
    for state in grid.states {
      let action = greatest(values, row: state, of: 4)
      let most = try #require(best[state].max())
      #expect(most - best[state][action] < 1e-9, "state \(state), action \(action)")
      for action in 0..<4 { error = max(error, abs(Double(values[state * 4 + action]) - best[state][action])) }
    }
    #expect(abs(error - (try number(network, "greatest_error"))) < 1e-9)
  }

  private func mean(_ numbers: [Double]) -> Double {
    numbers.reduce(0, +) / Double(numbers.count)
  }

  /// The column of the greatest element in a row.
  private func greatest<Scalar: Comparable>(_ elements: [Scalar], row: Int, of columns: Int) -> Int {
    let row = Array(elements[row * columns..<(row + 1) * columns])
    return row.indices.reduce(0) { row[$1] > row[$0] ? $1 : $0 }
  }
}

/// The Markov decision process of Fixtures/generate/models_grid_world.py.
private struct GridWorld {
  let rows: Int
  let columns: Int
  let walls: [Int]
  let goal: Int
  let slip: Double
  let discount: Double
  let moves: [[Int]]

  init(_ json: JSONObject) throws {
    func int(_ name: String) throws -> Int { try #require(json[name]?.int) }
    rows = try int("rows")
    columns = try int("columns")
    goal = try int("goal")
    walls = try #require(json["walls"]?.array).compactMap(\.int)
    slip = try #require(json["slip"]?.number)
    discount = try #require(json["discount"]?.number)
    moves = try #require(json["moves"]?.array).compactMap { $0.array?.compactMap(\.int) }
  }

  /// The states in which an action is to be chosen.
  var states: [Int] { (0..<rows * columns).filter { $0 != goal && !walls.contains($0) } }

  private func successor(_ state: Int, _ action: Int) -> Int {
    let (row, column) = (state / columns + moves[action][0], state % columns + moves[action][1])
    let isInside = (0..<rows).contains(row) && (0..<columns).contains(column)
    return isInside && !walls.contains(row * columns + column) ? row * columns + column : state
  }

  /// What each action is worth in each state, by value iteration.
  func values() -> [[Double]] {
    var values = [[Double]](repeating: [0, 0, 0, 0], count: rows * columns)
    for _ in 0..<500 {
      let before = values
      func gain(_ state: Int, _ action: Int) -> Double {
        let next = successor(state, action)
        return next == goal ? 1 : discount * (before[next].max() ?? 0)
      }
      for state in states {
        for action in 0..<4 {
          values[state][action] = (1 - slip) * gain(state, action) + slip * gain(state, (action + 1) % 4)
        }
      }
    }
    return values
  }
}
