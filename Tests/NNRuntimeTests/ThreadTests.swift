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

  /// The numbers of threads with which the bits are others than with one.
  private func departures(_ layer: some Layer, _ shapes: [[Int]], _ type: DataType) throws -> [Int] {
    var stream = Stream(seed: 31)
    var inputs: [String: Tensor] = [:]
    for (index, shape) in shapes.enumerated() { inputs["x\(index)"] = try stream.tensor(type, Shape(shape)) }
    let types = shapes.map { TensorType(type, $0.map(Dimension.known)) }
    func results(_ threads: Int) throws -> [String: Tensor] {
      var parameters = Stream(seed: 32)
      return try network(layer, types, type, &parameters, threads: threads)(inputs)
    }
    let plain = try results(1)
    return try [2, 3, 8].filter { try results($0) != plain }
  }

  @Test(arguments: [DataType.f32, .f64]) func largeInputsGiveTheBitsOfOneThread(type: DataType) throws {
    #expect(try departures(Softmax(), [[700, 301]], type).isEmpty)
    #expect(try departures(LogSoftmax(), [[700, 301]], type).isEmpty)
    var across = Softmax()
    across.axis = 1
    #expect(try departures(across, [[37, 90, 70]], type).isEmpty)
    #expect(try departures(LayerNormalization(), [[900, 201]], type).isEmpty)
    var outer = LayerNormalization()
    outer.axes = [1]
    #expect(try departures(outer, [[9, 201, 30]], type).isEmpty)
    #expect(try departures(MaxPooling(poolSize: [3, 3]), [[8, 121, 119, 19]], type).isEmpty)
    #expect(try departures(AveragePooling(poolSize: [2, 2]), [[8, 121, 119, 19]], type).isEmpty)
    #expect(try departures(MultiHeadAttention(numHeads: 5, keyDim: 16), [[3, 150, 40], [3, 170, 40]], type).isEmpty)
    #expect(
      try departures(MultiHeadAttention(numHeads: 2, keyDim: 8, valueDim: 12), [[2, 700, 30], [2, 700, 30]], type)
        .isEmpty)
    #expect(try departures(Attention(), [[6, 300, 40], [6, 280, 40]], type).isEmpty)
    #expect(try departures(AdditiveAttention(), [[4, 60, 40], [4, 70, 40]], type).isEmpty)
    #expect(try departures(Convolution(filters: 21, kernelSize: [3, 3]), [[2, 40, 41, 17]], type).isEmpty)
    #expect(try departures(Dense(units: 700), [[3, 400]], type).isEmpty)
    #expect(try departures(Dense(units: 300), [[500, 400]], type).isEmpty)
  }
}
