/// The safetensors encoding (`spec/safetensors.md`): a valid safetensors file whose metadata carries our document under `nnm`.
package enum SafetensorsEncoding {
  /// The longest header that the format's own reader accepts.
  package static let headerLimit = 100_000_000
  /// The key of the document in `__metadata__`.
  package static let documentKey = "nnm"
  // Tensors begin at a multiple of 64 in the file, as far as their sizes allow: the format knows no holes.
  private static let alignment = 64

  /// The tensors of any safetensors file, in the order in which they lie in it, and its metadata.
  package static func tensors(
    of file: ByteRegion, limits: Limits = .standard
  ) throws(ModelError) -> (tensors: NamedTensors, metadata: [(name: String, text: String)]) {
    var reader = ByteReader(file)
    let length = try reader.integer("the header length", as: UInt64.self)
    let possible = min(headerLimit, reader.remaining)
    guard length <= UInt64(possible) else {
      throw ModelError(ContainerProblem.headerTooLong(length, limit: possible), at: .byte(0))
    }
    let header = try reader.bytes(Int(length), "the header")
    let data = try reader.bytes(reader.remaining, "the data")
    let json = try JSONReader.value(header, origin: 8, limits: limits)
    guard let members = json.object else {
      throw ModelError(
        JSONProblem.wrongKind(expected: "an object", found: json.kindInWords), at: .key("the header"))
    }
    guard members.count <= limits.tensorCount else {
      throw ModelError(
        ModelProblem.tooMany(what: "tensors", count: members.count, limit: limits.tensorCount))
    }
    var metadata: [(name: String, text: String)] = []
    var entries: [Entry] = []
    for (name, value) in members.members {
      if name == "__metadata__" {
        metadata = try texts(value)
      } else {
        entries.append(try located(.tensor(name)) { () throws(ModelError) in try Entry(name, value) })
      }
    }
    // Sorted by where they lie, each must begin where the one before ends, and the last end with the file.
    entries.sort { ($0.begin, $0.end) < ($1.begin, $1.end) }
    var end = 0
    var tensors = NamedTensors()
    for entry in entries {
      let tensor = try located(.tensor(entry.name)) { () throws(ModelError) in
        guard entry.begin == end else {
          throw ModelError(ContainerProblem.wrongOffset(expected: end, found: entry.begin))
        }
        guard entry.end <= data.count else {
          throw ModelError(
            ByteProblem.truncated("it", needed: entry.end - entry.begin, remaining: data.count - end))
        }
        return try Tensor(entry.dataType, entry.shape, bytes: data[entry.begin..<entry.end])
      }
      try tensors.append(entry.name, tensor)
      end = entry.end
    }
    guard end == data.count else {
      throw ModelError(
        ByteProblem.trailing("the last tensor", count: data.count - end),
        at: .byte(file.count - data.count + end))
    }
    return (tensors, metadata)
  }

  /// Opens a file that carries our document.
  package static func read(_ file: ByteRegion, limits: Limits = .standard) throws(ModelError) -> Container {
    let (tensors, metadata) = try tensors(of: file, limits: limits)
    guard let document = metadata.first(where: { $0.name == documentKey })?.text else {
      throw ModelError(
        ContainerProblem.convertFirst(
          what: "a safetensors file with tensors but without a graph",
          command: "nnconvert from-npy FILE.safetensors --activation … -o model.nnm"))
    }
    let key = Place.key("__metadata__.\(documentKey)")
    let manifest = try located(key) { () throws(ModelError) in
      try Manifest(try JSONReader.value(document, limits: limits), limits: limits)
    }
    let listed = Set(manifest.tensors.map(\.name))
    if let extra = tensors.names.first(where: { !listed.spells($0) }) {
      throw ModelError(ContainerProblem.unlistedTensor, at: .tensor(extra))
    }
    let model = try manifest.model(limits: limits) { (entry) throws(ModelError) in
      guard let tensor = tensors.tensor(spelled: entry.name) else {
        throw ModelError(ContainerProblem.tensorNotStored)
      }
      let listedType = TensorType(entry.dataType, entry.shape)
      guard tensor.type == listedType else {
        throw ModelError(
          ContainerProblem.contradiction(what: "type", listedType.description, tensor.type.description))
      }
      return tensor
    }
    return Container(
      kind: .safetensors, version: manifest.version, promisedDigest: manifest.digest, fileSize: file.count,
      model: model)
  }

  /// Writes a model.
  package static func write(_ model: Model, to file: inout AtomicFile) throws(ModelError) {
    let manifest = try Manifest(model)
    let document = String(decoding: try JSONWriter.text(try manifest.json(), style: .compact), as: UTF8.self)
    let carrier = JSONObject([(documentKey, .string(document))])
    var header = JSONObject([("__metadata__", .object(carrier))])
    // As the format's own writer does, so that elements are aligned: larger element types first, then by name.
    let ordered = model.storedTensors.sorted { left, right in
      left.tensor.dataType.byteSize != right.tensor.dataType.byteSize
        ? left.tensor.dataType.byteSize > right.tensor.dataType.byteSize
        : left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
    }
    var end = 0
    for (name, tensor) in ordered {
      guard name != "__metadata__" else {
        throw ModelError(
          ModelProblem.badName(name, reason: "is kept for metadata in safetensors; rename the tensor"),
          at: .tensor(name))
      }
      header[name] = .object(
        JSONObject([
          ("dtype", .string(typeName(tensor.dataType))),
          ("shape", .array(tensor.shape.dimensions.map { JSONValue($0) })),
          ("data_offsets", .array([JSONValue(end), JSONValue(end + tensor.bytes.count)])),
        ]))
      end += tensor.bytes.count
    }
    var text = try JSONWriter.text(.object(header), style: .compact)
    let padding = (alignment - (8 + text.count) % alignment) % alignment
    text += repeatElement(UInt8(ascii: " "), count: padding)
    guard text.count <= headerLimit else {
      throw ModelError(ContainerProblem.headerTooLong(UInt64(text.count), limit: headerLimit))
    }
    try file.write(withUnsafeBytes(of: UInt64(text.count).littleEndian) { Array($0) })
    try file.write(text)
    for (_, tensor) in ordered { try file.write(tensor.bytes) }
  }

  private struct Entry {
    let name: String
    let dataType: DataType
    let shape: Shape
    let begin: Int
    let end: Int

    init(_ name: String, _ value: JSONValue) throws(ModelError) {
      self.name = name
      var reader = try ObjectReader(value, path: "entry")
      let type = try reader.string("dtype")
      guard let dataType = SafetensorsEncoding.dataType(type) else {
        throw ModelError(ModelProblem.unknownDataType(type))
      }
      self.dataType = dataType
      shape = try Shape(try SafetensorsEncoding.sizes(&reader, "shape"))
      let offsets = try SafetensorsEncoding.sizes(&reader, "data_offsets")
      guard offsets.count == 2 else {
        throw ModelError(
          JSONProblem.wrongKind(expected: "two integers", found: "\(offsets.count)"), at: .key("data_offsets")
        )
      }
      (begin, end) = (offsets[0], offsets[1])
      guard begin <= end else {
        throw ModelError(
          JSONProblem.wrongKind(expected: "two integers, the larger one last", found: "[\(begin), \(end)]"),
          at: .key("data_offsets"))
      }
      try reader.finish()
    }
  }

  private static func sizes(_ reader: inout ObjectReader, _ name: String) throws(ModelError) -> [Int] {
    var sizes: [Int] = []
    for value in try reader.array(name) {
      guard let size = value.int, size >= 0 else {
        throw ModelError(
          JSONProblem.wrongKind(expected: "an array of integers of at least 0", found: value.kindInWords),
          at: .key(name))
      }
      sizes.append(size)
    }
    return sizes
  }

  private static func texts(_ value: JSONValue) throws(ModelError) -> [(name: String, text: String)] {
    guard let object = value.object else {
      throw ModelError(
        JSONProblem.wrongKind(expected: "an object", found: value.kindInWords), at: .key("__metadata__"))
    }
    var texts: [(name: String, text: String)] = []
    for (name, value) in object.members {
      guard let text = value.string else {
        throw ModelError(
          JSONProblem.wrongKind(expected: "a string", found: value.kindInWords),
          at: .key("__metadata__.\(name)"))
      }
      texts.append((name, text))
    }
    return texts
  }

  private static func typeName(_ type: DataType) -> String { type.rawValue.uppercased() }

  private static func dataType(_ name: String) -> DataType? {
    DataType.allCases.first { typeName($0) == name }
  }
}
