public import NNFormat
import NNKernels

/// A function of one number inside of another layer, such as that of a recurrent layer's gate.
///
/// Any kind of the catalogue that is an ``ElementwiseLayer`` will do. In files it is the kind's name, or where it has
/// settings other than its defaults an object: `{"kind": "leaky_relu", "fields": {"negative_slope": 0.1}}`.
public struct Activation: FieldValue {
  /// The layer whose function it is; nil for that of ``Linear``, which has nothing to compute.
  public let layer: (any ElementwiseLayer)?
  /// The identity.
  public static let linear = Activation(nil)

  /// The kinds to choose from, besides `linear`. The catalogue is made without asking kinds for their fields, so that
  /// these may ask the catalogue.
  private static var kinds: [any Layer.Type] {
    LayerCatalog.standard.all.filter { $0.init().roles.elementwise != nil }
  }

  /// The names of kinds, and objects of a name and fields.
  public static var expectation: String {
    "the kind of an activation without parameters, or an object of its 'kind' and 'fields'"
  }
  /// The same as a JSON Schema; what fields a kind has stands where nodes of that kind are described.
  public static var schema: JSONValue {
    let names = JSONValue.array(([Linear.kind] + kinds.map { $0.kind }).map { .string($0) })
    return [
      "anyOf": [
        ["enum": names],
        [
          "type": "object", "properties": ["kind": ["enum": names], "fields": ["type": "object"]],
          "required": ["kind"], "additionalProperties": false,
        ],
      ]
    ]
  }

  private init(_ layer: (any ElementwiseLayer)?) { self.layer = layer }
  /// The function of the given layer.
  public init(_ layer: some ElementwiseLayer) { self.layer = layer }

  /// Reads a name, or an object of a name and fields.
  public init?(json: JSONValue) {
    let name: String
    var fields = JSONObject()
    if let plain = json.string {
      name = plain
    } else {
      guard let object = json.object, object.names.allSatisfy({ $0 == "kind" || $0 == "fields" }),
        let kind = object["kind"]?.string
      else { return nil }
      name = kind
      if let given = object["fields"] {
        guard let given = given.object else { return nil }
        fields = given
      }
    }
    if name == Linear.kind && fields.isEmpty {
      self = .linear
      return
    }
    guard let type = LayerCatalog.standard[name], let layer = (try? type.decoded(from: fields))?.roles.elementwise
    else { return nil }
    self.layer = layer
  }

  /// The name, or an object where there are fields.
  public var json: JSONValue {
    guard let layer else { return .string(Linear.kind) }
    let kind = JSONValue.string(type(of: layer).kind)
    let fields = layer.encodedFields
    return fields.isEmpty ? kind : ["kind": kind, "fields": .object(fields)]
  }

  /// Whether kind and settings are the same.
  public static func == (left: Activation, right: Activation) -> Bool { left.json == right.json }

  /// The function as the kernels know it; nil where they do not.
  var function: Elementwise? {
    guard let layer else { return .linear }
    return layer.roles.function?.function
  }

  /// Replaces `count` elements by the function of them.
  @inline(__always)
  package func apply(_ type: DataType, to x: UnsafeMutableRawPointer, count: Int) {
    layer?.apply(type, from: UnsafeRawPointer(x), to: x, count: count)
  }
}
