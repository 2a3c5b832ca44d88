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
  ///
  /// - Parameter indices: a last input, of integers.
  private func departures(
    _ layer: some Layer, _ shapes: [[Int]], _ type: DataType, indices: Tensor? = nil
  ) throws -> [Int] {
    var stream = Stream(seed: 31)
    var tensors = try shapes.map { try stream.tensor(type, Shape($0)) }
    if let indices { tensors.append(indices) }
    var inputs: [String: Tensor] = [:]
    for (index, tensor) in tensors.enumerated() { inputs["x\(index)"] = tensor }
    func results(_ threads: Int) throws -> [String: Tensor] {
      var parameters = Stream(seed: 32)
      return try network(layer, tensors.map(\.type), type, &parameters, threads: threads)(inputs)
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
    #expect(try departures(outer, [[9, 201, 70]], type).isEmpty)
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

  @Test(arguments: [DataType.f32, .f64]) func normalizationsGiveTheBitsOfOneThread(type: DataType) throws {
    #expect(try departures(RMSNormalization(), [[900, 201]], type).isEmpty)
    #expect(try departures(RMSNormalization(axes: [1]), [[9, 201, 100]], type).isEmpty)
    #expect(try departures(UnitNormalization(), [[900, 201]], type).isEmpty)
    #expect(try departures(UnitNormalization(axes: [0, 2], order: 1), [[9, 201, 100]], type).isEmpty)
    #expect(try departures(LayerNormalization(axes: [0, 2]), [[9, 201, 100]], type).isEmpty)
    #expect(try departures(GroupNormalization(groups: 5), [[3, 50, 70, 20]], type).isEmpty)
    #expect(try departures(InstanceNormalization(), [[3, 20, 50, 70]], type).isEmpty)
    #expect(try departures(InstanceNormalization(axis: -1), [[3, 50, 70, 20]], type).isEmpty)
    #expect(try departures(BatchNormalization(axis: 1), [[3, 20, 50, 70]], type).isEmpty)
  }

  @Test(arguments: [DataType.f32, .f64]) func reductionsGiveTheBitsOfOneThread(type: DataType) throws {
    for axes: [Axis] in [[1], [2], [1, 2], [1, 3]] {
      #expect(try departures(ReduceSum(axes: axes), [[61, 40, 30, 9]], type).isEmpty)
      #expect(try departures(ReduceMax(axes: axes), [[61, 40, 30, 9]], type).isEmpty)
      #expect(try departures(ReduceL2(axes: axes), [[61, 40, 30, 9]], type).isEmpty)
      #expect(try departures(ReduceLogSumExp(axes: axes), [[61, 40, 30, 9]], type).isEmpty)
    }
    for axes: [Axis] in [[0], [0, 1], [0, 2]] {
      #expect(try departures(ReduceSum(axes: axes), [[61, 40, 300]], type).isEmpty)
      #expect(try departures(ReduceMax(axes: axes), [[61, 40, 300]], type).isEmpty)
      #expect(try departures(ReduceL2(axes: axes), [[61, 40, 300]], type).isEmpty)
    }
    #expect(try departures(ReduceMean(axes: [2]), [[61, 40, 130]], type).isEmpty)
    #expect(try departures(ReduceL1(axes: [2]), [[61, 40, 130]], type).isEmpty)
    #expect(try departures(ReduceMin(axes: [2]), [[61, 40, 130]], type).isEmpty)
    #expect(try departures(ReduceProd(axes: [2]), [[61, 40, 130]], type).isEmpty)
    #expect(try departures(ArgMax(), [[61, 40, 130]], type).isEmpty)
    #expect(try departures(TopK(k: 7), [[61, 40, 130]], type).isEmpty)
    #expect(try departures(TopK(k: 5, axis: 0), [[130, 2400]], type).isEmpty)
  }

  @Test(arguments: [DataType.f32, .f64]) func productsOfValuesGiveTheBitsOfOneThread(type: DataType) throws {
    #expect(try departures(MatMul(), [[500, 90], [90, 70]], type).isEmpty)
    #expect(try departures(MatMul(), [[7, 300], [300, 700]], type).isEmpty)
    #expect(try departures(MatMul(), [[9, 1, 40, 70], [5, 70, 50]], type).isEmpty)
    #expect(try departures(Dot(axes: [2, 1], normalize: true), [[9, 200, 80], [9, 80, 260]], type).isEmpty)
    #expect(try departures(Dot(axes: [2, 2]), [[1, 170, 80], [1, 160, 80]], type).isEmpty)
    for (equation, output, input) in [
      ("abc,cde->abde", [-1, 5, 40], [9, 90, 70]), ("acb,cbe->ace", [9, 70], [80, 9, 90]),
    ] {
      let layer = EinsumDense(equation: try #require(EinsumEquation(equation)), outputShape: output)
      #expect(try departures(layer, [input], type).isEmpty)
    }
  }

  @Test(arguments: [DataType.f32, .f64]) func recurrentLayersGiveTheBitsOfOneThread(type: DataType) throws {
    #expect(try departures(LSTM(units: 300), [[2, 40, 90]], type).isEmpty)
    #expect(try departures(GRU(units: 333), [[1, 40, 90]], type).isEmpty)
    var plain = LSTM(units: 280)
    plain.usePeepholes = true
    plain.projectionSize = 200
    #expect(try departures(plain, [[3, 6, 400]], type).isEmpty)
    #expect(try departures(SimpleRNN(units: 800), [[1, 5, 90]], type).isEmpty)
  }

  @Test(arguments: [DataType.f32, .f64]) func copiesGiveTheBitsOfOneThread(type: DataType) throws {
    let indices = try Tensor((0..<9000).map { Int32($0 * 7919 % 701) }, [90, 100])
    #expect(try departures(Embedding(inputDim: 701, outputDim: 40), [], .f32, indices: indices).isEmpty)
    #expect(try departures(Gather(axis: 0), [[701, 40]], type, indices: indices).isEmpty)
    #expect(try departures(Gather(axis: 1), [[3, 701, 20]], type, indices: indices).isEmpty)
    #expect(try departures(UpSampling(size: [3, 2]), [[2, 50, 61, 20]], type).isEmpty)
    #expect(try departures(Permute(permutation: [0, 3, 1, 2]), [[5, 50, 61, 20]], type).isEmpty)
    for mode in [Resize.Mode.nearest, .linear, .cubic] {
      #expect(try departures(Resize(axes: [1, 2], sizes: [130, 99], mode: mode), [[2, 50, 61, 20]], type).isEmpty)
    }
  }
}
