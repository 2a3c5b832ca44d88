import NNFormat
import NNLayers
import NNTestSupport

/// The numbers that `Fixtures/generate/networks.py` draws, too.
struct Stream {
  private var state: UInt64

  init(seed: Int) { state = UInt64(seed) }

  mutating func draw() -> Double {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return Double((z ^ (z >> 31)) >> 11) * 0x1p-52 - 1
  }

  /// A tensor of draws times `scale`, rounded to the type.
  mutating func tensor(_ type: DataType, _ shape: Shape, scale: Double = 1) throws -> Tensor {
    let values = (0..<shape.count).map { _ in draw() * scale }
    return try type == .f64 ? Tensor(values, shape) : Tensor(values.map { Float($0) }, shape)
  }

  mutating func integer(below limit: Int) -> Int { Int((draw() + 1) / 2 * Double(limit)) }
}

/// The layers under the names of the fixtures.
func activation(_ name: String) -> any Layer {
  switch name {
  case "sigmoid": Sigmoid()
  case "relu": ReLU()
  case "tanh": Tanh()
  case "softmax": Softmax()
  default: Linear()
  }
}

/// Dense layers one after another, each with an activation behind it; open batch.
func chain(
  _ sizes: [Int], _ activations: [String], _ type: DataType, _ stream: inout Stream, scale: Double = 1
) throws -> Model {
  var nodes: [Node] = []
  var tensors = NamedTensors()
  var value: ValueReference = "x"
  for index in 0..<sizes.count - 1 {
    let name = "dense\(index)"
    try tensors.append("\(name)/weights", stream.tensor(type, [sizes[index], sizes[index + 1]], scale: scale))
    try tensors.append("\(name)/biases", stream.tensor(type, [sizes[index + 1]]))
    guard let units = Positive(sizes[index + 1]) else { preconditionFailure("sizes are positive") }
    nodes.append(
      Dense(units: units).node(
        name, inputs: [value],
        parameters: [NodeParameter("weights", "\(name)/weights"), NodeParameter("biases", "\(name)/biases")]))
    nodes.append(activation(activations[index]).node("activation\(index)", inputs: [ValueReference(name)]))
    value = ValueReference("activation\(index)")
  }
  return Model(
    graph: Graph(
      inputs: [GraphInput("x", TensorType(type, [.symbol("N"), .known(sizes[0])]))], nodes: nodes,
      outputs: [GraphOutput("y", value)]),
    tensors: tensors)
}

/// The 2-2-1 network of f64 whose hidden and output layers are sigmoids.
func example() throws -> Model {
  var stream = Stream(seed: 7)
  return try chain([2, 2, 1], ["sigmoid", "sigmoid"], .f64, &stream)
}

/// A graph over one f64 input `x` `[N, 2]` without parameters.
func graph(_ nodes: [Node], outputs: [(String, ValueReference)]) -> Model {
  Model(
    graph: Graph(
      inputs: [GraphInput("x", TensorType(.f64, [.symbol("N"), .known(2)]))], nodes: nodes,
      outputs: outputs.map { GraphOutput($0.0, $0.1) }))
}

extension Tensor {
  /// The bytes as hexadecimal digits.
  var hexadecimal: String {
    bytes.withUnsafeBytes { bytes in
      bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
  }

  /// One row of a matrix.
  func row(_ index: Int) throws -> Tensor {
    let size = shape[1] * dataType.byteSize
    return try Tensor(dataType, [1, shape[1]], bytes: bytes[index * size..<(index + 1) * size])
  }
}
