import NNFormat

extension KerasOperations {
  /// Functions of each element that are several kinds one after another.
  static let functions: [String: Conversion] = {
    var table: [String: Conversion] = [:]
    let factors = [
      "log2": 1 / 0.693147180559945309, "log10": 1 / 2.302585092994045684, "deg2rad": Double.pi / 180,
      "rad2deg": 180 / Double.pi,
    ]
    for (name, factor) in factors {
      table[name] = { operation throws(ModelError) in
        var value = try operation.float()
        if name.hasPrefix("log") { value = try operation.site.add("log", [:], [value], suffix: "natural")[0] }
        return try operation.site.add("rescaling", ["scale": JSONValue(number: factor)], [value])
      }
    }
    table["exp2"] = { operation throws(ModelError) in
      let value = try operation.float()
      return try operation.site.add("power", [:], [operation.number(2, like: value, "base"), value])
    }
    table["cbrt"] = { operation throws(ModelError) in
      let value = try operation.float()
      let size = try operation.site.add("abs", [:], [value], suffix: "size")[0]
      let root = try operation.site.add(
        "power", [:], [size, operation.number(1.0 / 3, like: value, "exponent")], suffix: "root")[0]
      return try operation.site.add(
        "multiply", [:], [operation.site.add("sign", [:], [value], suffix: "sign")[0], root])
    }
    table["trunc"] = { operation throws(ModelError) in
      let value = try operation.float()
      let size = try operation.site.add("abs", [:], [value], suffix: "size")
      let whole = try operation.site.add("floor", [:], size, suffix: "whole")[0]
      return try operation.site.add(
        "multiply", [:], [operation.site.add("sign", [:], [value], suffix: "sign")[0], whole])
    }
    table["threshold"] = { operation throws(ModelError) in
      let bound = operation.option("threshold", place: 1)?.number ?? 0
      let other = operation.option("default_value", "value", place: 2)?.number ?? 0
      return try operation.site.add(
        "threshold", ["threshold": JSONValue(number: bound), "value": JSONValue(number: other)], [operation.float()])
    }
    table["sparsemax"] = { operation throws(ModelError) in
      let value = try operation.float()
      let axis = try operation.axes() ?? [-1]
      guard axis.count == 1, value.place(of: axis[0]) == value.type.rank - 1 else {
        throw operation.site.settings.unsupported("a sparsemax along an axis that is not the last")
      }
      return [try KerasActivation.sparsemax(operation.site, value)]
    }
    // Numbers that are none equal nothing, and what is infinite is beyond the greatest number.
    table["isnan"] = { operation throws(ModelError) in
      let value = try operation.float()
      return try operation.site.add("not_equal", [:], [value, value])
    }
    for (name, kind) in ["isinf": "greater", "isfinite": "less_equal"] {
      table[name] = { operation throws(ModelError) in
        let value = try operation.float()
        let size = try operation.site.add("abs", [:], [value], suffix: "size")[0]
        return try operation.site.add(kind, [:], [size, operation.number(greatest(value), like: value, "greatest")])
      }
    }
    for (name, bound) in ["isposinf": Double.infinity, "isneginf": -.infinity] {
      table[name] = { operation throws(ModelError) in
        let value = try operation.float()
        return [try operation.one("equal", [value, operation.number(bound, like: value, "infinity")], nil)]
      }
    }
    table["erfc"] = { operation throws(ModelError) in
      [
        try operation.one(
          "rescaling", [operation.one("erf", [operation.float()], "erf")], nil, ["scale": -1.0, "offset": 1.0])
      ]
    }
    table["sinc"] = { operation throws(ModelError) in
      let value = try operation.float()
      let turn = try operation.scaled(value, by: .pi, "turn")
      let quotient = try operation.one("divide", [operation.one("sin", [turn], "sine"), turn], "quotient")
      let isZero = try operation.one("equal", [value, operation.number(0, like: value, "zero")], "is_zero")
      return [try operation.one("where", [isZero, operation.number(1, like: value, "one"), quotient], nil)]
    }
    table["nan_to_num"] = { operation throws(ModelError) in
      let site = operation.site
      let value = try operation.float()
      let most = greatest(value)
      func chosen(
        _ kind: String, _ bound: KerasValue, _ name: String, _ standard: Double, _ x: KerasValue, _ suffix: String?
      ) throws(ModelError) -> KerasValue {
        let test = try site.add(kind, [:], [value, bound], suffix: "is_\(name)")[0]
        let other = try operation.number(operation.option(name)?.number ?? standard, like: value, name)
        return try site.add("where", [:], [test, other, x], suffix: suffix)[0]
      }
      let highest = try operation.number(most, like: value, "highest")
      let lowest = try operation.number(-most, like: value, "lowest")
      let numbers = try chosen("not_equal", value, "nan", 0, value, "numbers")
      let below = try chosen("greater", highest, "posinf", most, numbers, "below")
      return [try chosen("less", lowest, "neginf", -most, below, nil)]
    }
    table["logaddexp"] = { operation throws(ModelError) in
      let (site, pair) = (operation.site, try operation.pair())
      let greater = try site.add("maximum", [:], pair, suffix: "greater")[0]
      let difference = try site.add("subtract", [:], pair, suffix: "difference")
      let below = try site.add("neg", [:], site.add("abs", [:], difference, suffix: "distance"), suffix: "below")
      let share = try site.add("log1p", [:], site.add("exponential", [:], below, suffix: "share"), suffix: "excess")[0]
      return try site.add("add", [:], [greater, share])
    }
    table["hypot"] = { operation throws(ModelError) in
      let (site, pair) = (operation.site, try operation.pair())
      let squares = [
        try site.add("square", [:], [pair[0]], suffix: "square_1")[0],
        try site.add("square", [:], [pair[1]], suffix: "square_2")[0],
      ]
      return try site.add("sqrt", [:], site.add("add", [:], squares, suffix: "sum"))
    }
    table["divide_no_nan"] = { operation throws(ModelError) in
      let (site, pair) = (operation.site, try operation.pair())
      let zero = try operation.number(0, like: pair[1], "zero")
      let isZero = try site.add("equal", [:], [pair[1], zero], suffix: "is_zero")[0]
      let quotient = try site.add("divide", [:], pair, suffix: "quotient")[0]
      return try site.add("where", [:], [isZero, zero, quotient])
    }
    for name in ["floor_divide", "mod"] {
      table[name] = { operation throws(ModelError) in
        if let whole = try KerasWholeNumbers(operation) {
          return [
            try whole.computed(as: whole.counted) { (pair) throws(ModelError) in
              try quotient(operation, pair, isRest: name == "mod")
            }
          ]
        }
        let pair = try operation.pair()
        return [try quotient(operation, pair, isRest: name == "mod", isLast: true)]
      }
    }
    return table
  }()

  /// The quotient rounded down, or what it leaves.
  private static func quotient(
    _ operation: KerasOperation, _ pair: [KerasValue], isRest: Bool, isLast: Bool = false
  ) throws(ModelError) -> KerasValue {
    guard pair.count == 2 else {
      throw operation.site.settings.unsupported("\(pair.count) operands, where there are 2")
    }
    let quotient = try operation.one("divide", pair, "quotient")
    let whole = try operation.one("floor", [quotient], isRest || !isLast ? "whole" : nil)
    guard isRest else { return whole }
    let part = try operation.one("multiply", [whole, pair[1]], "part")
    return try operation.one("subtract", [pair[0], part], isLast ? nil : "rest")
  }

  /// The greatest finite number of a value's type.
  private static func greatest(_ value: KerasValue) -> Double {
    value.type.dataType == .f64 ? Double.greatestFiniteMagnitude : Double(Float.greatestFiniteMagnitude)
  }
}

extension KerasOperation {
  /// The first value, in floating point.
  func float() throws(ModelError) -> KerasValue {
    let value = try input()
    return value.type.dataType.isFloat ? value : try site.cast(value, to: .f32)
  }

  /// The operands, in floating point.
  func floats() throws(ModelError) -> [KerasValue] {
    var result: [KerasValue] = []
    for value in try operandValues() {
      result.append(value.type.dataType.isFloat ? value : try site.cast(value, to: .f32))
    }
    return result
  }

  /// The two operands, in floating point.
  func pair() throws(ModelError) -> [KerasValue] {
    let result = try floats()
    guard result.count == 2 else { throw site.settings.unsupported("\(result.count) operands, where there are 2") }
    return result
  }

  /// A number as a constant of the type of a value.
  func number(_ number: Double, like value: KerasValue, _ suffix: String) throws(ModelError) -> KerasValue {
    try site.constant([number], [], value.type.dataType, suffix: suffix)
  }
}
