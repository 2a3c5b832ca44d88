import NNConvert
import NNFormat
import NNLayers
import NNRuntime
import NNTestSupport
import Testing

/// Every kind with weights that kernels widen themselves: what it computes from them.
struct NarrowLayersTests {
  static let kinds = LayerCatalog.standard.all.map { $0.kind }

  /// A case as a model, with f32 parameters and inputs.
  private func model(_ item: LayerCase) throws -> Model? {
    guard item.seed == nil, !item.inputs.isEmpty, !item.inputs.contains(where: { $0.dataType == .f64 }) else {
      return nil
    }
    var tensors = NamedTensors()
    for (role, tensor) in item.parameters { try tensors.append(role, tensor) }
    let node = Node(
      "layer", item.kind, fields: item.fields, inputs: item.inputs.indices.map { ValueReference("x\($0)") },
      parameters: item.parameters.map { NodeParameter($0.role, $0.role) })
    let outputs = try #require(item.expectations.first).outputs.indices
    return Model(
      graph: Graph(
        inputs: item.inputs.enumerated().map { GraphInput("x\($0)", $1.type) }, nodes: [node],
        outputs: outputs.map { GraphOutput("y\($0)", ValueReference("layer", $0)) }),
      tensors: tensors)
  }

  private func results(_ model: Model, _ item: LayerCase, threads: Int = 1) throws -> [String: Tensor] {
    var options = NetworkOptions()
    options.threads = threads
    var inputs: [String: Tensor] = [:]
    for (index, tensor) in item.inputs.enumerated() { inputs["x\(index)"] = tensor }
    return try Network(model, options: options)(inputs)
  }

  /// The model with narrower weights; nil where it has none that can be.
  private func narrowed(_ model: Model, _ type: NarrowType) throws -> Model? {
    do {
      return try NarrowedWeights(model, to: type).model
    } catch  where error.problem is ConvertProblem {
      return nil
    }
  }

  /// The product with f16 and bf16 is that of the weights as f32.
  @Test(arguments: kinds) func halvesGiveTheBitsOfWhatTheyWidenTo(kind: String) throws {
    for item in try LayerCase.all(of: kind) {
      guard let model = try model(item) else { continue }
      for type in [NarrowType.f16, .bf16] {
        guard let narrow = try narrowed(model, type) else { continue }
        var wide = narrow
        for (name, tensor) in narrow.tensors.entries where tensor.dataType != .f32 && tensor.dataType.isFloat {
          wide.tensors[name] = tensor.cast(to: .f32).0
        }
        let expected = try results(wide, item)
        for threads in [1, 2] {
          let found = try results(narrow, item, threads: threads)
          #expect(found == expected, "\(kind), case \(item.name), \(type), \(threads) threads")
        }
      }
    }
  }

  /// The sums of integers with numbers that are nearly too great overflow before they are scaled.
  private func isModerate(_ item: LayerCase) -> Bool {
    item.inputs.allSatisfy { $0.dataType != .f32 || $0.elements(as: Float.self).allSatisfy { abs($0) < 1e30 } }
  }

  /// What is computed from integers and their scales is near what is computed from their products.
  @Test(arguments: kinds) func integersAreNearWhatTheyStandFor(kind: String) throws {
    for item in try LayerCase.all(of: kind) {
      guard isModerate(item), let model = try model(item), let narrow = try narrowed(model, .int8) else { continue }
      var wide = model
      for (name, tensor) in narrow.tensors.entries where tensor.dataType == .i8 {
        let scales = try #require(narrow.tensors["\(name)_scales"]).elements(as: Float.self)
        let values = tensor.elements(as: Int8.self).enumerated().map { Float($1) * scales[$0 % scales.count] }
        wide.tensors[name] = try Tensor(values, tensor.shape)
      }
      let expected = try results(wide, item)
      for threads in [1, 2] {
        for (name, found) in try results(narrow, item, threads: threads) {
          let wanted = try #require(expected[name])
          let isNear =
            found.dataType != .f32
            ? found == wanted
            : zip(found.elements(as: Float.self), wanted.elements(as: Float.self)).allSatisfy { a, b in
              a == b || a.isNaN && b.isNaN || abs(a - b) <= 1e-4 * max(1, abs(b))
            }
          #expect(isNear, "\(kind), case \(item.name), \(name), \(threads) threads: \(found) instead of \(wanted)")
        }
      }
    }
  }

  /// Which kinds have weights that can be narrow: all whose parameters are matrices of products, and tables.
  @Test func kindsWithNarrowWeights() throws {
    var found: Set<String> = []
    for kind in Self.kinds {
      for item in try LayerCase.all(of: kind) {
        guard let model = try model(item), try narrowed(model, .int8) != nil else { continue }
        found.insert(kind)
      }
    }
    #expect(
      found.sorted() == [
        "conv_lstm", "convolution", "dense", "einsum_dense", "embedding", "grouped_query_attention", "gru", "lstm",
        "multi_head_attention", "simple_rnn",
      ])
  }

  /// A convolution of each channel on its own is no product of matrices: its weights stay as they are, and stored as f16 they are
  /// widened before.
  @Test func channelsOnTheirOwnAreNotNarrowed() throws {
    let kernel = try Tensor((0..<18).map { Float($0 % 7) / 4 - 1 }, [3, 3, 1, 2])
    let input = try Tensor((0..<50).map { Float($0 % 11) / 8 }, [1, 5, 5, 2])
    func model(_ kernel: Tensor) throws -> Model {
      var layer = Convolution(filters: 2, kernelSize: [3, 3])
      layer.groups = 2
      layer.useBias = false
      return Model(
        graph: Graph(
          inputs: [GraphInput("x", input.type)],
          nodes: [layer.node("c", inputs: ["x"], parameters: [NodeParameter("kernel", "k")])],
          outputs: [GraphOutput("y", "c")]), tensors: try NamedTensors([("k", kernel)]))
    }
    #expect(throws: ModelError.self) { try NarrowedWeights(model(kernel), to: .int8) }
    let half = try Network(model(kernel.cast(to: .f16).0))(["x": input])
    let plain = try Network(model(kernel))(["x": input])
    #expect(half == plain)
  }
}
