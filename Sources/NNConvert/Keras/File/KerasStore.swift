import NNFormat

/// An array of a Keras file, under the path by which the file knows it.
struct KerasArray {
  /// The path in the file.
  let name: String
  /// The values, where they lie.
  let tensor: Tensor
}

/// What a file of weights holds, whatever stores it: groups with lists of names, and arrays.
struct KerasStore {
  /// The texts of attributes of groups, by the path of the group (`/` for the file) and the name of the attribute.
  var texts: [String: [String: [String]]] = [:]
  /// The paths of all arrays, in the order of the file.
  private(set) var paths: [String] = []
  private var arrays: [String: Result<Tensor, ModelError>] = [:]
  /// What was left out.
  var ignored: [ConversionReport.Ignored] = []

  /// Adds an array, or why there is none.
  mutating func add(_ path: String, _ array: Result<Tensor, ModelError>) {
    paths.append(path)
    arrays[path] = array
  }

  /// Adds all that another store holds.
  mutating func add(_ other: KerasStore) {
    for path in other.paths where arrays[path] == nil {
      if let array = other.arrays[path] { add(path, array) }
    }
    texts.merge(other.texts) { first, _ in first }
    ignored += other.ignored
  }

  /// Whether there is an array at a path.
  func contains(_ path: String) -> Bool { arrays[path] != nil }

  /// The array at a path.
  ///
  /// - Throws: what kept it from being read; ``KerasProblem/missingWeight(_:expected:found:)`` if there is none.
  func array(_ path: String) throws(ModelError) -> KerasArray {
    guard let result = arrays[path] else {
      throw ModelError(KerasProblem.missingWeight(path, expected: [path], found: []))
    }
    return KerasArray(name: path, tensor: try result.get())
  }

  /// The entries of an attribute, which Keras cuts into several where they would be too long (`layer_names0`, `layer_names1`
  /// and so on; `HDF5_OBJECT_HEADER_LIMIT` in its sources); nil if the group has none.
  func list(_ name: String, of group: String) -> [String]? {
    guard let attributes = texts[group] else { return nil }
    if let whole = attributes[name] { return whole }
    guard attributes["\(name)0"] != nil else { return nil }
    var all: [String] = []
    var part = 0
    while let texts = attributes["\(name)\(part)"] {
      all += texts
      part += 1
    }
    return all
  }

  /// The one text of an attribute.
  func text(_ name: String, of group: String) -> String? { texts[group]?[name]?.first }
}
