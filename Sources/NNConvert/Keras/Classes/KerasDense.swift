import NNFormat
import NNLayers

/// Dense layers, whose kernels and inputs may be quantised.
extension KerasClass {
  static func dense(_ site: KerasSite) throws(ModelError) -> [KerasValue] {
    let input = try site.computed(site.input())
    let units = try site.settings.int("units")
    let useBias = try site.settings.bool("use_bias", default: true)
    let kernel = KerasQuantizedWeight("kernel", rows: input.type.shape.last?.value ?? 0, columns: units)
    var parameters = [("weights", try site.quantized(kernel))]
    guard let inputs = try quantizedInputs(site, kernel, axes: [-1]) else {
      if useBias { parameters.append(("biases", try site.weight("bias"))) }
      let output = try site.add("dense", ["units": JSONValue(units), "use_bias": .bool(useBias)], [input], parameters)
      return [try site.activated(output[0])]
    }
    // Sums of whole numbers are exact; what was multiplied is taken back behind them.
    let (whole, factor) = try KerasQuantization.quantized(site, input, inputs)
    let product = try site.add(
      "dense", ["units": JSONValue(units), "use_bias": false], [whole], parameters, suffix: "product")[0]
    var output = try site.add("divide", [:], [product, factor], suffix: "quotient")[0]
    if useBias {
      let bias = try site.constant(site.weight("bias"), input.type.dataType, suffix: "bias")
      output = try site.add("add", [:], [output, bias])[0]
    }
    return [try site.activated(output)]
  }

  /// How a layer with a quantised kernel quantises what comes in: eight-bit ones do unless they say otherwise, and four-bit ones did
  /// in older releases.
  private static func quantizedInputs(
    _ site: KerasSite, _ kernel: KerasQuantizedWeight, axes: [Int]
  ) throws(ModelError) -> KerasQuantization.Inputs? {
    var isUsual = site.quantization.mode == .int8
    if !isUsual { isUsual = try site.keepsShape(kernel) }
    return try site.quantization.inputs(axes: axes, isUsual: isUsual, site.settings)
  }

  static func einsumDense(_ site: KerasSite) throws(ModelError) -> [KerasValue] {
    var input = try site.computed(site.input())
    let equation = try site.settings.string("equation").filter { $0 != " " }
    let axes = try site.settings.string("bias_axes", default: "")
    guard
      let shape = site.settings.value("output_shape").flatMap({ json in
        json.smallInt.map { [$0] } ?? KerasSettings.shape(json)
      })
    else {
      throw site.settings.unsupported("an output shape that cannot be read")
    }
    site.settings.ignore("gptq_unpacked_column_size")
    var fields: JSONObject = [
      "equation": .string(equation), "bias_axes": "", "output_shape": .array(shape.map { JSONValue($0 ?? -1) }),
    ]
    var weights = try site.weight("kernel")
    if site.quantization.mode != .none {
      // Without the bias the layer's only parameter is the kernel, of whose shape it is.
      let layer = try LayerCatalog.standard.layer(
        for: Node("kernel", EinsumDense.kind, fields: fields, inputs: [input.reference]))
      let type = try layer.parameters(for: [input.type]).first?.type
      let terms = equation.split(whereSeparator: { ",->".contains($0) }).map { $0.filter(\.isLetter).map { $0 } }
      guard let known = try? type?.knownShape(), terms.count == 3, terms[1].count == known.rank else {
        throw site.settings.unsupported("a quantised kernel of open extents")
      }
      var kernel = KerasQuantizedWeight(einsum: terms[1], output: terms[2], shape: known.dimensions)
      if site.quantization.mode.isCalibrated { kernel = kernel.calibrated }
      weights = try site.quantized(kernel)
      // Behind '...' axes count from the last.
      let summed = terms[0].indices.filter { !terms[2].contains(terms[0][$0]) }
      let places = summed.map { equation.hasPrefix("...") ? $0 - terms[0].count : $0 }
      if let inputs = try quantizedInputs(site, kernel, axes: places) {
        let (whole, factor) = try KerasQuantization.quantized(site, input, inputs)
        input = try site.add("divide", [:], [whole, factor], suffix: "steps")[0]
      }
    }
    var parameters = [("weights", weights)]
    if !axes.isEmpty {
      // Keras keeps extents of 1 between those that the bias has.
      let bias = try site.weight("bias")
      parameters.append(
        ("biases", try bias.reshaped(bias.shape.dimensions.filter { $0 != 1 || bias.shape.rank == axes.count })))
    }
    fields["bias_axes"] = .string(axes)
    return [try site.activated(try site.add("einsum_dense", fields, [input], parameters)[0])]
  }
}
