import NNConvert
import NNFormat
import NNNumPy
import NNRuntime
import NNTestSupport

/// A case of `Fixtures/keras/manifest.json`: a file as some release of Keras wrote it, and what Keras computes.
struct KerasCase {
  let name: String
  let file: String
  let architecture: String?
  /// The graph of ours that the weights are put onto, if they are.
  let map: String?
  let options: [String]
  let examples: String
  /// Words of the message with which the file is refused; nil if it is converted.
  let refused: String?
  let relative: Double
  let absolute: Double

  static let folder = fixtures + "/keras"

  /// All cases of the manifest.
  static func all(in folder: String = folder) throws -> [KerasCase] {
    let json = try JSONReader.value(try MappedFile.contents(of: "\(folder)/manifest.json"))
    var cases: [KerasCase] = []
    for entry in json.array ?? [] {
      let object = entry.object ?? JSONObject()
      cases.append(
        KerasCase(
          name: object["name"]?.string ?? "", file: "\(folder)/\(object["file"]?.string ?? "")",
          architecture: object["architecture"]?.string.map { "\(folder)/\($0)" },
          map: object["map"]?.string.map { "\(folder)/\($0)" },
          options: (object["options"]?.array ?? []).compactMap(\.string),
          examples: "\(folder)/\(object["examples"]?.string ?? "")", refused: object["refused"]?.string,
          relative: object["relative"]?.number ?? 1e-5,
          absolute: object["absolute"]?.number ?? 1e-6))
    }
    return cases
  }

  /// The import with the settings of the case.
  var keras: KerasImport {
    var keras = KerasImport()
    keras.architecture = architecture
    keras.map = map
    keras.custom = zip(options, options.dropFirst()).filter { $0.0 == "--custom" }.map(\.1)
    keras.backend = zip(options, options.dropFirst()).first { $0.0 == "--backend" }?.1
    keras.allowsUnused = options.contains("--allow-unused")
    return keras
  }

  /// Converts the file, runs every example, and says what is wrong first; nil if nothing is.
  func failure() -> String? {
    do {
      let (model, _) = try keras.model(from: file)
      let network = try Network(model)
      let arrays = try NPZ.tensors(try ZipArchive(try MappedFile.contents(of: examples)))
      var number = 0
      while arrays["x\(number)/0"] != nil {
        var inputs = NamedTensors()
        for (place, input) in model.graph.inputs.enumerated() {
          guard var tensor = arrays["x\(number)/\(place)"] else { return "example \(number) has no input \(place)" }
          if tensor.dataType != input.type.dataType { tensor = try KerasCase.cast(tensor, to: input.type.dataType) }
          try inputs.append(input.name, tensor)
        }
        let outputs = try network(Dictionary(uniqueKeysWithValues: inputs.entries.map { ($0.name, $0.tensor) }))
        guard arrays["y\(number)/\(model.graph.outputs.count)"] == nil else { return "too few outputs" }
        for (place, output) in model.graph.outputs.enumerated() {
          guard let wanted = arrays["y\(number)/\(place)"], let found = outputs[output.name] else {
            return "example \(number) has no output \(place)"
          }
          if let difference = difference(found, wanted) {
            return "example \(number), output \(place): \(difference)"
          }
        }
        number += 1
      }
      return number == 0 ? "there are no examples" : nil
    } catch {
      return "\(error)"
    }
  }

  private func difference(_ found: Tensor, _ wanted: Tensor) -> String? {
    guard found.shape == wanted.shape else { return "the shape is \(found.shape), not \(wanted.shape)" }
    let got = KerasCase.doubles(found)
    let want = KerasCase.doubles(wanted)
    for (index, (g, w)) in zip(got, want).enumerated() where !(g == w || g.isNaN && w.isNaN) {
      guard (g - w).magnitude <= absolute + relative * w.magnitude else {
        return "element \(index) is \(g), not \(w)"
      }
    }
    return nil
  }

  /// Integers of the type that an input has.
  private static func cast(_ tensor: Tensor, to type: DataType) throws -> Tensor {
    let values = doubles(tensor)
    return switch type {
    case .u8: try Tensor(values.map { UInt8($0) }, tensor.shape)
    case .i64: try Tensor(values.map { Int64($0) }, tensor.shape)
    case .i32: try Tensor(values.map { Int32($0) }, tensor.shape)
    case .bool: try Tensor(values.map { $0 != 0 }, tensor.shape)
    default: tensor
    }
  }

  private static func doubles(_ tensor: Tensor) -> [Double] {
    switch tensor.dataType {
    case .f64: tensor.elements(as: Double.self)
    case .f32: tensor.elements(as: Float.self).map(Double.init)
    case .i32: tensor.elements(as: Int32.self).map(Double.init)
    case .i64: tensor.elements(as: Int64.self).map(Double.init)
    case .bool: tensor.elements(as: Bool.self).map { $0 ? 1 : 0 }
    default: tensor.cast(to: .f64).tensor.elements(as: Double.self)
    }
  }
}
