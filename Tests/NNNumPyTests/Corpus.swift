import NNFormat
import NNTestSupport
import Testing

/// The files of `Fixtures/numpy-files` and what NumPy reads from them (made by `Fixtures/generate/numpy_files.py`).
struct Corpus {
  /// A tensor as NumPy has it.
  struct Expected {
    var name: String
    var tensor: Tensor

    init(_ json: JSONValue) throws {
      var reader = try ObjectReader(json, path: "manifest")
      name = try reader.optionalString("name") ?? reader.string("file")
      let type = try DataType(name: reader.string("dtype"))
      let shape = try Shape(reader.array("shape").map { try #require($0.int) })
      let digits = Array(try reader.string("bytes").utf8)
      let bytes = try stride(from: 0, to: digits.count, by: 2).map { position in
        try #require(UInt8(String(decoding: digits[position..<position + 2], as: UTF8.self), radix: 16))
      }
      tensor = try Tensor(type, shape, bytes: ByteRegion(bytes))
    }
  }

  static let folder = fixtures + "/numpy-files"
  let arrays: [JSONValue]
  let archives: [JSONValue]
  let bad: [JSONValue]
  let model: [JSONValue]

  init() throws {
    let document = try JSONReader.value(MappedFile.contents(of: Corpus.folder + "/manifest.json")).object
    func list(_ name: String) throws -> [JSONValue] { try #require(document?[name]?.array) }
    (arrays, archives, bad, model) = try (list("arrays"), list("archives"), list("bad"), list("model"))
  }

  static func contents(_ name: String) throws -> ByteRegion {
    try MappedFile.contents(of: "\(folder)/\(name)")
  }

  static func string(_ json: JSONValue, _ name: String) throws -> String {
    try #require(json.object?[name]?.string)
  }

  static func isTrue(_ json: JSONValue, _ name: String) -> Bool { json.object?[name] == true }
}

extension ByteRegion {
  var array: [UInt8] { withUnsafeBytes { Array($0) } }
}
