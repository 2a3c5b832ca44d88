import NNFormat

/// A graph in a JSON file whose tensors come from arrays of the same names.
///
/// The file is a model's document (`architecture.json` of an exploded model), or the value of its member `graph` alone.
enum Architecture {
  /// A model, what became of each array, what of the document was left out, and the names of arrays that it does not use.
  struct Result {
    var model: Model
    var mapped: [ConversionReport.Mapping]
    var ignored: [ConversionReport.Ignored]
    var rest: [String]
  }

  /// The model of a document and arrays.
  ///
  /// - Throws: ``JSONProblem`` and ``ModelProblem`` with the place in the document; ``ConvertProblem/missingArrays(_:)``.
  static func model(
    _ path: String, arrays: [SourceArray], layout: WeightsLayout?, dataType: DataType?
  ) throws(ModelError) -> Result {
    var (model, names, ignored) = try located(.file(path)) { () throws(ModelError) in try document(path) }
    let byName = Dictionary(arrays.map { ($0.name, $0.tensor) }) { first, _ in first }
    let missing = names.filter { byName[$0] == nil }
    guard missing.isEmpty else { throw ModelError(ConvertProblem.missingArrays(missing)) }

    var mapped: [ConversionReport.Mapping] = []
    for name in names {
      guard let tensor = byName[name] else { continue }
      var changing = ChangingTensor(tensor)
      try change(&changing, name, model.graph, layout)
      if let dataType, tensor.dataType.isFloat { changing.cast(to: dataType) }
      try model.tensors.append(name, changing.tensor)
      mapped.append(
        ConversionReport.Mapping(array: name, tensor: name, type: changing.tensor.type, changes: changing.changes))
    }
    if let dataType {
      for position in model.graph.inputs.indices where model.graph.inputs[position].type.dataType.isFloat {
        model.graph.inputs[position].type.dataType = dataType.computeType
      }
    }
    let rest = arrays.map(\.name).filter { !names.contains($0) }
    return Result(model: model, mapped: mapped, ignored: ignored, rest: rest)
  }

  /// What a user may leave to us for dense layers: biases of one row become a vector, and weights are transposed if asked for.
  private static func change(
    _ tensor: inout ChangingTensor, _ name: String, _ graph: Graph, _ layout: WeightsLayout?
  ) throws(ModelError) {
    let dense = graph.nodes.filter { $0.kind == "dense" }
    let shape = tensor.tensor.shape
    if dense.contains(where: { $0.tensorName(for: "biases") == name }), shape.rank == 2, shape[0] == 1 {
      try tensor.reshape(to: try Shape([shape[1]]))
    }
    if layout == .outIn, shape.rank == 2, dense.contains(where: { $0.tensorName(for: "weights") == name }) {
      try tensor.transpose()
    }
  }

  /// The model without tensors, the names of the tensors that its nodes use, in their order, and what is left out.
  static func document(
    _ path: String
  ) throws(ModelError) -> (Model, tensors: [String], [ConversionReport.Ignored]) {
    let json = try JSONReader.value(try MappedFile.contents(of: path))
    var model: Model
    var ignored: [ConversionReport.Ignored] = []
    if json.object?["format"] != nil {
      let manifest = try Manifest(json, limits: .standard, digestsRequired: false) { (_, members) throws(ModelError) in
        // Where an exploded model has the tensor; here it comes from an array of its name.
        _ = members.optional("file")
      }
      model = Model(graph: manifest.graph, metadata: manifest.metadata, optional: manifest.optional)
      ignored = manifest.examples.map {
        ConversionReport.Ignored(name: $0.name, reason: "an example of the architecture; give it with --example")
      }
    } else {
      model = Model(graph: try Graph(json, path: "", limits: .standard))
    }
    var names: [String] = []
    for parameter in model.graph.nodes.flatMap(\.parameters) where !names.contains(parameter.tensor) {
      names.append(parameter.tensor)
    }
    return (model, names, ignored)
  }
}
