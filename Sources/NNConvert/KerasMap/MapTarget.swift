import NNContainer
import NNFormat
import NNLayers

/// The architecture that weights are put onto: a model of ours, whatever encodes it, whose own weights do not count.
struct MapTarget {
  /// A node with what is known of it.
  struct TargetNode {
    /// The node, with a tensor for each role that its kind has and no others.
    let node: Node
    let inputs: [TensorType]
    let parameters: [Parameter]
  }

  /// The graph, the metadata and the tensors as they are; examples are left out, since they hold for other weights.
  private(set) var model: Model
  /// The nodes, in their order.
  private(set) var nodes: [TargetNode] = []
  /// What was left out.
  private(set) var ignored: [ConversionReport.Ignored]
  /// The file, for provenance.
  private(set) var source: Provenance.Source

  /// Reads a model in any encoding, or a JSON file with a graph alone, as `from-npy --architecture` takes it.
  ///
  /// - Throws: what is wrong with the file, and ``LayerProblem`` with the node if the graph does not fit together.
  init(_ path: String) throws(ModelError) {
    let name = String(path.split(separator: "/").last ?? "")
    if try MapTarget.isArchitecture(path) {
      let bytes = try located(.file(path)) { () throws(ModelError) in try MappedFile.contents(of: path) }
      (model, _, ignored) = try located(.file(path)) { () throws(ModelError) in try Architecture.document(path) }
      source = Provenance.Source(name: name, format: "json", digest: Digest(of: bytes))
    } else {
      let container = try ModelFiles.open(path)
      let digest = try located(.file(path)) { () throws(ModelError) in try container.verifyDigests() }
      model = container.model
      ignored = model.examples.map {
        ConversionReport.Ignored(name: $0.name, reason: "an example of the model in '\(name)', which had other weights")
      }
      model.examples = []
      source = Provenance.Source(name: name, format: container.kind.rawValue, digest: digest)
    }
    try located(.file(path)) { () throws(ModelError) in try check() }
  }

  /// Whether a file is JSON without the values of its tensors.
  private static func isArchitecture(_ path: String) throws(ModelError) -> Bool {
    try located(.file(path)) { () throws(ModelError) in
      guard !MappedFile.isDirectory(path) else { return false }
      let bytes = try MappedFile.contents(of: path)
      guard bytes.withUnsafeBytes({ $0.first { !" \t\r\n".utf8.contains($0) } }) == UInt8(ascii: "{") else {
        return false
      }
      let json = try JSONReader.value(bytes)
      guard json.object?["class_name"] == nil else {
        throw ModelError(
          ConvertProblem.senselessOption(
            "--map", reason: "the file is an architecture of Keras, which --architecture takes"))
      }
      let tensors = json.object?["tensors"]?.array ?? []
      return json.object?["format"] == nil && json.object?["nodes"] != nil
        || tensors.contains { $0.object?["values"] == nil && $0.object?["base64"] == nil }
    }
  }

  /// Infers all types, and sees that every node has a name for each of its parameters.
  private mutating func check() throws(ModelError) {
    var types: [String: [TensorType]] = [:]
    for input in model.graph.inputs { types[input.name] = [input.type] }
    for (place, node) in model.graph.nodes.enumerated() {
      let outputs = try located(.node(node.name)) { () throws(ModelError) in
        var inputs: [TensorType] = []
        for reference in node.inputs {
          let values = types[reference.name] ?? []
          guard values.indices.contains(reference.index) else {
            throw ModelError(LayerProblem.noSuchOutput(reference, count: values.count))
          }
          inputs.append(values[reference.index])
        }
        let layer = try LayerCatalog.standard.layer(for: node)
        let parameters = try layer.parameters(for: inputs)
        var known = node
        known.parameters = try MapTarget.parameters(of: node, parameters)
        nodes.append(TargetNode(node: known, inputs: inputs, parameters: closed(parameters, known)))
        model.graph.nodes[place] = known
        return try layer.outputs(for: inputs)
      }
      types[node.name] = outputs
    }
  }

  /// The parameters with the extents of the model's tensors where the graph leaves them open.
  private func closed(_ parameters: [Parameter], _ node: Node) -> [Parameter] {
    parameters.map { parameter in
      guard let tensor = node.tensorName(for: parameter.role).flatMap({ model.tensors[$0] }),
        TensorType(parameter.type.dataType, tensor.type.shape).fits(parameter.type)
      else { return parameter }
      return Parameter(parameter.role, TensorType(parameter.type.dataType, tensor.type.shape))
    }
  }

  /// The parameters of a node, without the scales of narrow weights: new weights come without.
  private static func parameters(
    of node: Node, _ wanted: [Parameter]
  ) throws(ModelError) -> [NodeParameter] {
    let roles = wanted.map(\.role)
    if let extra = node.parameters.first(where: { given in
      !roles.contains(given.role) && !roles.contains { given.role == "\($0)_scales" }
    }) {
      throw ModelError(LayerProblem.unknownParameter(kind: node.kind, role: extra.role, known: roles))
    }
    if let missing = wanted.first(where: { node.tensorName(for: $0.role) == nil }) {
      throw ModelError(LayerProblem.missingParameter(kind: node.kind, missing))
    }
    return node.parameters.filter { roles.contains($0.role) }
  }
}

extension MapTarget.TargetNode {
  /// Fields that say what is computed with weights and nothing of the weights.
  private static let arithmetic = [
    "activation", "recurrent_activation", "output_activation", "padding", "pads", "output_padding", "clip",
  ]

  /// The node with what Keras is most likely to have too in the place of fields that do not matter for weights, if it can be.
  var withoutArithmetic: Node {
    var plain = node
    for name in Self.arithmetic { plain.fields[name] = nil }
    guard let layer = try? LayerCatalog.standard.layer(for: plain), (try? layer.parameters(for: inputs)) == own,
      (try? layer.outputs(for: inputs)) != nil
    else { return node }
    return plain
  }

  /// The parameters as the kind asks for them.
  private var own: [Parameter]? {
    (try? LayerCatalog.standard.layer(for: node)).flatMap { try? $0.parameters(for: inputs) }
  }
}
