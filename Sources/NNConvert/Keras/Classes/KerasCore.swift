import NNFormat

extension KerasClass {
  /// Dense layers, embeddings and what surrounds them.
  static let core: [KerasClass] = [
    KerasClass("InputLayer") { site throws(ModelError) in site.inputs },
    KerasClass(
      "Dense", "dense", masks: .carried, limits: "quantised in float8",
      variables: { settings throws(ModelError) in
        let bias: [KerasVariable] =
          try settings.bool("use_bias", default: true) ? [KerasVariable("bias")] : []
        return try KerasQuantization.kernel(then: bias, settings)
      }, convert: dense),
    KerasClass(
      "EinsumDense", "einsum_dense", masks: .dropped, limits: "quantised in float8",
      variables: { settings throws(ModelError) in
        try KerasQuantization.kernel(
          then: settings.value("bias_axes") == nil ? [] : [KerasVariable("bias")], settings)
      }, convert: einsumDense),
    KerasClass(
      "Embedding", "embedding", masks: .own,
      variables: { settings throws(ModelError) in
        try KerasQuantization.embeddings(settings)
      }, convert: embedding),
    KerasClass(
      "ReversibleEmbedding", "embedding", "dense",
      variables: { settings throws(ModelError) in
        let isTied = try settings.bool("tie_weights", default: true)
        return try KerasQuantization.embeddings(
          and: isTied ? [] : [KerasVariable("reverse_embeddings")], settings)
      }, convert: reversible),
    KerasClass("Masking", "masking", masks: .own) { site throws(ModelError) in
      let value = try site.settings.number("mask_value", default: 0)
      let outputs = try site.add("masking", ["mask_value": JSONValue(number: value)], [site.computed(site.input())])
      return [outputs[0].masked(by: outputs[1])]
    },
    KerasClass(
      "Activation", masks: .carried,
      convert: { site throws(ModelError) in
        [try site.activated(site.computed(site.input()))]
      }),
    KerasClass("LayerScale", "constant", "multiply", variables: { _ in [KerasVariable("gamma")] }) {
      site throws(ModelError) in
      // Of keras.applications, in its ConvNeXt.
      site.settings.ignore("init_values", "projection_dim")
      let gamma = try site.weight("gamma")
      let factors = try site.constant(gamma, site.computeType, suffix: "gamma")
      return try site.add("multiply", [:], [site.computed(site.input()), factors])
    },
    KerasClass("StochasticDepth", masks: .carried) { site throws(ModelError) in
      site.settings.ignore("drop_path_rate")
      return [try site.input()]
    },
    KerasClass("Identity", masks: .carried) { site throws(ModelError) in [try site.input()] },
    KerasClass(
      "SpectralNormalization", masks: .dropped,
      variables: { settings throws(ModelError) in
        // What it normalised is stored; the vector only helps in training.
        try inner(settings).map { $0.inside("layer") } + [
          KerasVariable("vector_u", isTrained: false), KerasVariable("kernel", isTrained: false, .inTrees),
        ]
      },
      convert: { site throws(ModelError) in
        site.settings.ignore("power_iterations", "layer")
        guard let layer = site.layer.config["layer"] else { throw site.settings.unsupported("it wraps nothing") }
        // Keras gives the results the type of what comes in.
        let input = try site.input()
        var outputs: [KerasValue] = []
        for output in try site.run(inner: KerasLayer(layer), [input], owner: "layer") {
          outputs.append(try site.cast(output, to: input.type.dataType))
        }
        return outputs
      }),
  ]

  /// The weights of the layer that a wrapper holds.
  static func inner(_ settings: KerasSettings) throws(ModelError) -> [KerasVariable] {
    guard let layer = settings.value("layer") else { throw settings.unsupported("it wraps nothing") }
    return try variables(of: try KerasLayer(layer), settings.generation, [:])
  }

  private static func reversible(_ site: KerasSite) throws(ModelError) -> [KerasValue] {
    let isTied = try site.settings.bool("tie_weights", default: true)
    site.settings.ignore("reverse_dtype", "logit_soft_cap", "mask_zero", "input_dim")
    guard site.isTrue("reverse") else {
      return try embedding(site)
    }
    var input = try site.computed(site.input())
    let kernel: KerasTensor
    if isTied {
      kernel = try site.quantized(try table(site)).permuted([1, 0])
    } else {
      var reverse = KerasQuantizedWeight(
        "reverse_embeddings", rows: try site.settings.int("output_dim"), columns: try count(site))
      reverse.keepsShape = true
      kernel = try site.quantized(reverse)
    }
    if let inputs = try site.quantization.inputs(axes: [-1], isUsual: true, saysAxes: false, site.settings) {
      let (whole, factor) = try KerasQuantization.quantized(site, input, inputs)
      input = try site.add("divide", [:], [whole, factor], suffix: "steps")[0]
    }
    var output = try site.add(
      "dense", ["units": JSONValue(kernel.shape[1]), "use_bias": false], [input], [("weights", kernel)],
      suffix: "reverse")[0]
    if site.layer.config["logit_soft_cap"]?.number != nil {
      let cap = try site.settings.number("logit_soft_cap")
      output = try site.add("rescaling", ["scale": JSONValue(number: 1 / cap)], [output], suffix: "scaled")[0]
      output = try site.add("tanh", [:], [output], suffix: "bounded")[0]
      output = try site.add("rescaling", ["scale": JSONValue(number: cap)], [output], suffix: "capped")[0]
    }
    return [output]
  }

  /// The table of an embedding.
  private static func table(_ site: KerasSite) throws(ModelError) -> KerasQuantizedWeight {
    KerasQuantizedWeight(table: "embeddings", rows: try count(site), columns: try site.settings.int("output_dim"))
  }

  private static func count(_ site: KerasSite) throws(ModelError) -> Int {
    try site.settings.int("input_dim", default: site.layer.config["input_dim"]?.smallInt)
  }

  private static func embedding(_ site: KerasSite) throws(ModelError) -> [KerasValue] {
    var indices = try site.input()
    if indices.type.dataType.isFloat { indices = try site.cast(indices, to: .i32) }
    site.settings.ignore("dropout")
    let table = try table(site)
    let output = try site.add(
      "embedding",
      [
        "input_dim": JSONValue(table.rows), "output_dim": JSONValue(table.columns),
        "dtype": .string(site.computeType.rawValue),
      ], [indices], [("embeddings", try site.quantized(table))])[0]
    guard try site.settings.bool("mask_zero", default: false) else { return [output] }
    return [output.masked(by: try site.add("cast", ["dtype": "bool"], [indices], suffix: "mask")[0])]
  }
}
