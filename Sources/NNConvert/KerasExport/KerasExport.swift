public import NNFormat
import NNLayers
import NNNumPy

/// Writes a model as a file of Keras 3: a `.keras` archive with a functional model that computes the same.
///
///     let file = try KerasExport(model)
///     try file.write(to: "model.keras", replacing: false)
///
/// The same model gives the same bytes every time. Examples and the model's metadata have no place in such a file.
public struct KerasExport: Sendable {
  /// The release of Keras whose form the file has.
  public static let kerasVersion = "3.15.1"

  /// Each weight of the file and the tensor that it was made of, and what was left out.
  public private(set) var report = ConversionReport()
  /// The classes and operations of Keras that the model became, without its inputs.
  package let counterparts: Set<String>
  private let config: JSONValue
  private let weights: KerasWeightsTree

  /// Converts a model.
  ///
  /// - Throws: ``KerasExportProblem/unsupported(_:)`` with all nodes that Keras has no layer or operation for; and
  ///   `LayerProblem` if the graph does not fit together.
  public init(_ model: Model) throws(ModelError) {
    let checked = try CheckedGraph(model)
    let graph = ExportGraph(model.tensors)
    for input in checked.inputs { try graph.addInput(input.name, input.type) }
    var refused: [KerasExportProblem.Item] = []
    let needed = KerasExport.needed(model.graph)
    for node in checked.nodes {
      guard needed.contains(node.node.name) else {
        graph.leftOut.append(ConversionReport.Ignored(name: node.node.name, reason: "no output depends on the node"))
        continue
      }
      do throws(ModelError) {
        try graph.add(node)
      } catch {
        guard case .unsupported(let items)? = error.problem as? KerasExportProblem else { throw error }
        refused += items
        graph.refuse(node)
      }
    }
    if refused.isEmpty { refused += graph.refusedOutputs(checked) }
    guard refused.isEmpty else { throw ModelError(KerasExportProblem.unsupported(refused)) }

    var outputs: [ExportValue] = []
    for output in checked.outputs { outputs.append(try graph.value(output.value)) }
    let order = KerasGraphOrder(graph.layers, inputs: graph.inputs, outputs: outputs).layers
    counterparts = Set(order.filter { !graph.inputs.contains($0) }.map { graph.layers[$0].publicName })
    config = KerasConfig(graph, order: order, outputs: outputs).json
    weights = KerasWeightsTree(graph, order: order)
    report.mapped = weights.mapped
    report.ignored = graph.leftOut + KerasExport.leftOut(model, weights)
  }

  /// The nodes that an output depends on.
  private static func needed(_ graph: Graph) -> Set<String> {
    var needed = Set(graph.outputs.map(\.value.name))
    for node in graph.nodes.reversed() where needed.contains(node.name) {
      needed.formUnion(node.inputs.map(\.name))
    }
    return needed
  }

  /// What a model has and a file of Keras does not.
  private static func leftOut(_ model: Model, _ weights: KerasWeightsTree) -> [ConversionReport.Ignored] {
    var list: [ConversionReport.Ignored] = []
    for (name, count) in weights.uses.sorted(by: { $0.key < $1.key }) where count > 1 {
      list.append(
        ConversionReport.Ignored(
          name: name, reason: "that \(count) layers share it, each of which has a copy of its own in the file"))
    }
    for example in model.examples {
      list.append(ConversionReport.Ignored(name: example.name, reason: "an example, which a file of Keras cannot hold"))
    }
    if !model.metadata.isEmpty {
      list.append(ConversionReport.Ignored(name: "metadata", reason: "a file of Keras has no place for it"))
    }
    return list
  }

  /// Writes the file, whole or not at all.
  ///
  /// - Throws: `FileProblem` if it cannot be written or exists and `replaces` is false; `ContainerProblem/withoutHDF5` in a
  ///   build without HDF5.
  public func write(to path: String, replacing replaces: Bool) throws(ModelError) {
    let metadata: JSONValue = ["keras_version": .string(KerasExport.kerasVersion)]
    let texts = [
      ("metadata.json", try JSONWriter.text(metadata, style: .compact)),
      ("config.json", try JSONWriter.text(config, style: .compact)),
    ]
    let contents = try weights.contents()
    try located(.file(path)) { () throws(ModelError) in
      try AtomicFile.write(to: path, replacing: replaces) { (file) throws(ModelError) in
        var archive = ZipWriter()
        for (name, text) in texts { try archive.add(name, [ByteRegion(text)], to: &file) }
        try archive.add("model.weights.h5", [contents], to: &file)
        try archive.finish(to: &file)
      }
    }
  }
}
