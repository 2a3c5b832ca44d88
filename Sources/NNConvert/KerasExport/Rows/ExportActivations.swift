import NNFormat

extension ExportTable {
  /// Activations.
  static let activations: [String: Conversion] = {
    var table: [String: Conversion] = [:]
    for (kind, name) in plainActivations {
      table[kind] = { site throws(ModelError) in try site.layer("Activation", ["activation": .string(name)]) }
    }
    for (kind, operation, fields) in [
      ("celu", "nn.Celu", ["alpha"]), ("squareplus", "nn.Squareplus", ["b"]),
      ("hard_shrink", "nn.HardShrink", ["threshold"]), ("soft_shrink", "nn.SoftShrink", ["threshold"]),
      ("glu", "nn.Glu", ["axis"]), ("log_softmax", "nn.LogSoftmax", ["axis"]),
    ] {
      table[kind] = { site throws(ModelError) in
        try site.operation(operation, JSONObject(fields.compactMap { name in site.fields[name].map { (name, $0) } }))
      }
    }
    table["relu"] = { site throws(ModelError) in
      var settings = site.settings("negative_slope", "threshold")
      let limit = site.number("max_value")
      settings["max_value"] = limit.isFinite ? .double(limit) : .null
      return try site.layer("ReLU", settings)
    }
    table["leaky_relu"] = { site throws(ModelError) in
      // The layer takes no slopes below 0.
      site.number("negative_slope") < 0
        ? try site.operation("nn.LeakyRelu", site.settings("negative_slope"))
        : try site.layer("LeakyReLU", site.settings("negative_slope"))
    }
    table["elu"] = { site throws(ModelError) in try site.layer("ELU", site.settings("alpha")) }
    table["softmax"] = { site throws(ModelError) in try site.layer("Softmax", site.settings("axis")) }
    table["gelu"] = { site throws(ModelError) in
      site.string("approximate") == "tanh"
        ? try site.operation("nn.Gelu", ["approximate": true])
        : try site.layer("Activation", ["activation": "gelu"])
    }
    table["hard_sigmoid"] = { site throws(ModelError) in
      guard site.string("definition") == "keras2" else {
        return try site.layer("Activation", ["activation": "hard_sigmoid"])
      }
      let slope = try site.step("numpy.Multiply", [:], .value(site.input), .json(0.2), as: "slope")
      let sum = try site.step("numpy.Add", [:], slope, .json(0.5), as: "sum")
      return try site.operation("numpy.Clip", ["x_min": 0.0, "x_max": 1.0], [sum])
    }
    table["threshold"] = { site throws(ModelError) in
      try site.operation(
        "nn.Threshold", ["threshold": site.fields["threshold"] ?? 0, "default_value": site.fields["value"] ?? 0])
    }
    table["thresholded_relu"] = { site throws(ModelError) in
      try site.operation("nn.Threshold", ["threshold": site.fields["alpha"] ?? 1, "default_value": 0.0])
    }
    table["shrink"] = { site throws(ModelError) in
      let x = ExportArgument.value(site.input)
      let flags = TensorType(.bool, site.output.shape)
      let (limit, bias) = (site.number("lambd"), site.number("bias"))
      let above = try site.step("numpy.Greater", [:], x, .json(.double(limit)), as: "above", flags)
      let below = try site.step("numpy.Less", [:], x, .json(.double(-limit)), as: "below", flags)
      let less = try site.step("numpy.Subtract", [:], x, .json(.double(bias)), as: "less")
      let more = try site.step("numpy.Add", [:], x, .json(.double(bias)), as: "more")
      // A NaN stays one.
      let nothing = try site.step("numpy.Multiply", [:], x, .json(0.0), as: "nothing")
      let lower = try site.step("numpy.Where", [:], below, more, nothing, as: "lower")
      return try site.operation("numpy.Where", [:], [above, less, lower])
    }
    return table
  }()

  /// Kinds that are functions of `keras.activations`, with their names there.
  private static let plainActivations = [
    ("linear", "linear"), ("relu6", "relu6"), ("selu", "selu"), ("silu", "silu"), ("mish", "mish"),
    ("sigmoid", "sigmoid"), ("hard_swish", "hard_silu"), ("tanh", "tanh"), ("softplus", "softplus"),
    ("softsign", "softsign"), ("exponential", "exponential"), ("sparse_plus", "sparse_plus"),
    ("sparse_sigmoid", "sparse_sigmoid"), ("log_sigmoid", "log_sigmoid"), ("hard_tanh", "hard_tanh"),
    ("tanh_shrink", "tanh_shrink"),
  ]

  /// An activation as recurrent layers have it: the name of a function with its defaults.
  static func activation(_ field: String, of site: ExportSite) throws(ModelError) -> JSONValue {
    let json = site.fields[field] ?? "linear"
    let kind = json.string ?? json.object?["kind"]?.string ?? ""
    let fields = json.object?["fields"]?.object ?? JSONObject()
    let names = ["relu": "relu", "softmax": "softmax", "elu": "elu", "gelu": "gelu", "log_softmax": "log_softmax"]
    if let name = plainActivations.first(where: { $0.0 == kind })?.1 ?? names[kind],
      fields.isEmpty || kind == "gelu" && fields == ["approximate": "none"]
    {
      return .string(name)
    }
    if kind == "hard_sigmoid", fields["definition"] == "keras3" { return "hard_sigmoid" }
    if kind == "leaky_relu", fields["negative_slope"]?.number == 0.2 { return "leaky_relu" }
    throw site.refused("its \(field) '\(kind)' with these fields is no function of keras.activations")
  }
}
