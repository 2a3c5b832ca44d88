import NNConvert
import NNFormat
import NNTerminal

/// A conversion's report for people.
struct ReportText {
  let text: String

  init(_ report: ConversionReport, _ model: Model, isDryRun: Bool, path: String, kind: ContainerKind) {
    var text = ""
    if !report.mapped.isEmpty {
      var table = Table(.name("tensor"), .text("dtype"), .text("shape"), .name("made of"), .text("changes"))
      for mapping in report.mapped { table.add(mapping) }
      text += table.text() + "\n"
    }
    let changed = report.examples.filter { !$0.changes.isEmpty }
    if !changed.isEmpty {
      var table = Table(.name("example tensor"), .text("dtype"), .text("shape"), .name("made of"), .text("changes"))
      for mapping in changed.flatMap(\.changes) { table.add(mapping) }
      text += table.text() + "\n"
    }
    if let layout = report.weightsLayout {
      text += "weights read as \(layout == .inOut ? "[in, out]" : "[out, in]")\n"
    }
    for entry in report.ignored { text += "left out \(printable(entry.name)): \(printable(entry.reason))\n" }
    for warning in report.warnings { text += "warning: \(printable(warning))\n" }
    for example in report.examples {
      let distance = example.ulps.map { $0 == 0 ? "same bits" : "at most \(grouped($0)) ULP apart" } ?? "not computed"
      text += "example \(printable(example.name)): \(distance)\n"
    }
    if let output = report.output {
      text += "wrote \(printable(output.path)) (\(output.kind)), \(output.digest)\n"
    } else if isDryRun {
      text += "would write \(printable(path)) (\(kind.rawValue)); nothing was written\n"
    }
    self.text = text
  }
}

extension Table {
  fileprivate mutating func add(_ mapping: ConversionReport.Mapping) {
    add(
      mapping.tensor, mapping.type.dataType.rawValue,
      "[\(mapping.type.shape.map(\.description).joined(separator: ", "))]", mapping.array,
      mapping.changes.map(\.description).joined(separator: "; "))
  }
}
