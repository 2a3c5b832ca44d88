import FoundationEssentials
import NNContainer
import NNFormat
import NNLayers
import NNTestSupport
import Testing

import NNRuntime

/// Every layer fixture as a network, in every way in which a network can run: one set of bits.
///
/// The layers alone are held to what others computed by `LayerLawsTests`. With NNM_MATRIX set, the digest of all results goes into
/// the file of that name, so that a script can compare the variants of the kernels.
@Suite struct MatrixTests {
  /// The layer of a case between its inputs and a function that engines do in the same pass.
  private func model(_ item: LayerCase) throws -> (model: Model, inputs: [String: Tensor])? {
    // A seed's numbers depend on the place in the graph, which is 0 here.
    guard item.seed == nil || item.position == 0 else { return nil }
    // A graph has an input, also where the layer has none.
    let given = item.inputs.isEmpty ? [try Tensor([Float(0)], [1])] : item.inputs
    var tensors = NamedTensors()
    var parameters: [NodeParameter] = []
    for (role, tensor) in item.parameters {
      try tensors.append("layer/\(role)", tensor)
      parameters.append(NodeParameter(role, "layer/\(role)"))
    }
    var inputs: [String: Tensor] = [:]
    for (index, tensor) in given.enumerated() { inputs["x\(index)"] = tensor }
    var nodes = [
      Node(
        "layer", item.kind, fields: item.fields,
        inputs: item.inputs.indices.map { ValueReference("x\($0)") }, parameters: parameters)
    ]
    let results = try #require(item.expectations.first).outputs
    var outputs = results.indices.map { GraphOutput("y\($0)", ValueReference("layer", $0)) }
    if let first = results.first, first.dataType == .f32 || first.dataType == .f64 {
      nodes.append(Tanh().node("last", inputs: ["layer"]))
      outputs[0] = GraphOutput("y0", "last")
    }
    let graph = Graph(
      inputs: given.enumerated().map { GraphInput("x\($0)", openBatch($1, item.rows)) }, nodes: nodes,
      outputs: outputs)
    return (Model(graph: graph, tensors: tensors), inputs)
  }

  private func openBatch(_ tensor: Tensor, _ isOpen: Bool) -> TensorType {
    isOpen && tensor.shape.rank > 0
      ? TensorType(tensor.dataType, [.symbol("N")] + tensor.type.shape.dropFirst()) : tensor.type
  }

  private func options(threads: Int, fuses: Bool) -> NetworkOptions {
    var options = NetworkOptions()
    options.threads = threads
    options.fuses = fuses
    return options
  }

  @Test(arguments: LayerCatalog.standard.all.map { $0.kind })
  func everyWayToRunALayerGivesTheSameBits(kind: String) throws {
    let folder = TemporaryFolder()
    var summary: [UInt8] = []
    for item in try LayerCase.all(of: kind) {
      guard let (model, inputs) = try model(item) else { continue }
      let comment = Comment(rawValue: "\(kind), case \(item.name)")
      let plain = try Network(model, options: options(threads: 1, fuses: false))(inputs, seed: item.seed)
      for threads in [1, 2] {
        let fused = try Network(model, options: options(threads: threads, fuses: true))
        let results = try fused(inputs, seed: item.seed)
        #expect(results == plain, "\(comment), \(threads) threads")
        if threads == 2 { try aloneAndTogether(fused, item, inputs, plain, comment) }
      }
      for (name, kind) in [("model.nnm", ContainerKind.binary), ("model.h5", .hdf5)] {
        let path = folder.file(name)
        do throws(ModelError) {
          try model.write(to: path, as: kind, replacing: true)
        } catch {
          guard error.problem.category == .unsupported else { throw error }
          continue
        }
        let read = try Network(contentsOfFile: path, options: options(threads: 2, fuses: true))
        let results = try read(inputs, seed: item.seed)
        #expect(results == plain, "\(comment), \(name)")
      }
      for name in plain.keys.sorted() {
        summary += plain[name].map { Array(Digest(of: bits($0)).description.utf8) } ?? []
      }
    }
    if let path = ProcessInfo.processInfo.environment["NNM_MATRIX"] {
      let line = "\(kind) \(Digest(of: summary))\n"
      try Data(line.utf8).write(to: URL(fileURLWithPath: "\(path)/\(kind)"))
    }
  }

  /// The bytes of a tensor, in which every NaN is the same: which of two it is that a sum of them gives is left open.
  private func bits(_ tensor: Tensor) -> [UInt8] {
    func same<Scalar: TensorScalar & BinaryFloatingPoint>(_ type: Scalar.Type) -> [UInt8] {
      tensor.elements(as: type).map { $0.isNaN ? .nan : $0 }.withUnsafeBytes { Array($0) }
    }
    switch tensor.dataType {
    case .f32: return same(Float.self)
    case .f64: return same(Double.self)
    default: return tensor.bytes.withUnsafeBytes { Array($0) }
    }
  }

  /// Where rows do not depend on one another, each has alone the bits that it has among others, and what the graph's check says of
  /// that is true.
  private func aloneAndTogether(
    _ network: Network, _ item: LayerCase, _ inputs: [String: Tensor], _ plain: [String: Tensor], _ comment: Comment
  ) throws {
    #expect(item.rows || !network.isSampleWise, "\(comment): taken for one of single samples")
    guard item.rows, item.seed == nil, let count = item.inputs.first?.shape.dimensions.first else { return }
    for row in 0..<count {
      let results = try network(inputs.mapValues { $0.rows(row..<row + 1) })
      #expect(results == plain.mapValues { $0.rows(row..<row + 1) }, "\(comment), row \(row)")
    }
  }

  @Test(arguments: ["autoencoder", "bayesian", "digits", "generator", "grid-world", "karate"])
  func everyWayToRunATrainedNetworkGivesTheSameBits(name: String) throws {
    let path = "\(fixtures)/models/\(name)/model.nnm"
    let model = try Container.open(path).model
    let folder = TemporaryFolder()
    let ways = try [(1, false), (1, true), (2, true), (3, true), (8, true)].map { threads, fuses in
      try Network(contentsOfFile: path, options: options(threads: threads, fuses: fuses))
    }
    var read: [Network] = []
    do throws(ModelError) {
      try model.write(to: folder.file("model.h5"), as: .hdf5, replacing: true)
      read = [try Network(contentsOfFile: folder.file("model.h5"))]
    } catch {
      guard error.problem.category == .unsupported else { throw error }
    }
    for example in model.examples {
      let inputs = Dictionary(example.inputs.entries.map { ($0.name, $0.tensor) }) { first, _ in first }
      let plain = try ways[0](inputs)
      for network in ways.dropFirst() + read {
        let results = try network(inputs)
        #expect(results == plain, "\(name), \(example.name)")
      }
      guard ways[2].isSampleWise else { continue }
      for size in [1, 2, 7] {
        var start = 0
        let batches = inputs.mapValues { Array($0.batches(of: size)) }
        let count = batches.values.first?.count ?? 0
        try ways[2].stream((0..<count).map { index in batches.mapValues { $0[index] } }) { part in
          let rows = part.values.first?.shape[0] ?? 0
          #expect(
            part == plain.mapValues { $0.rows(start..<start + rows) }, "\(name), \(example.name), \(size) at a time")
          start += rows
        }
      }
    }
  }
}
