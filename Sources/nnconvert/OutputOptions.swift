import ArgumentParser
import NNContainer
import NNConvert
import NNFormat
import NNTerminal

/// Whether and how a conversion reports and replaces.
struct CommonOptions: ParsableArguments {
  @Flag(name: [.customShort("f"), .long], help: "Replace the output if it exists.")
  var force = false

  @Flag(help: "Do everything but write.")
  var dryRun = false

  @Flag(help: "Print the report as a JSON document.")
  var json = false
}

/// Where a conversion writes.
struct OutputOptions: ParsableArguments {
  @Option(
    name: [.customShort("o"), .long],
    help:
      "The file or folder to write; its ending says the kind (.nnm, .h5, .json, .safetensors, .npz, none for a folder).",
    completion: .file())
  var output: String

  @OptionGroup var kind: KindOptions
}

/// How a conversion writes.
struct KindOptions: ParsableArguments {
  @Option(help: "The kind of the output, whatever its name ends in.")
  var to: ContainerKind?

  @Option(help: ArgumentHelp("For HDF5: compress with gzip at this level, 1 to 9.", valueName: "level"))
  var compress: Int?

  mutating func validate() throws {
    if let compress, !(1...9).contains(compress) {
      throw ValidationError("--compress must be a level from 1 to 9, found \(compress)")
    }
  }
}

/// One conversion's output: checked before the work begins, written when it is done.
struct OutputJob {
  let path: String
  let kind: ContainerKind
  var writeOptions = WriteOptions()
  let common: CommonOptions
  private let progress: ConversionProgress

  /// - Throws: ``ConvertProblem`` and ``FileProblem`` for an output that cannot be.
  init(_ path: String, _ options: KindOptions, _ common: CommonOptions) throws(ModelError) {
    let kind: ContainerKind
    if let given = options.to { kind = given } else { kind = try ModelFiles.kind(forWriting: path) }
    self.path = path
    self.kind = kind
    self.common = common
    progress = ConversionProgress("Converting to \(path)")
    writeOptions.gzipLevel = options.compress
    guard options.compress == nil || kind == .hdf5 else {
      throw ModelError(
        ConvertProblem.senselessOption(
          "--compress", reason: "only HDF5 is compressed, and the output is \(kind.rawValue)"))
    }
    try ModelFiles.checkDestination(path, kind, replacing: common.force)
  }

  /// Writes the model unless this is a dry run, and prints the report.
  ///
  /// - Parameter narrowing: what narrower weights changed, if they were narrowed.
  func finish(
    _ model: Model, _ report: ConversionReport, _ narrowing: NarrowingReport? = nil
  ) throws(ModelError) {
    var report = report
    if !common.dryRun {
      progress.willWrite(model.tensors.entries.reduce(0) { $0 + $1.tensor.bytes.count })
      defer { progress.finish() }
      try model.write(to: path, as: kind, options: writeOptions, replacing: common.force)
      let digest = try Container.open(path).promisedDigest
      report.output = digest.map { ConversionReport.ModelFile(path: path, kind: kind.rawValue, digest: $0) }
    }
    if common.json {
      try StandardOutput.write(
        document: ConversionReport.documentName, version: ConversionReport.documentVersion,
        report.members + (narrowing.map { [("narrowing", $0.json)] } ?? []))
    } else {
      try StandardOutput.write(
        (narrowing.map { $0.text + "\n" } ?? "")
          + ReportText(report, model, isDryRun: common.dryRun, path: path, kind: kind).text)
    }
  }
}
