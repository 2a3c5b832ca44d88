import NNFormat

extension KerasOperations {
  /// Functions of each element.
  static let elementwise: [String: Conversion] = {
    var table: [String: Conversion] = [:]
    for (name, kind) in plain {
      table[name] = { operation throws(ModelError) in
        if ofWholeNumbers.contains(name), let whole = try KerasWholeNumbers(operation, isOfOne: true) {
          return [
            try whole.computed(as: whole.counted) { (values) throws(ModelError) in
              try operation.one(kind, [values[0]], "wide")
            }
          ]
        }
        let input = try operation.input()
        let value = input.type.dataType.isFloat ? input : try operation.site.cast(input, to: .f32)
        return try operation.site.add(kind, [:], [value])
      }
    }
    for (name, kind, option, standard) in slopes {
      table[name] = { operation throws(ModelError) in
        let slope = operation.option(option, "alpha", place: 1)?.number ?? standard
        return try operation.site.add(kind, [option: JSONValue(number: slope)], [operation.input()])
      }
    }
    for name in ["softmax", "log_softmax"] {
      table[name] = { operation throws(ModelError) in
        let axes = try operation.axes() ?? [-1]
        guard axes.count == 1 else { throw operation.site.settings.unsupported("several axes") }
        return try operation.site.add(name, ["axis": JSONValue(axes[0])], [operation.input()])
      }
    }
    table["gelu"] = { operation throws(ModelError) in
      // The default of keras.ops and of tf.nn: the approximation, and the exact form.
      let standard = operation.site.layer.isOperation
      let approximate = operation.option("approximate")?.bool ?? standard
      return try operation.site.add(
        "gelu", ["approximate": approximate ? "tanh" : "none"], [operation.input()])
    }
    table["hard_sigmoid"] = { operation throws(ModelError) in
      try operation.site.add("hard_sigmoid", ["definition": "keras3"], [operation.input()])
    }
    table["glu"] = { operation throws(ModelError) in
      try operation.site.add("glu", ["axis": JSONValue(try operation.axes()?.first ?? -1)], [operation.input()])
    }
    table["clip"] = { operation throws(ModelError) in
      guard let low = operation.option("x_min", "a_min", "clip_value_min", "min", place: 1)?.number,
        let high = operation.option("x_max", "a_max", "clip_value_max", "max", place: 2)?.number
      else { throw operation.site.settings.unsupported("bounds that are no numbers") }
      let fields: JSONObject = ["min": JSONValue(number: low), "max": JSONValue(number: high)]
      if let whole = try KerasWholeNumbers(operation, isOfOne: true) {
        return [
          try whole.computed { (values) throws(ModelError) in try operation.one("clip", [values[0]], "wide", fields) }
        ]
      }
      return try operation.site.add("clip", fields, [operation.input()])
    }
    table["cast"] = { operation throws(ModelError) in
      let name = operation.option("dtype", place: 1)?.string ?? "float32"
      guard let type = types[name] else { throw operation.site.settings.unsupported("the type '\(name)'") }
      let input = try operation.input()
      return input.type.dataType == type
        ? [input] : try operation.site.add("cast", ["dtype": .string(type.rawValue)], [input])
    }
    table["saturate_cast"] = table["cast"]
    for name in ["identity", "copy", "array", "convert_to_tensor"] {
      table[name] = { operation throws(ModelError) in [try operation.input()] }
    }
    table["logical_not"] = { operation throws(ModelError) in
      try operation.site.add("not", [:], [operation.site.cast(operation.input(), to: .bool)])
    }
    return table
  }()

  /// Types by the names that Keras has for them; what is narrower than f32 computes in f32.
  private static let types: [String: DataType] = [
    "float32": .f32, "float64": .f64, "float16": .f32, "bfloat16": .f32, "int8": .i8, "int16": .i16, "int32": .i32,
    "int64": .i64, "uint8": .u8, "uint16": .u16, "uint32": .u32, "uint64": .u64, "bool": .bool,
  ]

  private static let slopes = [
    ("leaky_relu", "leaky_relu", "negative_slope", 0.2), ("elu", "elu", "alpha", 1.0), ("celu", "celu", "alpha", 1.0),
    ("hard_shrink", "hard_shrink", "threshold", 0.5), ("soft_shrink", "soft_shrink", "threshold", 0.5),
    ("squareplus", "squareplus", "b", 4.0),
  ]

  /// Functions that give whole numbers of such.
  private static let ofWholeNumbers: Set = ["absolute", "negative", "sign", "square", "relu"]

  private static let plain: [(String, String)] =
    [
      "relu", "relu6", "sigmoid", "tanh", "softplus", "softsign", "silu", "mish", "selu", "log_sigmoid", "hard_tanh",
      "tanh_shrink", "sparse_plus", "sparse_sigmoid", "sqrt", "rsqrt", "square", "sign", "sin", "cos", "tan", "sinh",
      "cosh", "floor", "ceil", "round", "erf", "log", "log1p", "expm1", "reciprocal",
    ].map { ($0, $0) } + [
      ("exp", "exponential"), ("absolute", "abs"), ("negative", "neg"), ("arcsin", "asin"), ("arccos", "acos"),
      ("arctan", "atan"), ("arcsinh", "asinh"), ("arccosh", "acosh"), ("arctanh", "atanh"), ("hard_silu", "hard_swish"),
      ("hard_swish", "hard_swish"),
    ]
}
