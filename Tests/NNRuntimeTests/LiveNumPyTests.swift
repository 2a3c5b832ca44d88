import Foundation
import NNFormat
import NNNumPy
import NNRuntime
import NNTestSupport
import Testing

/// Networks that `Tests/Interop/interop.py` drew and had NumPy compute, computed here.
///
/// The script names a folder in the environment variable `NNM_INTEROP_DIR`. In it, each group of networks of one shape is a
/// folder with `x`, `w1`, `b1`, `w2`, `b2` and NumPy's `y`, each a `.npy` whose first dimension counts the networks. The
/// counts go back to the script in `results.json`; what they must be, the script decides.
@Suite struct LiveNumPyTests {
  private static let folder = ProcessInfo.processInfo.environment["NNM_INTEROP_DIR"]

  @Test(.enabled(if: folder != nil, "Tests/Interop/interop.py runs this"))
  func networksAreComparedWithLiveNumPy() throws {
    let folder = try #require(LiveNumPyTests.folder)
    let groups = try FileManager.default.contentsOfDirectory(atPath: folder).filter {
      MappedFile.isDirectory("\(folder)/\($0)")
    }
    try #require(!groups.isEmpty)
    var results = JSONObject()
    for group in groups.sorted() {
      let comparison = try compare("\(folder)/\(group)")
      results[group] = [
        "networks": JSONValue(comparison.networks), "equal": JSONValue(comparison.equal),
        "ulps": JSONValue(comparison.ulps),
      ]
    }
    let text = try JSONWriter.text(.object(results))
    try Data(text).write(to: URL(fileURLWithPath: "\(folder)/results.json"))
  }

  /// How many of the networks have NumPy's bits in every output, and the largest distance in units in the last place.
  private func compare(_ group: String) throws -> (networks: Int, equal: Int, ulps: UInt64) {
    let stacks = try ["x", "w1", "b1", "w2", "b2", "y"].map { try Stack("\(group)/\($0).npy") }
    let networks = stacks[0].count
    try #require(networks > 0 && stacks.allSatisfy { $0.count == networks })
    var (equal, ulps) = (0, UInt64(0))
    for index in 0..<networks {
      let network = try Network(model(try stacks[1...4].map { try $0[index] }))
      let result: [Double] = try network(stacks[0][index]).elements()
      let expected: [Double] = try stacks[5][index].elements()
      try #require(result.count == expected.count)
      let distance = zip(result, expected).map(distance).max() ?? 0
      ulps = max(ulps, distance)
      if distance == 0 { equal += 1 }
    }
    return (networks, equal, ulps)
  }

  /// `sigmoid(sigmoid(x @ w1 + b1) @ w2 + b2)`
  private func model(_ arrays: [Tensor]) throws -> Model {
    var tensors = NamedTensors()
    var nodes: [Node] = []
    var value = "x"
    for (layer, names) in [("hidden", (0, 1)), ("output", (2, 3))] {
      let (weights, biases) = (arrays[names.0], arrays[names.1])
      let units = weights.shape[1]
      try tensors.append("\(layer)/weights", weights)
      try tensors.append("\(layer)/biases", biases.reshaped(Shape([units])))
      nodes.append(
        Node(
          layer, "dense", fields: JSONObject([("units", JSONValue(units))]), inputs: [ValueReference(value)],
          parameters: [
            NodeParameter("weights", "\(layer)/weights"), NodeParameter("biases", "\(layer)/biases"),
          ]))
      value = "\(layer)_sigmoid"
      nodes.append(Node(value, "sigmoid", inputs: [ValueReference(layer)]))
    }
    let input = GraphInput("x", TensorType(.f64, [.symbol("N"), .known(arrays[0].shape[0])]))
    return Model(
      graph: Graph(inputs: [input], nodes: nodes, outputs: [GraphOutput("y", ValueReference(value))]), tensors: tensors)
  }

  /// How many doubles lie between two, plus one; 0 if the bits are equal.
  private func distance(_ left: Double, _ right: Double) -> UInt64 {
    if left.bitPattern == right.bitPattern { return 0 }
    func line(_ value: Double) -> Int64 {
      let bits = Int64(bitPattern: value.bitPattern)
      return bits < 0 ? Int64.min &- bits : bits
    }
    return max(1, line(left).magnitudeOfDifference(to: line(right)))
  }
}

extension Int64 {
  fileprivate func magnitudeOfDifference(to other: Int64) -> UInt64 {
    self > other ? UInt64(bitPattern: self &- other) : UInt64(bitPattern: other &- self)
  }
}

/// Arrays of one shape, stacked along the first dimension.
private struct Stack {
  private let all: Tensor
  private let shape: Shape
  let count: Int

  init(_ path: String) throws {
    all = try Tensor(npyFile: path)
    count = try #require(all.shape.dimensions.first)
    shape = try Shape(Array(all.shape.dimensions.dropFirst()))
  }

  subscript(index: Int) -> Tensor {
    get throws {
      let size = shape.count * all.dataType.byteSize
      return try Tensor(all.dataType, shape, bytes: all.bytes[index * size..<(index + 1) * size])
    }
  }
}
