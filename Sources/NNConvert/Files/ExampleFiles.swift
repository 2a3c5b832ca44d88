public import NNFormat
import NNNumPy

/// Two files that make a worked example: the inputs of a network, and what another implementation gave for them.
public struct ExampleFiles: Sendable, Equatable {
  /// The file with the input, or an `.npz` with several under their names.
  public var inputs: String
  /// The file with the output, or an `.npz` with several under their names.
  public var outputs: String

  /// The files that a text names: `x.npy=y.npy`. The paths may have equals signs themselves.
  ///
  /// - Throws: ``ConvertProblem/badExample(_:)`` if the text is anything else.
  public init(_ text: String) throws(ModelError) {
    let readings = text.splits(at: "=").filter { Self.isArrayFile($0.0) && Self.isArrayFile($0.1) }
    guard readings.count == 1 else { throw ModelError(ConvertProblem.badExample(text)) }
    (inputs, outputs) = readings[0]
  }

  private static func isArrayFile(_ path: String) -> Bool {
    path.hasSuffix(".npy") || path.hasSuffix(".npz")
  }

  /// The example that the files make for a model; its name is that of the file with the inputs, without folder and ending.
  ///
  /// - Parameters:
  ///   - model: whose inputs and outputs the arrays are.
  ///   - casts: whether floating-point arrays of another type than the network's are cast to it.
  ///   - tolerance: how far the network's results may be from the outputs.
  ///   - computedBy: who computed them.
  /// - Returns: the example, and what became of each array.
  /// - Throws: what reading throws; ``ConvertProblem/exampleNeedsNames(what:count:)``.
  public func example(
    for model: Model, casts: Bool, tolerance: Tolerance, computedBy: ComputedBy
  ) throws(ModelError) -> (example: Example, report: ConversionReport.CheckedExample) {
    let file = inputs.split(separator: "/").last.map(String.init) ?? inputs
    var names = UniqueNames(taken: Set(model.examples.map(\.name)))
    let name = names.take(String(file.dropLast(4)))
    var example = Example(
      name, inputs: NamedTensors(), outputs: NamedTensors(), tolerance: tolerance, computedBy: computedBy)
    var report = ConversionReport.CheckedExample(name: name)
    // The outputs have the element type in which the network computes, as the inputs have.
    let computed = model.graph.inputs.first { $0.type.dataType.isFloat }?.type.dataType
    let sides = [
      (ExampleSection.inputs, inputs, model.graph.inputs.map(\.name), "input"),
      (ExampleSection.outputs, outputs, model.graph.outputs.map(\.name), "output"),
    ]
    for (section, path, wanted, what) in sides {
      for (array, value, tensor) in try Self.arrays(path, wanted, what) {
        var changing = ChangingTensor(tensor)
        if casts, let computed, tensor.dataType.isFloat { changing.cast(to: computed) }
        try example[section].append(value, changing.tensor)
        guard !changing.changes.isEmpty else { continue }
        report.changes.append(
          ConversionReport.Mapping(
            array: array, tensor: section.storedName(of: value, in: name), type: changing.tensor.type,
            changes: changing.changes))
      }
    }
    return (example, report)
  }

  /// The arrays of a file, with the names of the values that they are.
  private static func arrays(
    _ path: String, _ wanted: [String], _ what: String
  ) throws(ModelError) -> [(array: String, value: String, tensor: Tensor)] {
    try located(.file(path)) { () throws(ModelError) in
      let bytes = try MappedFile.contents(of: path)
      if ZipArchive.matches(bytes) {
        return try NamedTensors(npz: bytes).entries.map { ($0.name, $0.name, $0.tensor) }
      }
      guard wanted.count == 1 else {
        throw ModelError(ConvertProblem.exampleNeedsNames(what: what, count: wanted.count))
      }
      return [(path.split(separator: "/").last.map(String.init) ?? path, wanted[0], try Tensor(npy: bytes))]
    }
  }
}
