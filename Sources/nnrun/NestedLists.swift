import NNFormat

/// Reads nested lists of numbers, as JSON has them.
struct NestedLists {
  private let type: DataType
  private var elements: [UInt8] = []
  private var extents: [Int] = []

  /// The tensor of a JSON value; its shape is that of the nesting.
  ///
  /// - Throws: ``RunProblem/uneven(expected:found:)`` with the place, and `ContainerProblem.valueOutOfRange` for a value that
  ///   the type cannot hold.
  static func tensor(_ json: JSONValue, _ type: DataType, path: String) throws(ModelError) -> Tensor {
    var reader = NestedLists(type: type)
    var first = json
    while case .array(let values) = first {
      reader.extents.append(values.count)
      guard let next = values.first else { break }
      first = next
    }
    try reader.read(json, axis: 0, path: path)
    return try Tensor(type, Shape(reader.extents), bytes: ByteRegion(reader.elements))
  }

  private init(type: DataType) {
    self.type = type
  }

  private mutating func read(_ json: JSONValue, axis: Int, path: String) throws(ModelError) {
    guard axis < extents.count else {
      if case .array = json { throw uneven(path, "a number", "a list") }
      do {
        return try ElementText.append(json, type, to: &elements)
      } catch {
        throw error.inside(.key(path.isEmpty ? "the document" : path))
      }
    }
    guard let values = json.array else {
      throw uneven(path, "a list of \(extents[axis])", json.kindInWords)
    }
    guard values.count == extents[axis] else {
      throw uneven(path, "a list of \(extents[axis])", "one of \(values.count)")
    }
    for (position, value) in values.enumerated() {
      try read(value, axis: axis + 1, path: "\(path)[\(position)]")
    }
  }

  private func uneven(_ path: String, _ expected: String, _ found: String) -> ModelError {
    ModelError(RunProblem.uneven(expected: expected, found: found), at: .key(path.isEmpty ? "the document" : path))
  }
}
