/// Everything of a model but the tensors' bytes: the document that every encoding carries.
///
/// The document is the same in all encodings, except that the binary encoding adds to each tensor where it lies, and the JSON
/// encoding its values.
package struct Manifest {
  /// The version of the format the file has.
  package var version = FormatVersion.current
  /// What a reader must know to understand the file.
  package var requires: [String] = []
  /// The content digest that the file promises.
  package var digest: Digest?
  /// The stored tensors, in the order of the file: those of the nodes, then those of the examples.
  package var tensors: [TensorEntry]
  /// The examples without their tensors.
  package var examples: [ExampleEntry]
  package var metadata: JSONObject
  package var graph: Graph
  package var provenance: Provenance
  package var optional: JSONObject

  /// What a document says about one stored tensor.
  package struct TensorEntry {
    package var name: String
    package var dataType: DataType
    package var shape: Shape
    package var digest: Digest?

    package var byteCount: Int { shape.count * dataType.byteSize }
  }

  /// What a document says about one example.
  package struct ExampleEntry {
    package var name: String
    /// The names of the values in each section.
    package var sections: [ExampleSection: [String]]
    package var tolerance: Tolerance
    package var computedBy: ComputedBy
  }

  /// The manifest of a model, with all digests.
  ///
  /// - Throws: what ``Model/validate(limits:)`` throws, and ``ModelProblem/digestMismatch(promised:found:)`` if the bytes of a
  ///   tensor are not those that its file promised.
  package init(_ model: Model, limits: Limits = .standard) throws(ModelError) {
    try model.validate(limits: limits)
    let stored = model.storedTensors
    let digests = try Manifest.digests(stored)
    tensors = zip(stored, digests).map { entry, digest in
      TensorEntry(
        name: entry.name, dataType: entry.tensor.dataType, shape: entry.tensor.shape, digest: digest)
    }
    examples = model.examples.map { example in
      ExampleEntry(
        name: example.name,
        sections: Dictionary(uniqueKeysWithValues: ExampleSection.allCases.map { ($0, example[$0].names) }),
        tolerance: example.tolerance, computedBy: example.computedBy)
    }
    metadata = model.metadata
    graph = model.graph
    provenance = model.provenance
    optional = model.optional
    digest = try contentDigest()
  }

  /// The model, with each tensor as `tensor` supplies it.
  package func model(
    limits: Limits, _ tensor: (TensorEntry) throws(ModelError) -> Tensor
  ) throws(ModelError) -> Model {
    var named: [String: Tensor] = [:]
    var parameters = NamedTensors()
    var manifest = self
    let exampleNames = Set(examples.flatMap(\.storedNames))
    for (position, entry) in tensors.enumerated() {
      var value = try located(.tensor(entry.name)) { () throws(ModelError) in try tensor(entry) }
      value.promisedDigest = entry.digest
      // Only the JSON encoding may leave a tensor's digest out, and then the values are at hand.
      if digest != nil, entry.digest == nil { manifest.tensors[position].digest = Digest(of: value.bytes) }
      if exampleNames.contains(entry.name) {
        named[entry.name] = value
      } else {
        try parameters.append(entry.name, value)
      }
    }
    var examples: [Example] = []
    for entry in self.examples {
      var example = Example(
        entry.name, inputs: NamedTensors(), outputs: NamedTensors(), tolerance: entry.tolerance,
        computedBy: entry.computedBy)
      for section in ExampleSection.allCases {
        var tensors = NamedTensors()
        for name in entry.sections[section] ?? [] {
          let stored = section.storedName(of: name, in: entry.name)
          guard let value = named.value(spelled: stored) else {
            throw ModelError(ContainerProblem.tensorNotStored, at: .tensor(stored))
          }
          try tensors.append(name, value)
        }
        example[section] = tensors
      }
      examples.append(example)
    }
    let model = Model(
      graph: graph, tensors: parameters, metadata: metadata, examples: examples, provenance: provenance,
      optional: optional)
    try model.validate(limits: limits)
    if let digest {
      let found = try manifest.contentDigest()
      guard digest == found else {
        throw ModelError(ModelProblem.digestMismatch(promised: digest, found: found), at: .key("digest"))
      }
    }
    return model
  }
}

extension Manifest.ExampleEntry {
  /// The names by which containers store the example's tensors.
  package var storedNames: [String] {
    ExampleSection.allCases.flatMap { section in
      (sections[section] ?? []).map { section.storedName(of: $0, in: name) }
    }
  }
}
