public import NNFormat
import NNLayers

/// Makes a model out of a file of Keras: full models of every generation in `.h5` and `.keras`, and files of weights with
/// their architecture.
///
///     var keras = KerasImport()
///     let (model, report) = try keras.model(from: "model.keras")
///
/// Nothing in a file is executed. What the catalogue cannot compute is listed, all of it at once.
public struct KerasImport: Sendable {
  /// The path of a file with the architecture (the output of `model.to_json()`), for files that hold weights alone.
  public var architecture: String?
  /// Kinds that stand in for a user's own classes and functions, each as `NAME=KIND`.
  public var custom: [String] = []
  /// Whether weights that no layer uses are left out, and not an error.
  public var allowsUnused = false
  /// The path of a model of ours, or of a JSON file with a graph, that the weights are put onto, by name and shape; the
  /// configuration of the file does not count then.
  public var map: String?
  /// What the weights were trained with (`theano`, `tensorflow`, ...), where an old file does not say it.
  public var backend: String?
  /// The program and version that provenance names.
  public var tool = ""

  /// An import without settings.
  public init() {}

  /// The model in a file, and what became of each array.
  ///
  /// - Throws: ``KerasProblem``; ``KerasMapProblem`` with a ``map``; `FileProblem`, `HDF5Problem`, `ZipProblem` or `JSONProblem` with the place in the file; and
  ///   `LayerProblem` if the settings of a layer and its weights do not fit together.
  public func model(from path: String) throws(ModelError) -> (model: Model, report: ConversionReport) {
    if let map { return try model(from: path, onto: map) }
    let custom = try located(.option("--custom")) { () throws(ModelError) in try KerasCustom.standIns(self.custom) }
    let (file, files) = try open(path)
    guard let config = file.config else { throw ModelError(KerasProblem.noArchitecture, at: .file(path)) }
    guard let store = file.store else { throw ModelError(KerasProblem.noWeights, at: .file(path)) }
    return try located(.file(path)) { () throws(ModelError) in
      var report = ConversionReport()
      var digests: [PendingDigest] = []
      for (name, _) in files { digests.append(PendingDigest(of: try MappedFile.contents(of: name))) }
      report.ignored = store.ignored
      let root = KerasLegacy.modern(try KerasLayer(config), file.generation)
      guard root.isModel else {
        let refused = KerasProblem.Item(
          layer: root.name, className: root.className,
          reason:
            "a model whose computation is Python code of its user's; build it of layers, as Sequential or functional")
        throw ModelError(KerasProblem.unsupported([refused]))
      }
      let network = try KerasNetwork(root, generation: file.generation)
      let conversion = KerasConversion(
        file, store: store, custom: custom, reserving: Set(network.inputs.map { KerasLayer.nodeName($0.layer) }))
      let model = try model(of: network, file, conversion)
      let (ignored, unused) = leftOver(store, conversion)
      guard unused.isEmpty else { throw ModelError(KerasProblem.unusedWeights(unused)) }
      report.ignored += ignored
      report.warnings = conversion.warnings
      for ((name, format), digest) in zip(files, digests) {
        report.sources.append(
          Provenance.Source(name: String(name.split(separator: "/").last ?? ""), format: format, digest: digest.value))
      }
      report.mapped = conversion.mapped
      return (try finish(model, report), report)
    }
  }

  func open(_ path: String) throws(ModelError) -> (file: KerasFile, files: [(name: String, format: String)]) {
    var file = try located(.file(path)) { () throws(ModelError) in try KerasFile(path) }
    var files = [(name: path, format: file.format)]
    if let architecture {
      let other = try located(.file(architecture)) { () throws(ModelError) in try KerasFile(architecture) }
      guard let config = other.config else {
        throw ModelError(KerasProblem.notKeras(found: "a file without an architecture"), at: .file(architecture))
      }
      guard file.config == nil || file.format == "keras-weights" else {
        throw ModelError(
          ConvertProblem.senselessOption("--architecture", reason: "the file has one of its own"), at: .file(path))
      }
      file.config = config
      if !other.version.isEmpty { file.version = other.version }
      if file.backend.isEmpty { file.backend = other.backend }
      files.append((architecture, other.format))
    }
    if let backend { file.backend = backend }
    return (file, files)
  }

  private func model(
    of network: KerasNetwork, _ file: KerasFile, _ conversion: KerasConversion
  ) throws(ModelError) -> Model {
    var inputs: [GraphInput] = []
    var values: [KerasValue?] = []
    for reference in network.inputs {
      guard let layer = network.layers.first(where: { $0.name == reference.layer }) else {
        throw ModelError(KerasProblem.unknownLayer(reference.layer))
      }
      let type = try KerasInput.type(of: layer, isFirst: inputs.isEmpty)
      inputs.append(GraphInput(layer.nodeName, type))
      values.append(KerasValue(ValueReference(layer.nodeName), type))
    }
    let weights: KerasModelWeights =
      switch file.layout {
      case .owned: KerasModelWeights(owned: "", layers: network.layers, in: conversion.store)
      case .named(let root): try KerasModelWeights(named: root, for: network, conversion)
      }
    let outputs = try conversion.add(network, weights: weights, inputs: values, prefix: KerasSite.Prefix())
    guard conversion.unsupported.isEmpty else { throw ModelError(KerasProblem.unsupported(conversion.unsupported)) }

    var graph = Graph(inputs: inputs, nodes: conversion.nodes, outputs: [])
    var names = UniqueNames(taken: [])
    for (reference, value) in zip(network.outputs, outputs) {
      guard let value else { throw ModelError(KerasProblem.unknownLayer(reference.layer)) }
      let name = names.take(network.isSequential ? "output" : KerasLayer.nodeName(reference.layer))
      graph.outputs.append(GraphOutput(name, value.reference))
    }
    return Model(graph: graph, tensors: conversion.tensors)
  }

  /// The weights that no layer has: those that are allowed or of no use at inference, and the others, which are an error.
  func leftOver(
    _ store: KerasStore, _ conversion: KerasConversion
  ) -> (ignored: [ConversionReport.Ignored], unused: [String]) {
    var ignored: [ConversionReport.Ignored] = []
    var unused: [String] = []
    for path in store.paths where !conversion.used.contains(path) {
      let parts = path.split(separator: "/")
      if parts.contains(where: { $0.contains("seed_generator") || $0.contains("random_generator") }) {
        ignored.append(ConversionReport.Ignored(name: path, reason: "the state of a generator of random numbers"))
      } else if parts.contains(where: {
        $0 == "metrics" || $0.hasPrefix("_metrics") || $0.hasPrefix("compile_metrics") || $0.hasPrefix("_loss_tracker")
          || $0.hasPrefix("loss_tracker")
      }) {
        ignored.append(ConversionReport.Ignored(name: path, reason: "the state of a metric"))
      } else if allowsUnused {
        ignored.append(ConversionReport.Ignored(name: path, reason: "no layer uses it"))
      } else {
        unused.append(path)
      }
    }
    return (ignored, unused)
  }

  func finish(_ model: Model, _ report: ConversionReport) throws(ModelError) -> Model {
    var model = model
    model.provenance = report.provenance(tool: tool)
    try model.validate()
    _ = try CheckedGraph(model)
    return model
  }
}
