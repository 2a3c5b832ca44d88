import NNFormat

/// A graph in a JSON file whose tensors come from arrays of the same names.
///
/// The file is a model's document (`architecture.json` of an exploded model), or the value of its member `graph` alone.
enum Architecture {
  /// The model of a document and arrays, what became of each array, and the names of arrays that it does not use.
  ///
  /// - Throws: ``JSONProblem`` and ``ModelProblem`` with the place in the document; ``ConvertProblem/missingArrays(_:)``.
  static func model(
    _ path: String, arrays: [SourceArray], layout: WeightsLayout?, dataType: DataType?
  ) throws(ModelError) -> (model: Model, mapped: [ConversionReport.Mapping], rest: [String]) {
    var (model, names) = try located(.file(path)) { () throws(ModelError) in try document(path) }
    let byName = Dictionary(arrays.map { ($0.name, $0.tensor) }) { first, _ in first }
    let missing = names.filter { byName[$0] == nil }
    guard missing.isEmpty else { throw ModelError(ConvertProblem.missingArrays(missing)) }

    var mapped: [ConversionReport.Mapping] = []
    for name in names {
      guard let tensor = byName[name] else { continue }
      var changing = ChangingTensor(tensor)
      try change(&changing, name, model.graph, layout)
      if let dataType { changing.cast(to: dataType) }
      try model.tensors.append(name, changing.tensor)
      mapped.append(
        ConversionReport.Mapping(array: name, tensor: name, type: changing.tensor.type, changes: changing.changes))
    }
    if let dataType {
      for position in model.graph.inputs.indices where model.graph.inputs[position].type.dataType.isFloat {
        model.graph.inputs[position].type.dataType = dataType.computeType
      }
    }
    return (model, mapped, arrays.map(\.name).filter { !names.contains($0) })
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

  /// The model without tensors, and the names of the tensors that its nodes use, in their order.
  private static func document(_ path: String) throws(ModelError) -> (Model, [String]) {
    let json = try JSONReader.value(try MappedFile.contents(of: path))
    var model: Model
    if json.object?["format"] != nil {
      let manifest = try Manifest(json, limits: .standard, digestsRequired: false) { (_, reader) throws(ModelError) in
        // Values in the document would be ignored; they belong to the other way of reading.
        _ = reader
      }
      model = Model(graph: manifest.graph, metadata: manifest.metadata, optional: manifest.optional)
    } else {
      model = Model(graph: try Graph(json, path: "", limits: .standard))
    }
    var names: [String] = []
    for parameter in model.graph.nodes.flatMap(\.parameters) where !names.contains(parameter.tensor) {
      names.append(parameter.tensor)
    }
    return (model, names)
  }
}
