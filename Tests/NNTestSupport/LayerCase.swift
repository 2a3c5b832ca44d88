import Foundation
package import NNFormat

/// One file of `Fixtures/layers`: a layer with its inputs and parameters, and what others computed for them.
package struct LayerCase {
  package let kind: String
  package let name: String
  package let fields: JSONObject
  /// Whether each row of the outputs depends on the same row of each input alone.
  package let rows: Bool
  /// The seed of the run, and the place of the layer in its graph; nil for a run without.
  package let seed: UInt64?
  package let position: Int
  package let inputs: [Tensor]
  package let parameters: [(role: String, tensor: Tensor)]
  package let expectations: [Expectation]

  /// What one implementation computed.
  package struct Expectation {
    package let framework: String
    package let bound: Bound
    package let outputs: [Tensor]
  }

  /// How near a result must be.
  package enum Bound: Equatable {
    /// The layer's own precision.
    case declared
    case tolerance(Tolerance)
  }

  /// The cases of a kind, by name.
  package static func all(of kind: String) throws -> [LayerCase] {
    let folder = "\(fixtures)/layers/\(kind)"
    let files = try FileManager.default.contentsOfDirectory(atPath: folder)
    return try files.sorted().map {
      try LayerCase("\(folder)/\($0)", name: String($0.dropLast(".json".count)))
    }
  }

  package init(_ path: String, name: String) throws {
    self.name = name
    var reader = try ObjectReader(try JSONReader.value(ByteRegion(try bytes(of: path))), path: name)
    kind = try reader.string("kind")
    fields = try reader.optionalObject("fields")
    rows = try reader.required("rows").bool ?? false
    seed = reader.optional("seed")?.int.flatMap { UInt64(exactly: $0) }
    position = reader.optional("position")?.int ?? 0
    inputs = try reader.array("inputs").map { try Tensor(fixture: $0) }
    parameters = try reader.optionalObject("parameters").members.map { ($0, try Tensor(fixture: $1)) }
    expectations = try reader.array("expectations").map { try Expectation($0) }
    try reader.finish()
  }
}

extension LayerCase.Expectation {
  init(_ json: JSONValue) throws {
    var reader = try ObjectReader(json, path: "expectations")
    var author = try ObjectReader(try reader.required("computed_by"), path: "computed_by")
    framework = try author.string("framework")
    _ = try author.optionalString("version")
    try author.finish()
    let tolerance = try reader.required("tolerance")
    if tolerance == "declared" {
      bound = .declared
    } else {
      var bounds = try ObjectReader(tolerance, path: "tolerance")
      bound = .tolerance(
        Tolerance(
          ulps: bounds.optional("ulps")?.int, absolute: bounds.optional("absolute")?.number,
          relative: bounds.optional("relative")?.number))
      try bounds.finish()
    }
    outputs = try reader.array("outputs").map { try Tensor(fixture: $0) }
    try reader.finish()
  }
}

extension Tensor {
  /// A tensor as the fixtures have it: `{"dtype": "f32", "shape": [2], "values": [1.5, "NaN"]}`.
  package init(fixture json: JSONValue) throws {
    var reader = try ObjectReader(json, path: "tensor")
    let type = try DataType(name: try reader.string("dtype"))
    let shape = try Shape(try reader.array("shape").compactMap(\.int))
    let values = try reader.array("values")
    try reader.finish()
    switch type {
    case .f32: try self.init(values.compactMap { $0.number.map(Float.init) }, shape)
    case .f64: try self.init(values.compactMap(\.number), shape)
    case .i32: try self.init(values.compactMap { $0.int.flatMap(Int32.init(exactly:)) }, shape)
    case .i64: try self.init(values.compactMap { $0.int.map(Int64.init) }, shape)
    default:
      var bytes: [UInt8] = []
      for value in values { try ElementText.append(value, type, to: &bytes) }
      try self.init(type, shape, bytes: ByteRegion(bytes))
    }
  }
}
