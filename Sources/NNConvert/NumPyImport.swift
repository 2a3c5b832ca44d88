public import NNFormat
import NNLayers

/// Makes a model out of NumPy arrays, or of those in a safetensors file.
///
///     var numpy = NumPyImport()
///     numpy.activations = try Activations("sigmoid")
///     let (model, report) = try numpy.model(from: ["weights.npz"])
///
/// The arrays' names say which belong together and in which order they come; the shapes must confirm it. Nothing is guessed:
/// what names and shapes leave open is an error that names the setting to give.
public struct NumPyImport: Sendable {
  /// The activations of the layers; needed unless there is an ``architecture``.
  public var activations: Activations?
  /// The layers in order, as `W1:b1,W2:b2`, if the arrays' names do not say it.
  public var layers: String?
  /// The path of a JSON file with the graph, whose tensors have the names of the arrays.
  public var architecture: String?
  /// How the weights lie, if their shapes do not say it.
  public var weightsLayout: WeightsLayout?
  /// The names of arrays to leave out.
  public var ignored: [String] = []
  /// The floating-point type to cast all arrays to; no other type.
  public var dataType: DataType?
  /// Whether arrays of NumPy's type `V2` (two bytes without a type) are bfloat16, which is how ml_dtypes stores it.
  public var voidAsBFloat16 = false
  /// Whether the digests of a source that is a whole model are passed over, because its arrays were edited.
  public var acceptsEdits = false
  /// The program and version that provenance names.
  public var tool = ""

  /// An import without settings.
  public init() {}

  /// The model that the arrays of `.npy` files, folders of them, `.npz` archives and `.safetensors` files make, and what became of each array.
  ///
  /// - Throws: ``ConvertProblem``; `FileProblem`, `NumPyProblem` or `ZipProblem` with the file; and `LayerProblem` or
  ///   `ModelProblem` if an architecture and the arrays do not fit together.
  public func model(from paths: [String]) throws(ModelError) -> (model: Model, report: ConversionReport) {
    if paths.count == 1, try ModelFiles.isExploded(paths[0]) { return try explodedModel(paths[0]) }
    try checkSettings()
    let sources = try ArraySources(paths, voidAsBFloat16: voidAsBFloat16)
    var report = ConversionReport()
    report.ignored = sources.ignored
    let unknown = ignored.filter { name in !sources.arrays.contains { $0.name == name } }
    guard unknown.isEmpty else {
      let known = sources.arrays.map(\.name)
      throw ModelError(
        ConvertProblem.unknownArrays(
          unknown.map { name in
            "'\(name)'" + (nearest(to: name, among: known).map { " (did you mean '\($0)'?)" } ?? "")
          }), at: .option("--ignore"))
    }
    report.ignored += ignored.map { ConversionReport.Ignored(name: $0, reason: "named by --ignore") }
    let arrays = sources.arrays.filter { !ignored.contains($0.name) }
    guard !arrays.isEmpty else { throw ModelError(ConvertProblem.noArrays) }

    var model: Model
    if let architecture {
      let result = try Architecture.model(
        architecture, arrays: arrays, layout: weightsLayout, dataType: dataType)
      guard result.rest.isEmpty else { throw ModelError(ConvertProblem.unusedArrays(result.rest)) }
      (model, report.mapped) = (result.model, result.mapped)
      report.ignored += result.ignored
    } else {
      let stack = try stack(of: arrays)
      report.weightsLayout = stack.layout
      (model, report.mapped) = try stack.model()
    }
    report.sources = sources.sources()
    model.provenance = report.provenance(tool: tool)
    try model.validate()
    _ = try CheckedGraph(model)
    return (model, report)
  }

  /// A folder or archive that is a whole model says everything itself.
  private func explodedModel(_ path: String) throws(ModelError) -> (model: Model, report: ConversionReport) {
    let settings = [
      ("--activation", activations != nil), ("--layers", layers != nil), ("--architecture", architecture != nil),
      ("--weights-layout", weightsLayout != nil), ("--ignore", !ignored.isEmpty), ("--dtype", dataType != nil),
      ("--as-bf16", voidAsBFloat16),
    ]
    for (option, isGiven) in settings where isGiven {
      throw ModelError(
        ConvertProblem.senselessOption(option, reason: "the source is a whole model, with its architecture.json"),
        at: .file(path))
    }
    let container = try ModelFiles.open(path, acceptsEdits: acceptsEdits)
    let digest = try located(.file(path)) { () throws(ModelError) in
      _ = try CheckedGraph(container.model)
      return try container.verifyDigests()
    }
    var report = ConversionReport()
    report.input = ConversionReport.ModelFile(path: path, kind: container.kind.rawValue, digest: digest)
    return (container.model, report)
  }

  private func checkSettings() throws(ModelError) {
    guard !acceptsEdits else {
      throw ModelError(
        ConvertProblem.senselessOption(
          "--accept-edits", reason: "only a folder or .npz with an architecture.json has digests that edits break"))
    }
    guard architecture != nil else {
      guard activations != nil else { throw ModelError(ConvertProblem.noActivation) }
      return
    }
    for (option, isGiven) in [("--activation", activations != nil), ("--layers", layers != nil)] where isGiven {
      throw ModelError(ConvertProblem.senselessOption(option, reason: "--architecture says it already"))
    }
  }

  private func stack(of arrays: [SourceArray]) throws(ModelError) -> DenseStack {
    var named: [NamedLayer]
    if let layers {
      let result = try LayerList.layers(layers, of: arrays)
      guard result.rest.isEmpty else { throw ModelError(ConvertProblem.unusedArrays(result.rest)) }
      named = result.layers
    } else {
      named = try LayerPairing.layers(of: arrays)
    }
    let used = named.flatMap { [$0.weights, $0.biases].compactMap { $0 } }
    if dataType == nil {
      let integers = used.filter { !$0.tensor.dataType.isFloat }
      guard integers.isEmpty else {
        throw ModelError(
          ConvertProblem.notFloats(integers.map { "'\($0.name)' \($0.tensor.dataType.rawValue)" }))
      }
      let types = DataType.allCases.filter { type in used.contains { $0.tensor.dataType == type } }
      guard types.count == 1 else {
        throw ModelError(
          ConvertProblem.mixedTypes(
            types.map { type in
              let names = used.filter { $0.tensor.dataType == type }.map { "'\($0.name)'" }
              return "\(type.rawValue): \(names.joined(separator: ", "))"
            }))
      }
    }
    let layout = try WeightsLayout.proved(by: named, requested: weightsLayout)
    guard let activations else { throw ModelError(ConvertProblem.noActivation) }
    return DenseStack(
      layers: named, activations: try activations.spread(over: named.count), layout: layout, dataType: dataType)
  }
}
