import NNFormat
import NNNumPy
import NNRuntime

/// The files into which results go; their names' ends tell the forms.
struct OutputFiles {
  private enum Form {
    case npy, npz, json, csv

    init(_ path: String) throws(ModelError) {
      switch path.split(separator: ".").last?.lowercased() {
      case "npy": self = .npy
      case "npz": self = .npz
      case "json": self = .json
      case "csv": self = .csv
      default: throw ModelError(RunProblem.unknownEnding, at: .file(path))
      }
    }
  }

  private var files: [(path: String, form: Form, names: [String])] = []
  private let replaces: Bool

  /// Checks before anything is computed that every file can be written.
  init(_ paths: [NamedPath], _ outputs: [NamedType], replaces: Bool) throws(ModelError) {
    self.replaces = replaces
    for file in paths {
      let form = try Form(file.path)
      var names = outputs.map(\.name)
      if let name = file.name {
        guard names.contains(name) else {
          throw ModelError(
            RunProblem.unknownName(what: "output", names: names, nearest: nearest(to: name, among: names)),
            at: .file(file.path), .output(name))
        }
        if form == .npz { throw ModelError(RunProblem.archiveOfOne(name: name), at: .file(file.path)) }
        names = [name]
      } else if names.count > 1, form == .npy || form == .csv {
        throw ModelError(
          RunProblem.nameNeeded(what: "output", names: names, path: file.path), at: .file(file.path))
      }
      try located(.file(file.path)) { () throws(ModelError) in
        try AtomicFile.checkDestination(file.path, replacing: replaces)
      }
      files.append((file.path, form, names))
    }
  }

  /// Writes the results.
  func write(_ results: [String: Tensor]) throws(ModelError) {
    for (path, form, names) in files {
      let tensors = names.compactMap { name in results[name].map { (name, $0) } }
      switch form {
      case .npz: try NamedTensors(tensors).writeNPZ(to: path, replacing: replaces)
      case .npy: for (_, tensor) in tensors { try tensor.writeNPY(to: path, replacing: replaces) }
      case .json:
        let document: JSONValue =
          tensors.count == 1
          ? tensors[0].1.nestedLists
          : .object(JSONObject(tensors.map { ($0.0, $0.1.nestedLists) }))
        try write(try JSONWriter.text(document), to: path)
      case .csv: for (_, tensor) in tensors { try write(CSV.text(tensor), to: path) }
      }
    }
  }

  private func write(_ text: [UInt8], to path: String) throws(ModelError) {
    try located(.file(path)) { () throws(ModelError) in
      try AtomicFile.write(to: path, replacing: replaces) { (file) throws(ModelError) in try file.write(text) }
    }
  }
}

extension Tensor {
  /// The elements as nested lists. NaNs are all written alike: results have no payload that means anything.
  var nestedLists: JSONValue {
    bytes.withUnsafeBytes { bytes in
      var index = 0
      func level(_ axis: Int) -> JSONValue {
        guard axis < shape.rank else {
          defer { index += 1 }
          return ElementText.value(bytes, index, dataType) ?? JSONValue(number: .nan)
        }
        return .array((0..<shape[axis]).map { _ in level(axis + 1) })
      }
      return level(0)
    }
  }
}
