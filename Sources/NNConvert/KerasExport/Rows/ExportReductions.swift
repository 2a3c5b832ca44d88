import NNFormat
import NNLayers

extension ExportTable {
  /// Kinds that make one element of many.
  static let reductions: [String: Conversion] = {
    var table: [String: Conversion] = [:]
    for (kind, operation) in [
      ("reduce_sum", "numpy.Sum"), ("reduce_mean", "numpy.Mean"), ("reduce_max", "numpy.Max"),
      ("reduce_min", "numpy.Min"), ("reduce_prod", "numpy.Prod"), ("reduce_log_sum_exp", "math.Logsumexp"),
    ] {
      table[kind] = { site throws(ModelError) in try site.operation(operation, axes(site)) }
    }
    for (kind, each) in [("reduce_l1", "numpy.Absolute"), ("reduce_l2", "numpy.Square")] {
      table[kind] = { site throws(ModelError) in
        let terms = try site.step(each, [:], .value(site.input), as: "terms", site.node.inputs[0])
        if kind == "reduce_l1" { return try site.operation("numpy.Sum", axes(site), [terms]) }
        return try site.operation("numpy.Sqrt", [:], [site.step("numpy.Sum", axes(site), terms, as: "sum")])
      }
    }
    for (kind, operation) in [("argmax", "numpy.Argmax"), ("argmin", "numpy.Argmin")] {
      table[kind] = { site throws(ModelError) in
        var input = ExportArgument.value(site.input)
        let axis = site.axis(site.int("axis"))
        let isLast = site.bool("select_last_index")
        let extent = site.node.inputs[0].shape[axis].value
        if isLast {
          try site.require(extent != nil, "select_last_index along an open extent")
          input = try site.step("numpy.Flip", ["axis": JSONValue(axis)], input, as: "turned", site.node.inputs[0])
        }
        // Keras counts in int32.
        let settings: JSONObject = ["axis": JSONValue(axis), "keepdims": .bool(site.bool("keepdims"))]
        let found = try site.step(operation, settings, input, as: "index", TensorType(.i32, site.output.shape))
        guard isLast, let extent else { return try site.operation("core.Cast", ["dtype": "int64"], [found]) }
        // In numbers that every place fits in; the catalogue subtracts no integers.
        let wide = TensorType(.f64, site.output.shape)
        let place = try site.step("core.Cast", ["dtype": "float64"], found, as: "place", wide)
        let end = ExportValue(source: .constant(try Tensor([Double(extent - 1)], [])), type: TensorType(.f64, []))
        let last = try site.step("numpy.Subtract", [:], .value(end), place, as: "last", wide)
        return try site.operation("core.Cast", ["dtype": "int64"], [last])
      }
    }
    table["cumsum"] = { site throws(ModelError) in
      let axis = site.axis(site.int("axis"))
      let place: JSONObject = ["axis": JSONValue(axis)]
      var value = ExportArgument.value(site.input)
      if site.bool("reverse") { value = try site.step("numpy.Flip", place, value, as: "turned") }
      if site.bool("exclusive") {
        // Sums of all elements before are sums of elements that were moved by one.
        let width = (0..<site.rank).map { JSONValue.array([$0 == axis ? 1 : 0, 0]) }
        var index = [ExportArgument](repeating: slice(nil, nil, nil), count: site.rank)
        index[axis] = slice(nil, -1, nil)
        value = try site.step("numpy.Pad", ["pad_width": .array(width), "mode": "constant"], value, as: "longer")
        value = try site.step("numpy.GetItem", [:], value, .list(index), as: "moved")
      }
      guard site.bool("reverse") else { return try site.operation("numpy.Cumsum", place, [value]) }
      return try site.operation("numpy.Flip", place, [site.step("numpy.Cumsum", place, value, as: "sums")])
    }
    table["top_k"] = { site throws(ModelError) in
      let axis = site.axis(site.int("axis"))
      let (turns, isLeast) = (axis != site.rank - 1, !site.bool("largest"))
      let exchange: JSONObject = ["axis1": JSONValue(axis), "axis2": -1]
      func turned(_ value: ExportArgument, _ suffix: String, _ type: TensorType) throws(ModelError) -> ExportArgument {
        turns ? try site.step("numpy.Swapaxes", exchange, value, as: suffix, type) : value
      }
      var input = try turned(.value(site.input), "turned", site.node.inputs[0])
      if isLeast { input = try site.step("numpy.Negative", [:], input, as: "negative", site.node.inputs[0]) }
      let counted = TensorType(.i32, site.node.outputs[1].shape)
      let found = try site.operation(
        "math.TopK", ["k": site.fields["k"] ?? 1], [input], suffix: "found", types: [site.node.outputs[0], counted])
      var elements = ExportArgument.value(found[0])
      if isLeast { elements = try site.step("numpy.Negative", [:], elements, as: "least") }
      // Keras counts in int32.
      let indices = try site.step("core.Cast", ["dtype": "int64"], .value(found[1]), as: "wide", site.node.outputs[1])
      return try turned(elements, "elements", site.output).values
        + turned(indices, "indices", site.node.outputs[1]).values
    }
    return table
  }()

  private static func axes(_ site: ExportSite) -> JSONObject {
    let axes = site.ints("axes").map(site.axis)
    return ["axis": axes.isEmpty ? .null : list(axes), "keepdims": .bool(site.bool("keepdims"))]
  }
}
