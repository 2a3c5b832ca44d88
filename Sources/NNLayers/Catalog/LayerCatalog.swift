public import NNFormat

/// The kinds of layers that a reader of models knows.
public struct LayerCatalog: Sendable {
  /// The kinds, in the order of the documentation.
  public let all: [any Layer.Type]
  private let byKind: [String: any Layer.Type]

  /// A catalogue of the given kinds.
  ///
  /// - Precondition: no two have the same name.
  public init(_ all: [any Layer.Type]) {
    self.all = all
    byKind = Dictionary(uniqueKeysWithValues: all.map { ($0.kind, $0) })
  }

  /// This catalogue and one kind more.
  ///
  /// - Precondition: there is none of that name yet.
  public func adding(_ layer: any Layer.Type) -> LayerCatalog {
    LayerCatalog(all + [layer])
  }

  /// The kind of a name, if there is one.
  public subscript(kind: String) -> (any Layer.Type)? { byKind[kind] }

  /// The layer that a node stands for.
  ///
  /// - Throws: ``LayerProblem`` for an unknown kind, and for unknown, missing or wrong fields.
  public func layer(for node: Node) throws(ModelError) -> any Layer {
    guard let type = byKind[node.kind] else {
      if let reason = LayerCatalog.kindsWithoutLayer[node.kind] {
        throw ModelError(LayerProblem.noKind(node.kind, reason: reason))
      }
      throw ModelError(
        LayerProblem.unknownKind(node.kind, nearest: nearest(to: node.kind, among: all.map { $0.kind })))
    }
    return try type.decoded(from: node.fields)
  }
}

extension Layer {
  /// The layer with the given settings.
  ///
  /// - Throws: ``LayerProblem`` for unknown, missing or wrong fields, with the place.
  public static func decoded(from object: JSONObject) throws(ModelError) -> Self {
    var layer = Self()
    let fields = fields
    for (name, value) in object.members {
      guard let field = fields.first(where: { $0.name == name }) else {
        let offered = nearest(to: name, among: fields.map(\.name))
        throw ModelError(LayerProblem.unknownField(kind: kind, nearest: offered), at: .field(name))
      }
      guard field.decode(value, &layer) else {
        throw ModelError(LayerProblem.badField(expected: field.expectation, found: value), at: .field(name))
      }
    }
    if let missing = fields.first(where: { $0.defaultValue == nil && object[$0.name] == nil }) {
      throw ModelError(LayerProblem.missingField(kind: kind), at: .field(missing.name))
    }
    return layer
  }

  /// The settings as a file holds them: those that differ from their defaults.
  public var encodedFields: JSONObject {
    var object = JSONObject()
    for field in Self.fields {
      let value = field.encode(self)
      if value != field.defaultValue { object[field.name] = value }
    }
    return object
  }

  /// A node of this layer.
  public func node(
    _ name: String, inputs: [ValueReference], parameters: [NodeParameter] = []
  ) -> Node {
    Node(name, Self.kind, fields: encodedFields, inputs: inputs, parameters: parameters)
  }
}
