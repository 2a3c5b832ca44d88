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
    for (name, kind) in kinds {
      table[name] = { operation throws(ModelError) in
        try operation.site.add(kind, [:], operation.operandValues())
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
    table["einsum"] = { operation throws(ModelError) in try einsum(operation) }
    table["dot"] = { operation throws(ModelError) in
      let values = try operation.operandValues()
      guard values.count == 2, values[1].type.rank <= 2 else {
        throw operation.site.settings.unsupported("a product over the last axis but one")
      }
      return try operation.site.add("matmul", [:], values)
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

  /// A contraction of two values as a product of matrices between moves of axes.
  private static func einsum(_ operation: KerasOperation) throws(ModelError) -> [KerasValue] {
    let site = operation.site
    guard let text = operation.option("subscripts", "equation", place: 0)?.string else {
      throw site.settings.unsupported("an equation that is no string")
    }
    guard operation.values.count == 2 else {
      throw site.settings.unsupported("an equation of which the file does not say what goes in")
    }
    let values = try operation.values.map { (value) throws(ModelError) in try site.computed(value) }
    let sides = text.filter { $0 != " " }.split(separator: "-", maxSplits: 1).map(String.init)
    let terms = sides[0].split(separator: ",").map { Array($0) }
    guard sides.count == 2, sides[1].hasPrefix(">"), terms.count == 2, values.count == 2,
      zip(terms, values).allSatisfy({ $0.count == $1.type.rank && Set($0).count == $0.count && !$0.contains(".") })
    else { throw site.settings.unsupported("the equation '\(text)'") }
    let output = Array(sides[1].dropFirst())
    let (left, right) = (terms[0], terms[1])
    let batch = output.filter { left.contains($0) && right.contains($0) }
    let rows = output.filter { left.contains($0) && !right.contains($0) }
    let columns = output.filter { right.contains($0) && !left.contains($0) }
    let summed = left.filter { right.contains($0) && !output.contains($0) }
    guard batch.count + rows.count + summed.count == left.count,
      batch.count + columns.count + summed.count == right.count,
      rows.count == 1, columns.count == 1, summed.count == 1
    else { throw site.settings.unsupported("the equation '\(text)', which is no product of matrices") }
    func moved(_ value: KerasValue, _ from: [Character], _ to: [Character], _ name: String) throws(ModelError)
      -> KerasValue
    {
      guard from != to else { return value }
      let order = to.compactMap { from.firstIndex(of: $0) }
      return try site.add("permute", ["permutation": KerasClass.integers(order)], [value], suffix: name)[0]
    }
    let product = batch + rows + columns
    let result = try site.add(
      "matmul", [:],
      [
        moved(values[0], left, batch + rows + summed, "left"),
        moved(values[1], right, batch + summed + columns, "right"),
      ], suffix: product == output ? nil : "product")
    return product == output ? result : [try moved(result[0], product, output, "output")]
  }
}
