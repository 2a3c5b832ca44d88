/// What a network computes: inputs, nodes in the order in which they run, outputs.
public struct Graph: Sendable, Equatable {
  /// The values that a caller gives.
  public var inputs: [GraphInput]
  /// The computations; each uses inputs and values of earlier nodes.
  public var nodes: [Node]
  /// The values that a caller gets.
  public var outputs: [GraphOutput]

  /// A graph of the given parts; ``Model/validate(limits:)`` checks that they fit together.
  public init(inputs: [GraphInput], nodes: [Node], outputs: [GraphOutput]) {
    self.inputs = inputs
    self.nodes = nodes
    self.outputs = outputs
  }
}

/// A value that a caller gives to a network.
public struct GraphInput: Sendable, Equatable {
  /// The name, unlike that of any other input and any node.
  public var name: String
  /// The element type and the extents; open ones have names.
  public var type: TensorType

  /// An input.
  public init(_ name: String, _ type: TensorType) {
    self.name = name
    self.type = type
  }
}

/// A value that a network gives to its caller.
public struct GraphOutput: Sendable, Equatable {
  /// The name, unlike that of any other output.
  public var name: String
  /// Which value it is.
  public var value: ValueReference

  /// An output.
  public init(_ name: String, _ value: ValueReference) {
    self.name = name
    self.value = value
  }
}

/// One computation of a graph.
public struct Node: Sendable, Equatable {
  /// The name, unlike that of any other node and any graph input.
  public var name: String
  /// What it computes: a kind of the layer catalogue.
  public var kind: String
  /// The settings of the kind; only those that differ from their defaults need to be there.
  public var fields: JSONObject
  /// The values it uses, in the order of the kind.
  public var inputs: [ValueReference]
  /// The tensors it uses. Nodes that name the same tensor share it (tied weights).
  public var parameters: [NodeParameter]

  /// A node.
  public init(
    _ name: String, _ kind: String, fields: JSONObject = JSONObject(), inputs: [ValueReference],
    parameters: [NodeParameter] = []
  ) {
    self.name = name
    self.kind = kind
    self.fields = fields
    self.inputs = inputs
    self.parameters = parameters
  }

  /// The name of the tensor in a role, if the node has one.
  public func tensorName(for role: String) -> String? {
    parameters.first { $0.role == role }?.tensor
  }
}

/// A tensor that a node uses, and as what.
public struct NodeParameter: Sendable, Hashable {
  /// What it is to the node: `weights`, `biases`.
  public var role: String
  /// The name of the tensor.
  public var tensor: String

  /// A parameter.
  public init(_ role: String, _ tensor: String) {
    self.role = role
    self.tensor = tensor
  }
}

/// Names a value: a graph input, or an output of a node.
///
/// The text form is the name, followed by a colon and the output's number if that is not 0: `hidden`, `split:1`. Names of
/// inputs and nodes therefore have no colon.
public struct ValueReference: Sendable, Hashable, CustomStringConvertible {
  /// The name of a graph input or node.
  public var name: String
  /// Which output of the node, counted from 0; 0 for a graph input.
  public var index: Int

  /// A reference.
  public init(_ name: String, _ index: Int = 0) {
    self.name = name
    self.index = index
  }

  /// The reference that a text stands for.
  ///
  /// - Throws: ``ModelProblem/badReference(_:)`` if there is no name, or the number is not in its shortest form or is 0.
  public init(text: String) throws(ModelError) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    switch parts.count {
    case 1 where !text.isEmpty: self.init(text)
    case 2:
      guard !parts[0].isEmpty, let index = Int(parts[1]), index > 0, index < 1 << 20,
        String(index) == parts[1]
      else { throw ModelError(ModelProblem.badReference(text)) }
      self.init(String(parts[0]), index)
    default: throw ModelError(ModelProblem.badReference(text))
    }
  }

  /// The text form.
  public var description: String { index == 0 ? name : "\(name):\(index)" }
}

extension ValueReference: ExpressibleByStringLiteral {
  /// A reference to a graph input or to the first output of a node: for literals in code.
  public init(stringLiteral name: String) { self.init(name) }
}
