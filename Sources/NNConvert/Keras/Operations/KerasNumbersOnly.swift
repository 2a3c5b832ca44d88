import NNFormat

extension KerasOperations {
  /// Operations that make one element of many, and pass over what is no number.
  static let numbersOnly: [String: Conversion] = {
    var table: [String: Conversion] = [:]
    let kinds: [(String, String, Double)] = [
      ("nansum", "reduce_sum", 0), ("nanprod", "reduce_prod", 1), ("nanmax", "reduce_max", -.infinity),
      ("nanmin", "reduce_min", .infinity),
    ]
    for (name, kind, standard) in kinds {
      table[name] = { operation throws(ModelError) in
        let (numbers, isNumber) = try numbers(operation, instead: standard)
        guard standard.isInfinite else { return [try operation.reduced(kind, numbers, nil)] }
        let result = try operation.reduced(kind, numbers, "of_numbers")
        return [try orNone(operation, result, isNumber)]
      }
    }
    table["nanmean"] = { operation throws(ModelError) in
      let (numbers, isNumber) = try numbers(operation, instead: 0)
      return [try mean(operation, numbers, isNumber, nil)]
    }
    for name in ["nanvar", "nanstd"] {
      table[name] = { operation throws(ModelError) in
        let (numbers, isNumber) = try numbers(operation, instead: 0)
        let middle = try mean(operation, numbers, isNumber, "mean", keepdims: true)
        let distance = try operation.one("subtract", [numbers, middle], "distance")
        let square = try operation.one("square", [distance], "square")
        let squares = try operation.one("multiply", [square, isNumber], "squares")
        let variance = try mean(operation, squares, isNumber, name == "nanvar" ? nil : "variance")
        return [name == "nanvar" ? variance : try operation.one("sqrt", [variance], nil)]
      }
    }
    table["nancumsum"] = { operation throws(ModelError) in
      guard let axes = try operation.axes(), axes.count == 1 else {
        throw operation.site.settings.unsupported("a sum without an axis")
      }
      let (numbers, _) = try numbers(operation, instead: 0)
      return [try operation.one("cumsum", [numbers], nil, ["axis": JSONValue(axes[0])])]
    }
    for (name, bound) in ["nanargmax": -Double.infinity, "nanargmin": .infinity] {
      table[name] = { operation throws(ModelError) in
        guard let axes = try operation.axes(), axes.count == 1 else {
          throw operation.site.settings.unsupported("a search without an axis")
        }
        let (numbers, isNumber) = try numbers(operation, instead: bound)
        let fields: JSONObject = ["axis": JSONValue(axes[0]), "keepdims": .bool(operation.isTrue("keepdims"))]
        let found = try operation.one(String(name.dropFirst(3)), [numbers], "found", fields)
        let any = try operation.one(
          "cast", [operation.reduced("reduce_max", isNumber, "any")], "is_any", ["dtype": "bool"])
        let none = try operation.site.constant([-1], [], found.type.dataType, suffix: "none")
        return [try operation.one("where", [any, found, none], nil)]
      }
    }
    return table
  }()

  /// The first value with something else for what is no number, and 1 where it is one and 0 where not.
  private static func numbers(
    _ operation: KerasOperation, instead standard: Double
  ) throws(ModelError) -> (KerasValue, KerasValue) {
    let value = try operation.float()
    let isNone = try operation.one("not_equal", [value, value], "is_none")
    let other = try operation.number(standard, like: value, "instead")
    let numbers = try operation.one("where", [isNone, other, value], "numbers")
    let isNumber = try operation.one("not", [isNone], "is_number")
    let ones = try operation.one(
      "cast", [isNumber], "ones", ["dtype": .string(value.type.dataType.rawValue)])
    return (numbers, ones)
  }

  /// The sum of what is 0 where there is no number, by how many numbers there are.
  private static func mean(
    _ operation: KerasOperation, _ values: KerasValue, _ isNumber: KerasValue, _ suffix: String?, keepdims: Bool? = nil
  ) throws(ModelError) -> KerasValue {
    let name = suffix.map { "\($0)_" } ?? ""
    let sum = try operation.reduced("reduce_sum", values, "\(name)sum", keepdims: keepdims)
    let count = try operation.reduced("reduce_sum", isNumber, "\(name)count", keepdims: keepdims)
    return try operation.one("divide", [sum, count], suffix)
  }

  /// A result, or none where there was no number.
  private static func orNone(
    _ operation: KerasOperation, _ result: KerasValue, _ isNumber: KerasValue
  ) throws(ModelError) -> KerasValue {
    let any = try operation.reduced("reduce_max", isNumber, "any")
    let isAny = try operation.one("cast", [any], "is_any", ["dtype": "bool"])
    return try operation.one("where", [isAny, result, operation.number(.nan, like: result, "none")], nil)
  }
}

extension KerasOperation {
  /// A reduction along the axes of the operation.
  fileprivate func reduced(
    _ kind: String, _ value: KerasValue, _ suffix: String?, keepdims: Bool? = nil
  ) throws(ModelError) -> KerasValue {
    try one(
      kind, [value], suffix,
      [
        "axes": KerasClass.integers(try axes() ?? []),
        "keepdims": .bool(keepdims ?? isTrue("keepdims", "keep_dims")),
      ])
  }
}
