import NNFormat
import NNLayers

extension ExportTable {
  /// Kinds that make one value of several.
  static let merging: [String: Conversion] = {
    var table: [String: Conversion] = [:]
    for (kind, className) in [
      ("add", "Add"), ("subtract", "Subtract"), ("multiply", "Multiply"), ("minimum", "Minimum"),
      ("maximum", "Maximum"),
    ] {
      table[kind] = { site throws(ModelError) in
        if isPlain(site) { return try site.layer(className, [:], [], [values(site)]) }
        return try chained(site, "numpy.\(className)", as: nil)
      }
    }
    table["average"] = { site throws(ModelError) in
      if isPlain(site) { return try site.layer("Average", [:], [], [values(site)]) }
      let sum = try chained(site, "numpy.Add", as: "sum")
      return try site.operation(
        "numpy.Divide", [:], [.value(sum[0]), .json(.double(Double(site.inputs.count)))])
    }
    table["concatenate"] = { site throws(ModelError) in
      let axis = JSONValue(site.axis(site.int("axis")))
      if site.inputs.count == 1 { return try site.operation("numpy.Copy") }
      if site.axis(site.int("axis")) > 0, site.inputs.allSatisfy({ $0.place != nil }), site.output.dataType.isFloat {
        return try site.layer("Concatenate", ["axis": axis], [], [values(site)])
      }
      return try site.operation("numpy.Concatenate", ["axis": axis], [values(site)])
    }
    table["divide"] = { site throws(ModelError) in try site.operation("numpy.Divide") }
    table["power"] = { site throws(ModelError) in try site.operation("numpy.Power") }
    table["matmul"] = { site throws(ModelError) in try site.operation("numpy.Matmul") }
    table["dot"] = { site throws(ModelError) in
      let axes = zip(site.ints("axes"), site.node.inputs).map { $0 < 0 ? $0 + $1.rank : $0 }
      try site.require(!axes.contains(0), "Keras's Dot does not sum over the batch")
      return try site.layer(
        "Dot", ["axes": list(axes), "normalize": .bool(site.bool("normalize"))], [], [values(site)])
    }
    return table
  }()

  private static func values(_ site: ExportSite) -> ExportArgument { .list(site.inputs.map { .value($0) }) }

  /// Whether Keras's layers broadcast as the catalogue does: they align batches, and take no constants.
  private static func isPlain(_ site: ExportSite) -> Bool {
    site.rank > 1 && site.inputs.allSatisfy { $0.place != nil }
      && site.node.inputs.allSatisfy { $0.rank == site.rank && $0.shape[0] == site.node.inputs[0].shape[0] }
  }

  /// An operation on two values, again and again from the left.
  private static func chained(
    _ site: ExportSite, _ operation: String, as suffix: String?
  ) throws(ModelError) -> [ExportValue] {
    var value = ExportArgument.value(site.inputs[0])
    for (position, other) in site.inputs.enumerated().dropFirst() {
      let isLast = position == site.inputs.count - 1
      value = try site.step(operation, [:], value, .value(other), as: isLast ? suffix : "part_\(position)")
    }
    return value.values
  }
}
