import NNFormat

extension KerasOperations {
  /// Operations on several values, and comparisons.
  static let arithmetic: [String: Conversion] = {
    var table: [String: Conversion] = [:]
    let kinds = [
      "add": "add", "subtract": "subtract", "multiply": "multiply", "divide": "divide", "true_divide": "divide",
      "power": "power", "maximum": "maximum", "minimum": "minimum", "equal": "equal", "not_equal": "not_equal",
      "less": "less", "less_equal": "less_equal", "greater": "greater", "greater_equal": "greater_equal",
      "add_n": "add", "bias_add": "add",
    ]
    let comparisons: Set = ["equal", "not_equal", "less", "less_equal", "greater", "greater_equal"]
    for (name, kind) in kinds {
      table[name] = { operation throws(ModelError) in
        if comparisons.contains(kind) { return try operation.site.add(kind, [:], operation.operandValues()) }
        if kind != "divide", let whole = try KerasWholeNumbers(operation) {
          // Sums, products and extremes of truth values are such: or, and.
          let isLogic = ["add", "multiply", "maximum", "minimum"].contains(kind)
          return [
            try whole.computed(as: isLogic ? nil : whole.counted) { (values) throws(ModelError) in
              try operation.one(kind, values, "wide")
            }
          ]
        }
        return try operation.site.add(kind, [:], operation.floats())
      }
    }
    for (name, kind) in ["logical_and": "and", "logical_or": "or", "logical_xor": "xor"] {
      table[name] = { operation throws(ModelError) in
        var values: [KerasValue] = []
        for (place, argument) in operation.operands.enumerated() {
          values.append(try operation.value(argument, .bool, place))
        }
        return try operation.site.add(kind, [:], values)
      }
    }
    table["squared_difference"] = { operation throws(ModelError) in
      let difference = try operation.site.add("subtract", [:], operation.operandValues(), suffix: "difference")
      return try operation.site.add("square", [:], difference)
    }
    table["matmul"] = { operation throws(ModelError) in
      var values = try operation.operandValues()
      for (place, names) in [["transpose_a", "adjoint_a"], ["transpose_b", "adjoint_b"]].enumerated()
      where names.contains(where: { operation.isTrue($0) }) && place < values.count {
        let rank = values[place].type.rank
        guard rank >= 2 else { throw operation.site.settings.unsupported("a matrix of \(rank) dimensions") }
        let order = Array(0..<rank - 2) + [rank - 1, rank - 2]
        values[place] = try operation.site.add(
          "permute", ["permutation": KerasClass.integers(order)], [values[place]], suffix: "transposed_\(place + 1)")[0]
      }
      return try operation.site.add("matmul", [:], values)
    }
    table["where"] = { operation throws(ModelError) in
      var arguments = operation.operands
      if arguments.count == 2, let x = operation.site.call["x"] { arguments.insert(x, at: 1) }
      guard arguments.count == 3 else { throw operation.site.settings.unsupported("a search for what is true") }
      let types = arguments.dropFirst().compactMap { operation.site.value($0)?.type.dataType }
      let type = types.first ?? .f32
      return try operation.site.add(
        "where", [:],
        [
          operation.value(arguments[0], .bool, 0), operation.value(arguments[1], type, 1),
          operation.value(arguments[2], type, 2),
        ])
    }
    for (name, value) in ["zeros_like": 0.0, "ones_like": 1.0] {
      table[name] = { operation throws(ModelError) in
        let input = try operation.input()
        let isFloat = input.type.dataType.isFloat
        let x = isFloat ? input : try operation.site.cast(input, to: .f32)
        // Of NaN and infinities too: what is greater than all is a constant.
        let none = try operation.site.add("not_equal", [:], [x, x], suffix: "unequal")[0]
        let always = try operation.site.add(
          "or", [:], [none, try operation.site.add("not", [:], [none], suffix: "equal")[0]], suffix: "always")[0]
        let ones = try operation.site.add(
          "cast", ["dtype": .string(x.type.dataType.rawValue)], [always], suffix: "ones")[0]
        return value == 1 ? [ones] : try operation.site.add("rescaling", ["scale": 0.0], [ones])
      }
    }
    return table
  }()
}
