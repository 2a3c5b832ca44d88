import NNFormat

extension KerasOperations {
  /// Operations that make one element of many.
  static let reductions: [String: Conversion] = {
    var table: [String: Conversion] = [:]
    let kinds = [
      "mean": "reduce_mean", "sum": "reduce_sum", "max": "reduce_max", "min": "reduce_min", "amax": "reduce_max",
      "amin": "reduce_min", "prod": "reduce_prod", "logsumexp": "reduce_log_sum_exp",
    ]
    for (name, kind) in kinds {
      table[name] = { operation throws(ModelError) in
        if ["sum", "prod", "max", "min", "amax", "amin"].contains(name),
          let whole = try KerasWholeNumbers(operation, isOfOne: true)
        {
          let isBound = name.hasSuffix("max") || name.hasSuffix("min")
          return [
            try whole.computed(as: isBound ? nil : whole.wide) { (values) throws(ModelError) in
              try operation.one(kind, [values[0]], "wide", fields(operation))
            }
          ]
        }
        let input = try operation.input()
        let value = input.type.dataType.isFloat ? input : try operation.site.cast(input, to: .f32)
        return try operation.site.add(kind, fields(operation), [value])
      }
    }
    for (name, kind) in ["any": "reduce_max", "all": "reduce_min"] {
      table[name] = { operation throws(ModelError) in
        let site = operation.site
        let truth = try site.cast(operation.input(), to: .bool)
        let numbers = try site.add("cast", ["dtype": "f32"], [truth], suffix: "numbers")
        let found = try site.add(kind, fields(operation), numbers, suffix: "found")
        return try site.add("cast", ["dtype": "bool"], found)
      }
    }
    for name in ["var", "std"] {
      table[name] = { operation throws(ModelError) in
        let keepdims = operation.isTrue("keepdims", "keep_dims")
        let (_, variance) = try moments(
          operation, operation.float(), operation.axes() ?? [], keepdims: keepdims,
          variance: name == "var" ? nil : "variance")
        return name == "var" ? [variance] : try operation.site.add("sqrt", [:], [variance])
      }
    }
    for name in ["argmax", "argmin"] {
      table[name] = { operation throws(ModelError) in
        guard let axes = try operation.axes(), axes.count == 1 else {
          throw operation.site.settings.unsupported("a search without an axis")
        }
        let keepdims = operation.isTrue("keepdims")
        let found = try operation.site.add(
          name, ["axis": JSONValue(axes[0]), "keepdims": .bool(keepdims)], [operation.input()])
        return found
      }
    }
    table["cumsum"] = { operation throws(ModelError) in
      guard let axes = try operation.axes(), axes.count == 1 else {
        throw operation.site.settings.unsupported("a sum without an axis")
      }
      let fields: JSONObject = [
        "axis": JSONValue(axes[0]), "exclusive": .bool(operation.isTrue("exclusive")),
        "reverse": .bool(operation.isTrue("reverse")),
      ]
      if let whole = try KerasWholeNumbers(operation, isOfOne: true) {
        return [
          try whole.computed(as: whole.wide) { (values) throws(ModelError) in
            try operation.one("cumsum", [values[0]], "wide", fields)
          }
        ]
      }
      return try operation.site.add("cumsum", fields, [operation.input()])
    }
    table["top_k"] = { operation throws(ModelError) in
      guard let k = operation.option("k", place: 1)?.smallInt else {
        throw operation.site.settings.unsupported("a number of elements that is no integer")
      }
      return try operation.site.add("top_k", ["k": JSONValue(k)], [operation.input()])
    }
    table["normalize"] = { operation throws(ModelError) in
      let axes = try operation.axes() ?? [-1]
      let order = operation.option("order")?.number ?? 2
      guard order == 1 || order == 2 else { throw operation.site.settings.unsupported("a norm of order \(order)") }
      // TensorFlow bounds the sum of squares, Keras the norm.
      let isTensorFlow = !operation.site.layer.isOperation
      let epsilon = operation.option("epsilon")?.number ?? (isTensorFlow ? 1e-12 : 1e-7)
      return try operation.site.add(
        "unit_normalization",
        [
          "axes": KerasClass.integers(axes), "order": JSONValue(Int(order)),
          "epsilon": JSONValue(number: isTensorFlow ? epsilon.squareRoot() : epsilon),
        ], [operation.input()])
    }
    return table
  }()

  private static func fields(_ operation: KerasOperation) throws(ModelError) -> JSONObject {
    [
      "axes": KerasClass.integers(try operation.axes() ?? []),
      "keepdims": .bool(operation.isTrue("keepdims", "keep_dims")),
    ]
  }
}
