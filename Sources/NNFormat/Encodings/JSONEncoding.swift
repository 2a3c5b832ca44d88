/// The JSON encoding (`spec/json.md`): the document, and in it each tensor's values as nested lists or as base64.
public enum JSONEncoding {
  /// How tensors are written.
  ///
  /// A tensor without elements whose shape would need more than 4096 empty lists is always written as base64.
  public enum Values: Sendable, Hashable {
    /// As numbers up to 4096 elements, as base64 above.
    case automatic
    /// As numbers wherever each element has a text.
    case numbers
    /// As base64.
    case base64
  }

  private static let automaticLimit = 4096

  /// Reads a file.
  package static func read(_ file: ByteRegion, limits: Limits = .standard) throws(ModelError) -> Container {
    var tensors: [String: Tensor] = [:]
    let json = try JSONReader.value(file, limits: limits)
    let manifest = try Manifest(json, limits: limits, digestsRequired: false) {
      (entry, members) throws(ModelError) in
      tensors[entry.name] = try tensor(entry, members.optional("values"), members.optional("base64"))
    }
    let model = try manifest.model(limits: limits) { (entry) throws(ModelError) in
      guard let tensor = tensors[entry.name] else { throw ModelError(ContainerProblem.tensorNotStored) }
      return tensor
    }
    return Container(
      kind: .json, version: manifest.version, promisedDigest: manifest.digest, fileSize: file.count,
      model: model)
  }

  /// Writes a model.
  package static func write(
    _ model: Model, values: Values = .automatic, to file: inout AtomicFile
  ) throws(ModelError) {
    let stored = model.storedTensors
    let json = try Manifest(model).json { position in [member(stored[position].tensor, values)] }
    try file.write(try JSONWriter.text(json))
  }

  private static func member(_ tensor: Tensor, _ values: Values) -> (String, JSONValue) {
    let asNumbers =
      switch values {
      case .base64: false
      case .numbers where tensor.shape.count > 0: true
      case .numbers, .automatic: innermostCount(tensor.shape) <= automaticLimit
      }
    if asNumbers, let nested = nested(tensor) { return ("values", nested) }
    return ("base64", .string(Base64.text(tensor.bytes)))
  }

  /// How many elements the nested lists have in the end, or how many empty lists if there are no elements: the shape
  /// [1000000000, 0] needs no byte in a file, but very many brackets.
  private static func innermostCount(_ shape: Shape) -> Int {
    shape.dimensions.prefix { $0 != 0 }.reduce(1, *)
  }

  /// The elements as lists nested like the shape; nil if an element has no text.
  private static func nested(_ tensor: Tensor) -> JSONValue? {
    tensor.bytes.withUnsafeBytes { bytes in
      var index = 0
      func level(_ axis: Int) -> JSONValue? {
        guard axis < tensor.shape.rank else {
          defer { index += 1 }
          return ElementText.value(bytes, index, tensor.dataType)
        }
        var elements: [JSONValue] = []
        for _ in 0..<tensor.shape[axis] {
          guard let element = level(axis + 1) else { return nil }
          elements.append(element)
        }
        return .array(elements)
      }
      return level(0)
    }
  }

  private static func tensor(
    _ entry: Manifest.TensorEntry, _ values: JSONValue?, _ base64: JSONValue?
  ) throws(ModelError) -> Tensor {
    switch (values, base64) {
    case (let values?, nil):
      var bytes: [UInt8] = []
      try append(values, entry, axis: 0, to: &bytes)
      return try Tensor(entry.dataType, entry.shape, bytes: ByteRegion(bytes))
    case (nil, let base64?):
      guard let text = base64.string, let bytes = Base64.bytes(text) else {
        throw ModelError(ContainerProblem.badBase64)
      }
      return try Tensor(entry.dataType, entry.shape, bytes: bytes)
    default:
      throw ModelError(ContainerProblem.valuesNotOnce)
    }
  }

  private static func append(
    _ value: JSONValue, _ entry: Manifest.TensorEntry, axis: Int, to bytes: inout [UInt8]
  ) throws(ModelError) {
    guard axis < entry.shape.rank else {
      if value.array != nil { throw ModelError(ContainerProblem.wrongValues(shape: entry.shape)) }
      return try ElementText.append(value, entry.dataType, to: &bytes)
    }
    guard let elements = value.array, elements.count == entry.shape[axis] else {
      throw ModelError(ContainerProblem.wrongValues(shape: entry.shape))
    }
    for element in elements { try append(element, entry, axis: axis + 1, to: &bytes) }
  }
}
