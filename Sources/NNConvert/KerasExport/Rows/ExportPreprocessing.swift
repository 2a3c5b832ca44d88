import NNFormat
import NNLayers

extension ExportTable {
  /// Preprocessing.
  static let preprocessing: [String: Conversion] = [
    "normalization": { site throws(ModelError) in
      let axes = site.ints("axes").map(site.axis).sorted()
      var weights = try site.weights("mean", "variance")
      let count = try Tensor([Int32(0)], [])
      weights.append(ExportWeight(name: "", tensor: ChangingTensor(count)))
      return try site.layer(
        "Normalization", ["axis": axes.isEmpty ? .null : list(axes), "invert": .bool(site.bool("invert"))], weights)
    },
    "rescaling": { site throws(ModelError) in
      try site.layer("Rescaling", site.settings("scale", "offset"))
    },
    "category_encoding": { site throws(ModelError) in
      if site.string("output_mode") == "one_hot" {
        return try site.operation(
          "nn.OneHot",
          [
            "num_classes": site.fields["num_tokens"] ?? 1, "axis": -1,
            "dtype": .string(site.output.dataType.kerasName ?? "float32"), "sparse": false,
          ])
      }
      let settings = site.settings("num_tokens", "output_mode")
      try site.require(site.rank <= 2, "several axes before the categories")
      // TensorFlow counts in these two types alone.
      let type = site.node.inputs[0]
      var input = ExportArgument.value(site.input)
      if ![.i32, .i64].contains(type.dataType) {
        let wide = TensorType(type.dataType.byteSize < 4 ? .i32 : .i64, type.shape)
        input = try site.step(
          "core.Cast", ["dtype": .string(wide.dataType.kerasName ?? "")], input, as: "wide", wide)
      }
      guard site.inputs.count == 2 else { return try site.layer("CategoryEncoding", settings, [], [input]) }
      return try site.layer(
        "CategoryEncoding", settings, [], [input],
        named: [("count_weights", .value(site.inputs[1]))])
    },
    "discretization": { site throws(ModelError) in
      try site.layer(
        "Discretization", ["bin_boundaries": site.fields["bin_boundaries"] ?? [], "output_mode": "int"])
    },
  ]

  /// What is the identity at inference.
  static let stochastic: [String: Conversion] = [
    "dropout": { site throws(ModelError) in
      let shape = site.ints("noise_shape")
      return try site.layer(
        "Dropout",
        [
          "rate": site.fields["rate"] ?? 0,
          "noise_shape": shape.isEmpty ? .null : .array(shape.map { $0 < 0 ? .null : JSONValue($0) }),
        ], site.number("rate") > 0 ? [generator()] : [])
    },
    "alpha_dropout": { site throws(ModelError) in
      let shape = site.ints("noise_shape")
      return try site.layer(
        "AlphaDropout",
        [
          "rate": site.fields["rate"] ?? 0,
          "noise_shape": shape.isEmpty ? .null : .array(shape.map { $0 < 0 ? .null : JSONValue($0) }),
        ], site.number("rate") > 0 ? [generator()] : [])
    },
    "gaussian_dropout": { site throws(ModelError) in
      try site.layer("GaussianDropout", site.settings("rate"), site.number("rate") > 0 ? [generator()] : [])
    },
    "gaussian_noise": { site throws(ModelError) in
      try site.layer("GaussianNoise", site.settings("stddev"), site.number("stddev") > 0 ? [generator()] : [])
    },
  ]

  /// The state of a generator of random numbers, which Keras wants to load.
  private static func generator() throws(ModelError) -> ExportWeight {
    ExportWeight(
      owner: "seed_generator", name: "", tensor: ChangingTensor(try Tensor([UInt32(0), 0], [2])))
  }
}
