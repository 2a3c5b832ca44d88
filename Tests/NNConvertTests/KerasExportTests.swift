import NNConvert
import NNFormat
import NNLayers
import NNRuntime
import NNTestSupport
import Testing

@Suite struct KerasExportTests {
  /// A model of the given nodes, each a kind, its fields and its inputs; the last one is the output.
  private func model(
    inputs: [(String, TensorType)],
    _ nodes: [(name: String, kind: String, fields: JSONObject, inputs: [ValueReference])]
  ) throws -> Model {
    var tensors = NamedTensors()
    var types = Dictionary(uniqueKeysWithValues: inputs.map { ($0.0, [$0.1]) })
    var graph = Graph(inputs: inputs.map { GraphInput($0.0, $0.1) }, nodes: [], outputs: [])
    for (name, kind, fields, references) in nodes {
      var node = Node(name, kind, fields: fields, inputs: references)
      let layer = try LayerCatalog.standard.layer(for: node)
      let given = references.compactMap { types[$0.name]?[$0.index] }
      for (place, parameter) in try layer.parameters(for: given).enumerated() {
        let shape = try Shape(parameter.type.shape.compactMap(\.value))
        // Numbers between 0 and 1, so that they also serve as variances.
        let values = (0..<shape.count).map { Float(($0 * 37 + place * 11) % 101) / 101 }
        try tensors.append("\(name)/\(parameter.role)", Tensor(values, shape))
        node.parameters.append(NodeParameter(parameter.role, "\(name)/\(parameter.role)"))
      }
      types[name] = try layer.outputs(for: given)
      graph.nodes.append(node)
    }
    graph.outputs = [GraphOutput("y", ValueReference(nodes.last?.name ?? ""))]
    return Model(graph: graph, tensors: tensors)
  }

  /// Batches of values of the given extents.
  private func batches(_ type: DataType, _ extents: Int...) -> TensorType {
    TensorType(type, [.symbol("N")] + extents.map { .known($0) })
  }

  private func bytes(_ model: Model, in folder: TemporaryFolder, _ name: String) throws -> ByteRegion {
    try KerasExport(model).write(to: folder.file(name), replacing: false)
    return try MappedFile.contents(of: folder.file(name))
  }

  @Test func refusalsAreListedAtOnce() throws {
    let model = try model(
      inputs: [("x", batches(.f32, 4, 4, 2))],
      [
        ("norms", "lp_pooling", ["pool_size": [2, 2]], ["x"]),
        ("between", "relu", [:], ["norms"]),
        ("neighbours", "local_response_normalization", ["size": 3], ["between"]),
      ])
    let error = #expect(throws: ModelError.self) { try KerasExport(model) }
    guard case .unsupported(let items)? = error?.problem as? KerasExportProblem else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(items.map { $0.node } == ["norms", "neighbours"])
    #expect(items.allSatisfy { !$0.reason.isEmpty })
    #expect(error?.problem.category == .unsupported)
  }

  #if HDF5
    /// Networks of several layers, with an input for each.
    private func networks() throws -> [(name: String, model: Model, inputs: [String: Tensor])] {
      func numbers(_ shape: Shape) throws -> Tensor {
        try Tensor((0..<shape.count).map { Float(($0 * 29) % 97) / 48 - 1 }, shape)
      }
      let dense = try model(
        inputs: [("x", batches(.f32, 3))],
        [
          ("hidden", "dense", ["units": 5], ["x"]), ("bent", "tanh", [:], ["hidden"]),
          ("output", "dense", ["units": 2], ["bent"]), ("y", "softmax", [:], ["output"]),
        ])
      let images = try model(
        inputs: [("x", batches(.f32, 6, 6, 2))],
        [
          ("conv", "convolution", ["filters": 4, "kernel_size": [3, 3], "padding": "same"], ["x"]),
          ("norm", "batch_normalization", [:], ["conv"]), ("bent", "relu", [:], ["norm"]),
          ("sum", "add", [:], ["conv", "bent"]), ("pool", "max_pooling", ["pool_size": [2, 2]], ["sum"]),
          ("flat", "flatten", [:], ["pool"]), ("scores", "dense", ["units": 3], ["flat"]),
        ])
      let sequences = try model(
        inputs: [("x", batches(.f32, 5, 3)), ("mask", batches(.bool, 5))],
        [
          (
            "lstm", "lstm", ["units": 4, "return_sequences": true, "mask": "steps"], ["x", "mask"]
          ),
          ("gru", "gru", ["units": 3, "use_recurrent_bias": true, "direction": "bidirectional"], ["lstm"]),
          ("scores", "dense", ["units": 2], ["gru"]),
        ])
      let attending = try model(
        inputs: [("x", batches(.f32, 4, 6))],
        [
          ("heads", "multi_head_attention", ["num_heads": 2, "key_dim": 3, "use_causal_mask": true], ["x", "x"]),
          ("sum", "add", [:], ["x", "heads"]), ("norm", "layer_normalization", [:], ["sum"]),
          ("mean", "reduce_mean", ["axes": [1]], ["norm"]),
        ])
      let mask = try Tensor([true, true, true, false, false, true, true, true, true, false], [2, 5])
      return [
        ("dense", dense, ["x": try numbers([4, 3])]), ("images", images, ["x": try numbers([2, 6, 6, 2])]),
        ("sequences", sequences, ["x": try numbers([2, 5, 3]), "mask": mask]),
        ("attending", attending, ["x": try numbers([2, 4, 6])]),
      ]
    }

    @Test func theSameModelGivesTheSameBytes() throws {
      let folder = TemporaryFolder()
      for (name, model, _) in try networks() {
        #expect(try bytes(model, in: folder, "\(name)-1.keras") == bytes(model, in: folder, "\(name)-2.keras"))
      }
    }

    @Test func filesReadBackComputeTheSameBits() throws {
      let folder = TemporaryFolder()
      for (name, model, inputs) in try networks() {
        _ = try bytes(model, in: folder, "\(name).keras")
        let (read, report) = try KerasImport().model(from: folder.file("\(name).keras"))
        #expect(report.ignored.isEmpty, "\(name)")
        let (wanted, found) = (try Network(model)(inputs), try Network(read)(inputs))
        #expect(wanted.values.map(\.bytes) == found.values.map(\.bytes), "\(name)")
      }
    }

    @Test(arguments: NarrowType.allCases)
    func narrowWeightsAreWidenedToWhatTheyAre(_ type: NarrowType) throws {
      let folder = TemporaryFolder()
      for (name, model, inputs) in try networks() {
        let narrow = try NarrowedWeights(model, to: type)
        let file = "\(name)-\(type.rawValue).keras"
        _ = try bytes(narrow.model, in: folder, file)
        let (read, _) = try KerasImport().model(from: folder.file(file))
        let mapped = Dictionary(
          uniqueKeysWithValues: try KerasExport(narrow.model).report.mapped.map { ($0.array, $0.type.dataType) })
        let found = read.tensors.entries.map(\.tensor)
        for (tensor, _) in narrow.losses {
          let stored = try #require(narrow.model.tensors[tensor])
          #expect(mapped[tensor] == .f32, "\(name) \(tensor)")
          guard type == .int8 else {
            // Nothing is lost: made narrow again, they are the same bits.
            #expect(found.contains { $0.cast(to: stored.dataType).tensor.bytes == stored.bytes }, "\(name) \(tensor)")
            continue
          }
          let scales = try #require(narrow.model.tensors["\(tensor)_scales"]).elements(as: Float.self)
          let products = stored.elements(as: Int8.self).enumerated().map { Float($1) * scales[$0 % scales.count] }
          #expect(
            found.contains { $0.dataType == .f32 && $0.elements(as: Float.self) == products }, "\(name) \(tensor)")
        }
        guard type != .int8 else { continue }
        let (wanted, computed) = (try Network(narrow.model)(inputs), try Network(read)(inputs))
        #expect(wanted.values.map(\.bytes) == computed.values.map(\.bytes), "\(name)")
      }
    }

    @Test func nodesOfTheSameTensorsAreOneLayer() throws {
      var tied = try model(
        inputs: [("x", batches(.f32, 3))],
        [
          ("first", "dense", ["units": 3], ["x"]), ("second", "dense", ["units": 3], ["first"]),
          ("third", "dense", ["units": 3, "use_bias": false], ["second"]),
        ])
      for place in 1...2 {
        tied.graph.nodes[place].parameters = Array(tied.graph.nodes[0].parameters.prefix(3 - place))
      }
      tied.tensors = try NamedTensors(tied.tensors.entries.prefix(2).map { ($0.name, $0.tensor) })
      let report = try KerasExport(tied).report
      // The third is no call of the layer, and has a copy of the weights.
      #expect(report.mapped.map(\.tensor) == ["layers/dense/vars/0", "layers/dense/vars/1", "layers/dense_1/vars/0"])
      #expect(report.ignored.map(\.name) == ["first/weights"])
    }
  #endif
}
