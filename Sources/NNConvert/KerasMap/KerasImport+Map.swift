import NNFormat

extension KerasImport {
  /// The model that the weights of a file make with an architecture of ours.
  ///
  /// - Throws: ``KerasMapProblem/unfit(_:)`` with all that does not fit; ``ConvertProblem/senselessOption(_:reason:)`` for settings
  ///   that say how to read a configuration; what is wrong with either file.
  func model(from path: String, onto map: String) throws(ModelError) -> (model: Model, report: ConversionReport) {
    for (option, isGiven) in [("--architecture", architecture != nil), ("--custom", !custom.isEmpty)] where isGiven {
      throw ModelError(
        ConvertProblem.senselessOption(
          option, reason: "--map says what is computed, whatever layers the file was written for"))
    }
    let target = try MapTarget(map)
    let (file, _) = try open(path)
    guard let store = file.store else { throw ModelError(KerasProblem.noWeights, at: .file(path)) }
    return try located(.file(path)) { () throws(ModelError) in
      let digest = PendingDigest(of: try MappedFile.contents(of: path))
      var mapping = KerasMapping(target, file, store)
      try mapping.fill()
      let (ignored, unused) = leftOver(store, mapping.conversion)
      let model = try mapping.model(without: unused)
      var report = ConversionReport()
      report.mapped = mapping.mapped
      report.ignored = store.ignored + target.ignored + ignored
      report.warnings = mapping.conversion.warnings
      report.sources = [
        Provenance.Source(
          name: String(path.split(separator: "/").last ?? ""), format: file.format, digest: digest.value),
        target.source,
      ]
      return (try finish(model, report), report)
    }
  }
}
