import NNFormat

extension KerasOperations {
  /// Functions of two values, element by element or of what lies along the last axis.
  static let pairs: [String: Conversion] = [
    "arctan2": { operation throws(ModelError) in
      // TensorFlow calls the second operand x.
      let first = try operation.float()
      let second = operation.site.value(operation.site.call["x"])
      let pair = if let second { [first, second] } else { try operation.pair() }
      return [try operation.site.arcTangent(pair[0], pair[1])]
    },
    "fmod": { operation throws(ModelError) in
      // With the sign of what is divided.
      let pair = try operation.pair()
      let size = try operation.one("abs", [pair[0]], "size")
      let other = try operation.one("abs", [pair[1]], "other")
      let whole = try operation.one("floor", [operation.one("divide", [size, other], "quotient")], "whole")
      let rest = try operation.one("subtract", [size, operation.one("multiply", [whole, other], "part")], "rest")
      return [try operation.one("multiply", [operation.one("sign", [pair[0]], "sign"), rest], nil)]
    },
    "heaviside": { operation throws(ModelError) in
      let pair = try operation.pair()
      let zero = try operation.number(0, like: pair[0], "zero")
      let one = try operation.number(1, like: pair[0], "one")
      let isPositive = try operation.one("greater", [pair[0], zero], "is_positive")
      let notNegative = try operation.one("where", [isPositive, one, pair[1]], "not_negative")
      let isNegative = try operation.one("less", [pair[0], zero], "is_negative")
      return [try operation.one("where", [isNegative, zero, notNegative], nil)]
    },
    "fmax": { operation throws(ModelError) in try numbersOnly(operation, "maximum") },
    "fmin": { operation throws(ModelError) in try numbersOnly(operation, "minimum") },
    "logaddexp2": { operation throws(ModelError) in
      let pair = try operation.pair()
      let two = 0.693147180559945309
      let greater = try operation.one("maximum", pair, "greater")
      let distance = try operation.one("abs", [operation.one("subtract", pair, "difference")], "distance")
      let below = try operation.scaled(distance, by: -two, "below")
      let share = try operation.one("log1p", [operation.one("exponential", [below], "share")], "excess")
      return [try operation.one("add", [greater, operation.scaled(share, by: 1 / two, "in_twos")], nil)]
    },
    "isclose": { operation throws(ModelError) in [try close(operation, nil)] },
    "allclose": { operation throws(ModelError) in
      let numbers = try operation.one("cast", [close(operation, "close")], "numbers", ["dtype": "f32"])
      let all = try operation.one("reduce_min", [numbers], "all", ["axes": []])
      return [try operation.one("cast", [all], nil, ["dtype": "bool"])]
    },
    "vdot": { operation throws(ModelError) in
      let pair = try operation.pair()
      var rows: [KerasValue] = []
      for (place, value) in pair.enumerated() {
        rows.append(
          try operation.one("reshape", [value], "row_\(place + 1)", ["target_shape": [-1], "keeps_batch": false]))
      }
      return [try operation.one("reduce_sum", [operation.one("multiply", rows, "products")], nil, ["axes": []])]
    },
    "cdist": { operation throws(ModelError) in
      let pair = try operation.pair()
      let rows = try operation.one("expand_dims", [pair[0]], "rows", ["axes": [-2]])
      let columns = try operation.one("expand_dims", [pair[1]], "columns", ["axes": [-3]])
      let squares = try operation.one("square", [operation.one("subtract", [rows, columns], "difference")], "squares")
      return [try operation.one("sqrt", [operation.one("reduce_sum", [squares], "sum", ["axes": [-1]])], nil)]
    },
    "isin": { operation throws(ModelError) in
      let names = ["test_elements", "x2"]
      guard let others = operation.argument(names, 1), let input = operation.values.first else {
        throw operation.site.settings.unsupported("a search without what is searched for")
      }
      let list = try operation.row(others, like: input)
      let column = try operation.one("expand_dims", [input], "column", ["axes": [-1]])
      let equal = try operation.one("equal", [column, list], "equal")
      let found = try operation.one(
        "reduce_max", [operation.one("cast", [equal], "numbers", ["dtype": "f32"])], "found", ["axes": [-1]])
      let isIn = try operation.one("cast", [found], operation.isTrue("invert") ? "is_in" : nil, ["dtype": "bool"])
      return [operation.isTrue("invert") ? try operation.one("not", [isIn], nil) : isIn]
    },
    "digitize": { operation throws(ModelError) in
      guard let bins = operation.argument(["bins"], 1) else {
        throw operation.site.settings.unsupported("bins that are not given")
      }
      return [try places(operation, operation.float(), bins, "less_equal")]
    },
    "searchsorted": { operation throws(ModelError) in
      guard let sequence = operation.site.call.positional.first ?? operation.site.call["sorted_sequence"],
        let value = operation.site.value(operation.argument(["values"], 1))
      else { throw operation.site.settings.unsupported("a search without a sequence") }
      let isRight = operation.option("side")?.string == "right"
      return [try places(operation, value, sequence, isRight ? "less_equal" : "less")]
    },
  ]

  /// The greater or the less of two numbers, and that which is one where the other is none.
  private static func numbersOnly(_ operation: KerasOperation, _ kind: String) throws(ModelError) -> [KerasValue] {
    let pair = try operation.pair()
    let both = try operation.one(kind, pair, "both")
    let firstIsNone = try operation.one("not_equal", [pair[0], pair[0]], "first_is_none")
    let secondIsNone = try operation.one("not_equal", [pair[1], pair[1]], "second_is_none")
    let first = try operation.one("where", [secondIsNone, pair[0], both], "but_second")
    return [try operation.one("where", [firstIsNone, pair[1], first], nil)]
  }

  /// `|x - y| <= atol + rtol · |y|`
  private static func close(_ operation: KerasOperation, _ suffix: String?) throws(ModelError) -> KerasValue {
    guard !operation.isTrue("equal_nan") else {
      throw operation.site.settings.unsupported("a comparison in which NaN equals NaN")
    }
    let relative = operation.option("rtol", place: 2)?.number ?? 1e-5
    let absolute = operation.option("atol", place: 3)?.number ?? 1e-8
    let pair = Array(try operation.floats().prefix(2))
    guard pair.count == 2 else { throw operation.site.settings.unsupported("a comparison of one value") }
    let distance = try operation.one("abs", [operation.one("subtract", pair, "difference")], "distance")
    let bound = try operation.one(
      "rescaling", [operation.one("abs", [pair[1]], "size")], "bound",
      ["scale": JSONValue(number: relative), "offset": JSONValue(number: absolute)])
    return try operation.one("less_equal", [distance, bound], suffix)
  }

  /// How many elements of a row are below each value, or not above it.
  private static func places(
    _ operation: KerasOperation, _ value: KerasValue, _ row: KerasArgument, _ kind: String
  ) throws(ModelError) -> KerasValue {
    let column = try operation.one("expand_dims", [value], "column", ["axes": [-1]])
    let isBelow = try operation.one(kind, [operation.row(row, like: value), column], "is_below")
    let numbers = try operation.one("cast", [isBelow], "numbers", ["dtype": "f32"])
    let count = try operation.one("reduce_sum", [numbers], "count", ["axes": [-1]])
    return try operation.one("cast", [count], nil, ["dtype": "i32"])
  }
}

extension KerasOperation {
  /// Adds a node of one output.
  ///
  /// - Parameter suffix: what its name has behind the operation's; nil for the last
  func one(
    _ kind: String, _ inputs: [KerasValue], _ suffix: String?, _ fields: JSONObject = JSONObject()
  ) throws(ModelError) -> KerasValue {
    try site.add(kind, fields, inputs, suffix: suffix)[0]
  }

  /// A value times a number.
  func scaled(_ value: KerasValue, by factor: Double, _ suffix: String?) throws(ModelError) -> KerasValue {
    try one("rescaling", [value], suffix, ["scale": JSONValue(number: factor)])
  }

  /// An argument of one dimension, in the type of a value.
  fileprivate func row(_ argument: KerasArgument, like value: KerasValue) throws(ModelError) -> KerasValue {
    let list = try self.value(argument, value.type.dataType, 1)
    guard list.type.rank == 1 else { throw site.settings.unsupported("a row of \(list.type.rank) dimensions") }
    return list
  }
}
