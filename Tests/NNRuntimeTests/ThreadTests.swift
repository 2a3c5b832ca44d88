import NNFormat
import NNLayers
import NNRuntime
import NNTestSupport
import Testing

/// Layers on inputs so large that threads share them: the bits of one thread.
@Suite struct ThreadTests {
  /// One layer with random parameters.
  private func network<L: Layer>(
    _ layer: L, _ inputs: [TensorType], _ type: DataType, _ stream: inout Stream, threads: Int
  ) throws -> Network {
    var tensors = NamedTensors()
    var parameters: [NodeParameter] = []
    for parameter in try layer.parameters(for: inputs) {
      try tensors.append(parameter.role, stream.tensor(type, try #require(try parameter.type.knownShape())))
      parameters.append(NodeParameter(parameter.role, parameter.role))
    }
    var options = NetworkOptions()
    options.threads = threads
    let names = inputs.indices.map { "x\($0)" }
    return try Network(
      Model(
        graph: Graph(
          inputs: zip(names, inputs).map { GraphInput($0, $1) },
          nodes: [layer.node("layer", inputs: names.map { ValueReference($0) }, parameters: parameters)],
          outputs: [GraphOutput("y", "layer")]),
        tensors: tensors), options: options)
  }

  private func check(_ layer: some Layer, _ shapes: [[Int]], _ type: DataType) throws {
    var stream = Stream(seed: 31)
    var inputs: [String: Tensor] = [:]
    for (index, shape) in shapes.enumerated() { inputs["x\(index)"] = try stream.tensor(type, Shape(shape)) }
    let types = shapes.map { TensorType(type, $0.map(Dimension.known)) }
    var plain: [String: Tensor] = [:]
    for threads in [1, 2, 3, 8] {
      var parameters = Stream(seed: 32)
      let results = try network(layer, types, type, &parameters, threads: threads)(inputs)
      if threads == 1 { plain = results }
      #expect(results == plain, "\(Swift.type(of: layer).kind), \(threads) threads")
    }
  }

  @Test(arguments: [DataType.f32, .f64]) func largeInputsGiveTheBitsOfOneThread(type: DataType) throws {
    try check(Softmax(), [[700, 301]], type)
    try check(LogSoftmax(), [[700, 301]], type)
    var across = Softmax()
    across.axis = 1
    try check(across, [[37, 90, 70]], type)
    try check(LayerNormalization(), [[900, 201]], type)
    var outer = LayerNormalization()
    outer.axes = [1]
    try check(outer, [[9, 201, 30]], type)
    try check(MaxPooling(poolSize: [3, 3]), [[4, 61, 59, 19]], type)
    try check(AveragePooling(poolSize: [2, 2]), [[4, 61, 59, 19]], type)
    try check(MultiHeadAttention(numHeads: 5, keyDim: 16), [[3, 150, 40], [3, 170, 40]], type)
    try check(MultiHeadAttention(numHeads: 2, keyDim: 8, valueDim: 12), [[2, 700, 30], [2, 700, 30]], type)
    try check(Attention(), [[6, 300, 40], [6, 280, 40]], type)
    try check(AdditiveAttention(), [[4, 60, 40], [4, 70, 40]], type)
    try check(Convolution(filters: 21, kernelSize: [3, 3]), [[2, 40, 41, 17]], type)
    try check(Dense(units: 700), [[3, 400]], type)
    try check(Dense(units: 300), [[500, 400]], type)
  }
}
