/// A trained network as a file holds it: the graph, its tensors, worked examples, and where all that comes from.
///
/// It is the same in every container, and ``contentDigest()`` says so.
public struct Model: Sendable, Equatable {
  /// Facts about the model under names of the author's choice: `name`, `description`, `license`.
  public var metadata: JSONObject
  /// What is computed.
  public var graph: Graph
  /// The tensors that the nodes use.
  public var tensors: NamedTensors
  /// Inputs with the outputs that another implementation gave.
  public var examples: [Example]
  /// Where the model comes from.
  public var provenance: Provenance
  /// Members that a reader may ignore, kept as they are.
  public var optional: JSONObject

  /// A model of the given parts; ``validate(limits:)`` checks that they fit together.
  public init(
    graph: Graph, tensors: NamedTensors = NamedTensors(), metadata: JSONObject = JSONObject(),
    examples: [Example] = [], provenance: Provenance = Provenance(), optional: JSONObject = JSONObject()
  ) {
    self.graph = graph
    self.tensors = tensors
    self.metadata = metadata
    self.examples = examples
    self.provenance = provenance
    self.optional = optional
  }
}

extension Model {
  /// Every tensor of the model under the name by which containers store it: first the nodes', then the examples'.
  ///
  /// A tensor of an example has the name `examples/<example>/<inputs, outputs or values>/<name>`, each part escaped by
  /// ``storedComponent(_:)``.
  package var storedTensors: [(name: String, tensor: Tensor)] {
    var stored = tensors.entries
    for example in examples {
      for section in ExampleSection.allCases {
        for (name, tensor) in example[section].entries {
          stored.append((section.storedName(of: name, in: example.name), tensor))
        }
      }
    }
    return stored
  }

  /// The same model with every tensor replaced by what `change` makes of it.
  package func mapTensors(
    _ change: (_ storedName: String, Tensor) throws(ModelError) -> Tensor
  ) throws(ModelError) -> Model {
    var model = self
    for (name, tensor) in tensors.entries { model.tensors[name] = try change(name, tensor) }
    for position in examples.indices {
      for section in ExampleSection.allCases {
        for (name, tensor) in examples[position][section].entries {
          let stored = section.storedName(of: name, in: examples[position].name)
          model.examples[position][section][name] = try change(stored, tensor)
        }
      }
    }
    return model
  }

  /// A name as one component of a path: `%` and `/` are escaped as `%25` and `%2F`, and `.` and `..` as `%2E` and `%2E%2E`.
  package static func storedComponent(_ name: String) -> String {
    if name == "." || name == ".." { return name.map { _ in "%2E" }.joined() }
    var component = ""
    for scalar in name.unicodeScalars {
      switch scalar {
      case "%": component += "%25"
      case "/": component += "%2F"
      default: component.unicodeScalars.append(scalar)
      }
    }
    return component
  }
}

/// The three groups of tensors that an example has.
package enum ExampleSection: String, CaseIterable {
  case inputs, outputs, values

  /// The name by which containers store a tensor of this section.
  package func storedName(of name: String, in example: String) -> String {
    "examples/\(Model.storedComponent(example))/\(rawValue)/\(Model.storedComponent(name))"
  }
}

extension Example {
  /// The tensors of a section.
  package subscript(section: ExampleSection) -> NamedTensors {
    get {
      switch section {
      case .inputs: inputs
      case .outputs: outputs
      case .values: values
      }
    }
    set {
      switch section {
      case .inputs: inputs = newValue
      case .outputs: outputs = newValue
      case .values: values = newValue
      }
    }
  }
}
