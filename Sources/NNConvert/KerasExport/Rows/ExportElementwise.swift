import NNFormat

extension ExportTable {
  /// Functions of each element, comparisons and logic.
  static let elementwise: [String: Conversion] = {
    var table: [String: Conversion] = [:]
    for (kind, operation) in [
      ("abs", "numpy.Absolute"), ("neg", "numpy.Negative"), ("sign", "numpy.Sign"),
      ("reciprocal", "numpy.Reciprocal"), ("square", "numpy.Square"), ("sqrt", "numpy.Sqrt"), ("rsqrt", "math.Rsqrt"),
      ("floor", "numpy.Floor"), ("ceil", "numpy.Ceil"), ("round", "numpy.Round"), ("log", "numpy.Log"),
      ("log1p", "numpy.Log1p"), ("expm1", "numpy.Expm1"), ("erf", "math.Erf"), ("sin", "numpy.Sin"),
      ("cos", "numpy.Cos"), ("tan", "numpy.Tan"), ("asin", "numpy.Arcsin"), ("acos", "numpy.Arccos"),
      ("atan", "numpy.Arctan"), ("sinh", "numpy.Sinh"), ("cosh", "numpy.Cosh"), ("asinh", "numpy.Arcsinh"),
      ("acosh", "numpy.Arccosh"), ("atanh", "numpy.Arctanh"), ("equal", "numpy.Equal"),
      ("not_equal", "numpy.NotEqual"), ("less", "numpy.Less"), ("less_equal", "numpy.LessEqual"),
      ("greater", "numpy.Greater"), ("greater_equal", "numpy.GreaterEqual"), ("and", "numpy.LogicalAnd"),
      ("or", "numpy.LogicalOr"), ("xor", "numpy.LogicalXor"), ("not", "numpy.LogicalNot"), ("where", "numpy.Where"),
    ] {
      table[kind] = { site throws(ModelError) in try site.operation(operation) }
    }
    table["cast"] = cast
    table["clip"] = { site throws(ModelError) in
      let (low, high) = (site.number("min"), site.number("max"))
      switch (low.isFinite, high.isFinite) {
      case (true, true) where low > high:
        // Keras leaves open what this gives.
        let raised = try site.step("numpy.Maximum", [:], .value(site.input), .json(.double(low)), as: "raised")
        return try site.operation("numpy.Minimum", [:], [raised, .json(.double(high))])
      case (true, true): return try site.operation("numpy.Clip", ["x_min": .double(low), "x_max": .double(high)])
      case (true, false) where high > 0:
        return try site.operation("numpy.Maximum", [:], [.value(site.input), .json(.double(low))])
      case (false, true) where low < 0:
        return try site.operation("numpy.Minimum", [:], [.value(site.input), .json(.double(high))])
      case (false, false) where low < high: return try site.layer("Activation", ["activation": "linear"])
      default: throw site.refused("bounds that leave nothing but an infinity")
      }
    }
    return table
  }()
}
