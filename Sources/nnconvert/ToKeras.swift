import ArgumentParser
import NNContainer
import NNConvert
import NNFormat
import NNTerminal

/// `nnconvert to-keras`
struct ToKeras: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "to-keras", abstract: "Write a model as a .keras file, which Keras 3 loads.",
    discussion: """
      The file holds a functional model that computes the same: keras.saving.load_model reads it. What Keras has neither a layer \
      nor an operation for is listed, all of it at once. Weights that are stored narrower are widened; examples and metadata have \
      no place in such a file, and the report says so.

      Examples:
        nnconvert to-keras model.nnm -o model.keras
        nnconvert to-keras model.h5 -o model.keras --dry-run
      """)

  @Argument(help: "The model to read.", completion: .file())
  var source: String

  @Option(name: [.customShort("o"), .long], help: "The .keras file to write.", completion: .file())
  var output: String

  @OptionGroup var common: CommonOptions

  mutating func run() throws {
    try AtomicFile.checkDestination(output, replacing: common.force)
    let container = try ModelFiles.open(source)
    let digest = try located(.file(source)) { () throws(ModelError) in try container.verifyDigests() }
    let keras = try located(.file(source)) { () throws(ModelError) in try KerasExport(container.model) }
    if !common.dryRun {
      let progress = ConversionProgress("Converting to \(output)")
      progress.willWrite(keras.report.mapped.reduce(0) { $0 + $1.byteSize })
      defer { progress.finish() }
      try keras.write(to: output, replacing: common.force)
    }
    var report = keras.report
    report.input = ConversionReport.ModelFile(path: source, kind: container.kind.rawValue, digest: digest)
    if common.json {
      try StandardOutput.write(
        document: ConversionReport.documentName, version: ConversionReport.documentVersion, report.members)
    } else {
      try StandardOutput.write(text(report))
    }
  }

  private func text(_ report: ConversionReport) -> String {
    var text = ""
    if !report.mapped.isEmpty {
      var table = Table(.name("weight"), .text("dtype"), .text("shape"), .name("made of"), .text("changes"))
      for mapping in report.mapped {
        table.add(
          mapping.tensor, mapping.type.dataType.rawValue,
          "[\(mapping.type.shape.map(\.description).joined(separator: ", "))]", mapping.array,
          mapping.changes.map(\.description).joined(separator: "; "))
      }
      text += table.text() + "\n"
    }
    for entry in report.ignored { text += "left out \(printable(entry.name)): \(printable(entry.reason))\n" }
    text +=
      common.dryRun
      ? "would write \(printable(output)) (keras); nothing was written\n" : "wrote \(printable(output)) (keras)\n"
    return text
  }
}

extension ConversionReport.Mapping {
  /// How many bytes the weight takes.
  fileprivate var byteSize: Int { type.shape.reduce(type.dataType.byteSize) { $0 * ($1.value ?? 1) } }
}
