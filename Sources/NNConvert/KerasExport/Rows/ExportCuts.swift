import NNFormat
import NNLayers

extension ExportTable {
  /// Kinds that add and take away parts, and that choose elements.
  static let cuts: [String: Conversion] = [
    "padding": { site throws(ModelError) in
      let mode = site.string("mode")
      try site.require(
        mode == "constant" || mode == "reflect", "the mode '\(mode)', which Keras does not have on TensorFlow")
      let pairs = (site.fields["padding"]?.array ?? []).map { $0.array?.compactMap(\.int) ?? [] }
      guard pairs.contains(where: { $0 != [0, 0] }) else { return try site.operation("numpy.Copy") }
      for (pair, extent) in zip(pairs, site.node.inputs[0].shape) where mode == "reflect" {
        try site.require((pair.max() ?? 0) < extent.value ?? .max, "a reflection farther than the extent")
      }
      let value = site.number("value")
      try site.require(value.isFinite, "a value that is not finite")
      let isBool = site.output.dataType == .bool
      let filling: [ExportArgument] =
        mode == "constant" && value != 0 ? [.json(isBool ? true : site.fields["value"] ?? 0)] : []
      return try site.operation(
        "numpy.Pad", ["pad_width": site.fields["padding"] ?? [], "mode": .string(mode)], [.value(site.input)] + filling)
    },
    "cropping": { site throws(ModelError) in
      let pairs = (site.fields["cropping"]?.array ?? []).map { $0.array?.compactMap(\.int) ?? [] }
      return try item(site, pairs.map { slice($0[0] == 0 ? nil : $0[0], $0[1] == 0 ? nil : -$0[1], nil) })
    },
    "slice": { site throws(ModelError) in
      let (starts, ends) = (site.ints("starts"), site.ints("ends"))
      let axes = site.ints("axes").isEmpty ? Array(starts.indices) : site.ints("axes").map(site.axis)
      let strides = site.ints("strides").isEmpty ? starts.map { _ in 1 } : site.ints("strides")
      var index = [ExportArgument](repeating: slice(nil, nil, nil), count: site.rank)
      for (place, axis) in axes.enumerated() {
        let (start, end, stride) = (starts[place], ends[place], strides[place])
        let extent = site.node.inputs[0].shape[axis].value
        // An end before the first element is none: -1 would be the last one.
        let isOpen = stride > 0 ? end >= extent ?? 1 << 30 : end < -(extent ?? 1 << 30)
        var first: Int? = start
        if stride < 0, let extent, start >= extent { first = nil }
        if stride > 0, let extent, start < -extent { first = nil }
        index[axis] = slice(first, isOpen ? nil : end, stride == 1 ? nil : stride)
      }
      return try item(site, index)
    },
    "split": { site throws(ModelError) in
      let axis = site.axis(site.int("axis"))
      var (indices, end) = ([Int](), 0)
      for output in site.node.outputs.dropLast() {
        guard let extent = output.shape[axis].value else { throw site.refused("sizes that are not known") }
        end += extent
        indices.append(end)
      }
      return try site.operation(
        "numpy.Split", ["indices_or_sections": indices.isEmpty ? 1 : list(indices), "axis": JSONValue(axis)])
    },
    "gather": { site throws(ModelError) in
      try site.operation("numpy.Take", ["axis": JSONValue(site.axis(site.int("axis")))])
    },
    "gather_elements": { site throws(ModelError) in
      let axis = site.axis(site.int("axis"))
      let (data, indices) = (site.node.inputs[0].shape, site.node.inputs[1].shape)
      // Keras wants equal extents beside the axis.
      var index = [ExportArgument](repeating: slice(nil, nil, nil), count: site.rank)
      var cuts = false
      for place in data.indices where place != axis && data[place] != indices[place] {
        guard let extent = indices[place].value else { throw site.refused("open extents beside the axis") }
        index[place] = slice(nil, extent, nil)
        cuts = true
      }
      var part = ExportArgument.value(site.input)
      if cuts { part = try site.step("numpy.GetItem", [:], part, .list(index), as: "part", site.node.inputs[0]) }
      return try site.operation(
        "numpy.TakeAlongAxis", ["axis": JSONValue(axis)], [part, .value(site.inputs[1])])
    },
    "scatter_nd": { site throws(ModelError) in
      let reduction = site.string("reduction")
      let (data, places) = (site.node.inputs[0].shape, site.node.inputs[1])
      guard let count = places.shape.last?.value, count > 0 else { throw site.refused("indices of no dimensions") }
      let extents = data.prefix(count).compactMap(\.value)
      try site.require(extents.count == count, "open extents where indices count from the end")
      // TensorFlow does not count from the end.
      let sizes =
        places.dataType == .i32
        ? try Tensor(extents.map { Int32(clamping: $0) }, try Shape([count]))
        : try Tensor(extents.map { Int64($0) }, try Shape([count]))
      let index = ExportArgument.value(site.inputs[1])
      let flags = TensorType(.bool, places.shape)
      let isBack = try site.step("numpy.Less", [:], index, .json(0), as: "backward", flags)
      let moved = try site.step(
        "numpy.Add", [:], index, .value(ExportValue(source: .constant(sizes), type: sizes.type)), as: "moved", places)
      let whole = try site.step("numpy.Where", [:], isBack, moved, index, as: "indices", places)
      return try site.operation(
        "core.ScatterUpdate", ["reduction": reduction == "none" ? .null : .string(reduction)],
        [.value(site.input), whole, .value(site.inputs[2])])
    },
    "segment_sum": { site throws(ModelError) in try site.operation("math.SegmentSum", segments(site)) },
    "segment_mean": { site throws(ModelError) in
      let input = ExportArgument.value(site.input)
      let places = ExportArgument.value(site.inputs[1])
      let ones = try site.step("numpy.OnesLike", [:], input, as: "ones", site.node.inputs[0])
      let sums = try site.step("math.SegmentSum", segments(site), input, places, as: "sums")
      let counts = try site.step("math.SegmentSum", segments(site), ones, places, as: "counts")
      let divisors = try site.step("numpy.Maximum", [:], counts, .json(1), as: "divisors")
      return try site.operation("numpy.Divide", [:], [sums, divisors])
    },
  ]

  /// Part of an index, as Python has it.
  static func slice(_ start: Int?, _ stop: Int?, _ step: Int?) -> ExportArgument {
    func bound(_ value: Int?) -> JSONValue { value.map { JSONValue($0) } ?? .null }
    return .json([
      "class_name": "__slice__", "config": ["start": bound(start), "stop": bound(stop), "step": bound(step)],
    ])
  }

  private static func segments(_ site: ExportSite) -> JSONObject {
    ["num_segments": site.fields["num_segments"] ?? 1, "sorted": false]
  }

  /// The input at an index.
  static func item(_ site: ExportSite, _ index: [ExportArgument]) throws(ModelError) -> [ExportValue] {
    if index.isEmpty { return try site.operation("numpy.Copy") }
    return try site.operation("numpy.GetItem", [:], [.value(site.input), .list(index)])
  }
}
