import NNFormat
import NNRuntime

/// Gathers the arrays that are named on the command line, for the inputs of a network or for its outputs.
struct Arrays {
  /// What is gathered for: "input", "output".
  let what: String
  /// The values that arrays may be given for.
  let values: [NamedType]
  /// Whether elements of another type are rounded to the wanted one.
  let casts: Bool

  /// The arrays by the names of the values.
  ///
  /// - Parameter isComplete: whether there must be one for each value.
  func gather(_ files: [NamedPath], isComplete: Bool) throws(ModelError) -> [String: Tensor] {
    var tensors: [String: Tensor] = [:]
    for file in files {
      let content = try located(.file(file.path)) { () throws(ModelError) in try ArrayFile(file.path) }
      for (value, name) in try assignments(file, content.names) {
        let place: Place = what == "input" ? .input(value.name) : .output(value.name)
        guard tensors[value.name] == nil else { throw ModelError(RunProblem.givenTwice(what: what), at: place) }
        tensors[value.name] = try located(.file(file.path)) { () throws(ModelError) in
          try content.tensor(name, as: value.type, casts: casts)
        }
      }
    }
    if isComplete, let missing = values.first(where: { tensors[$0.name] == nil }) {
      throw ModelError(RunProblem.missing(what: what, name: missing.name, missing.type), at: .input(missing.name))
    }
    return tensors
  }

  /// For which values a file is, and under which names it holds them (nil for its only array).
  private func assignments(
    _ file: NamedPath, _ stored: [String]?
  ) throws(ModelError) -> [(value: NamedType, name: String?)] {
    if let name = file.name {
      let value = try value(name, .file(file.path))
      // A single array in an archive needs no matching name.
      return [(value, stored?.count == 1 ? nil : stored == nil ? nil : name)]
    }
    guard let stored, !(stored.count == 1 && values.count == 1) else {
      guard values.count == 1 else {
        throw ModelError(
          RunProblem.nameNeeded(what: what, names: values.map(\.name), path: file.path), at: .file(file.path))
      }
      return [(values[0], nil)]
    }
    var assignments: [(NamedType, String?)] = []
    for name in stored { assignments.append((try value(name, .file(file.path)), name)) }
    return assignments
  }

  private func value(_ name: String, _ place: Place) throws(ModelError) -> NamedType {
    guard let value = values.first(where: { $0.name == name }) else {
      let names = values.map(\.name)
      throw ModelError(
        RunProblem.unknownName(what: what, names: names, nearest: nearest(to: name, among: names)),
        at: place, what == "input" ? .input(name) : .output(name))
    }
    return value
  }
}
