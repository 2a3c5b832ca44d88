import NNFormat
import NNLayers

extension ExportTable {
  /// Dense layers, tables, constants and masks.
  static let core: [String: Conversion] = [
    "constant": { site throws(ModelError) in
      [ExportValue(source: .constant(try site.weight("value").tensor.tensor), type: site.output)]
    },
    "dense": { site throws(ModelError) in
      let (settings, weights) = (site.settings("units", "use_bias"), try site.weights("weights", "biases"))
      if site.rank >= 2 { return try site.layer("Dense", settings, weights) }
      // Keras's layer takes batches alone.
      let row = try site.step(
        "numpy.ExpandDims", ["axis": 0], .value(site.input), as: "row",
        TensorType(site.output.dataType, [.known(1)] + site.node.inputs[0].shape))
      let rows = try site.layer(
        "Dense", settings, weights, [row], suffix: "rows",
        types: [TensorType(site.output.dataType, [.known(1)] + site.output.shape)])
      return try site.operation("numpy.Squeeze", ["axis": [0]], [.value(rows[0])])
    },
    "einsum_dense": { site throws(ModelError) in
      let terms = site.string("equation").split(whereSeparator: { ",->".contains($0) })
      try site.require(
        terms.allSatisfy { !$0.contains("...") || $0.hasPrefix("...") || $0.hasSuffix("...") },
        "an equation with '...' between letters")
      var settings = site.settings("equation")
      settings["output_shape"] = .array(site.ints("output_shape").map { $0 < 0 ? .null : JSONValue($0) })
      let axes = site.string("bias_axes")
      settings["bias_axes"] = axes.isEmpty ? .null : .string(axes)
      var weights = try site.weights("weights", "biases")
      if weights.count == 2 { try weights[1].reshape(biasShape(site, weights[1])) }
      return try site.layer("EinsumDense", settings, weights)
    },
    "embedding": { site throws(ModelError) in
      try site.layer("Embedding", site.settings("input_dim", "output_dim"), site.weights("embeddings"))
    },
    // Keras's Masking would pass its mask on to all later layers, where the model says which of them take it.
    "masking": { site throws(ModelError) in
      let x = ExportArgument.value(site.input)
      let mask = TensorType(.bool, site.output.shape)
      let differs = try site.step(
        "numpy.NotEqual", [:], x, .json(JSONValue(number: site.number("mask_value"))), as: "differs", mask)
      let counted = try site.step(
        "core.Cast", ["dtype": .string(site.output.dataType.kerasName ?? "float32")], differs, as: "counted")
      let steps = TensorType(site.output.dataType, Array(site.output.shape.dropLast()))
      let total = try site.step("numpy.Sum", ["axis": [-1], "keepdims": true], counted, as: "total")
      let any = try site.step("numpy.Greater", [:], total, .json(0), as: "any", mask)
      let output = try site.step("numpy.Where", [:], any, x, .json(0), as: nil)
      let flags = try site.step(
        "numpy.Squeeze", ["axis": [-1]], any, as: "mask", TensorType(.bool, steps.shape))
      return output.values + flags.values
    },
    "prelu": { site throws(ModelError) in
      let axes = site.ints("shared_axes")
      return try site.layer(
        "PReLU", ["shared_axes": axes.isEmpty ? .null : list(axes)], site.weights("alpha"))
    },
  ]

  /// The shape of Keras's bias: the output's letters from the first named one on, with 1 for those that are not named.
  private static func biasShape(_ site: ExportSite, _ biases: ExportWeight) throws(ModelError) -> [Int] {
    let equation = site.string("equation").filter { $0 != " " }
    let output = equation.split(separator: ">").last.map { Array($0.filter { $0 != "." }) } ?? []
    let named = Set(site.string("bias_axes"))
    var extents = biases.tensor.tensor.shape.dimensions[...]
    return output.drop { !named.contains($0) }.map { named.contains($0) ? extents.popFirst() ?? 1 : 1 }
  }
}
