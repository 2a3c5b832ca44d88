import NNFormat
import NNLayers

extension ExportTable {
  /// Kinds that give elements another shape.
  static let shapes: [String: Conversion] = [
    "flatten": { site throws(ModelError) in
      if site.rank > 1, site.axis(site.int("axis")) == 1 { return try site.layer("Flatten") }
      return try reshaped(site)
    },
    "reshape": { site throws(ModelError) in
      guard site.bool("keeps_batch"), site.rank > 0 else { return try reshaped(site) }
      return try site.layer("Reshape", ["target_shape": list(try extents(site, site.output.shape.dropFirst()))])
    },
    "permute": { site throws(ModelError) in
      let order = site.ints("permutation").map(site.axis)
      if order.first == 0, order.count > 1 {
        return try site.layer("Permute", ["dims": list(Array(order.dropFirst()))])
      }
      return try site.operation("numpy.Transpose", ["axes": list(order)])
    },
    "expand_dims": { site throws(ModelError) in
      let axes = site.ints("axes").map { $0 < 0 ? $0 + site.output.rank : $0 }.sorted()
      var value = ExportArgument.value(site.input)
      var shape = site.node.inputs[0].shape
      for (position, axis) in axes.enumerated() {
        shape.insert(.known(1), at: axis)
        value = try site.step(
          "numpy.ExpandDims", ["axis": JSONValue(axis)], value,
          as: position == axes.count - 1 ? nil : "part_\(position + 1)", TensorType(site.output.dataType, shape))
      }
      return axes.isEmpty ? try site.operation("numpy.Copy") : value.values
    },
    "squeeze": { site throws(ModelError) in
      let axes = site.ints("axes").map(site.axis).sorted()
      return axes.isEmpty
        ? try site.operation("numpy.Copy") : try site.operation("numpy.Squeeze", ["axis": list(axes)])
    },
    "expand": { site throws(ModelError) in
      let known = site.output.shape.compactMap(\.value)
      if known.count == site.output.rank { return try site.operation("numpy.BroadcastTo", ["shape": list(known)]) }
      // Keras cannot broadcast to open extents, but a factor of ones can.
      try site.require(site.output.dataType.isFloat, "open extents")
      let target = try Shape(site.ints("target_shape"))
      let ones = try Tensor([Double](repeating: 1, count: target.count), target).cast(to: site.output.dataType).tensor
      let factor = ExportValue(source: .constant(ones), type: ones.type)
      return try site.operation("numpy.Multiply", [:], [.value(site.input), .value(factor)])
    },
    "tile": { site throws(ModelError) in
      try site.require(site.rank > 0, "a value without dimensions")
      return try site.operation("numpy.Tile", ["repeats": list(site.ints("repeats"))])
    },
    "repeat_vector": { site throws(ModelError) in try site.layer("RepeatVector", site.settings("n")) },
    "up_sampling": { site throws(ModelError) in
      let size = site.ints("size")
      if size.isEmpty { return try site.operation("numpy.Copy") }
      var settings: JSONObject = ["size": size.count == 1 ? JSONValue(size[0]) : list(size)]
      if size.count == 1 {
        if site.string("data_format") == "channels_first" {
          return try site.operation("numpy.Repeat", ["repeats": JSONValue(size[0]), "axis": 2])
        }
      } else {
        settings["data_format"] = site.fields["data_format"]
      }
      return try site.layer("UpSampling\(size.count)D", settings)
    },
    "space_to_depth": { site throws(ModelError) in
      if site.int("block_size") == 1 { return try site.operation("numpy.Copy") }
      if site.string("mode") == "CRD" { return try blocks(site, deepens: true) }
      return try site.operation("nn.SpaceToDepth", site.settings("block_size", "data_format"))
    },
    "depth_to_space": { site throws(ModelError) in
      if site.int("block_size") == 1 { return try site.operation("numpy.Copy") }
      if site.string("mode") == "CRD" { return try blocks(site, deepens: false) }
      return try site.operation("nn.DepthToSpace", site.settings("block_size", "data_format"))
    },
    "resize": resized,
  ]

  /// Blocks in PyTorch's order: the shape taken apart, the axes moved and put together.
  private static func blocks(_ site: ExportSite, deepens: Bool) throws(ModelError) -> [ExportValue] {
    let size = site.int("block_size")
    let isFirst = site.string("data_format") == "channels_first"
    let wide = (deepens ? site.node.inputs[0] : site.output).shape
    let deep = (deepens ? site.output : site.node.inputs[0]).shape
    let rows = isFirst ? 2 : 1
    guard let height = deep[rows].value, let width = deep[rows + 1].value,
      let channels = wide[isFirst ? 1 : 3].value
    else { throw site.refused("the mode 'CRD' with open extents") }
    let batch = wide[0].value ?? -1
    // Of the extents [batch, channels, size, size, height, width] or those with the channels behind.
    let apart = isFirst ? [batch, channels, size, size, height, width] : [batch, height, width, channels, size, size]
    let order = [0, 1, 4, 2, 5, 3]
    let spread = order.map { apart[$0] }
    let back = order.indices.map { place in order.firstIndex(of: place) ?? 0 }
    let parts = try site.step(
      "numpy.Reshape", ["newshape": list(deepens ? spread : apart)], .value(site.input), as: "parts")
    let moved = try site.step("numpy.Transpose", ["axes": list(deepens ? back : order)], parts, as: "moved")
    return try site.operation("numpy.Reshape", ["newshape": list(try extents(site, site.output.shape[...]))], [moved])
  }

  private static func reshaped(_ site: ExportSite) throws(ModelError) -> [ExportValue] {
    try site.operation("numpy.Reshape", ["newshape": list(try extents(site, site.output.shape[...]))])
  }

  /// A shape with -1 for an open extent, of which there may be one.
  private static func extents(_ site: ExportSite, _ shape: ArraySlice<Dimension>) throws(ModelError) -> [Int] {
    try site.require(shape.count { $0.value == nil } <= 1, "a shape with several open extents")
    return shape.map { $0.value ?? -1 }
  }

  /// What Keras's `Resizing` computes over images.
  private static let resized: Conversion = { site throws(ModelError) in
    let axes = site.ints("axes").map(site.axis)
    try site.require(
      site.rank == 4 && (axes == [1, 2] || axes == [2, 3]), "axes that are not the two spatial ones of images")
    let sizes = axes.map { site.output.shape[$0].value }
    guard let height = sizes[0], let width = sizes[1] else { throw site.refused("open extents") }
    // Places are counted by the new and the old extents.
    let scales = site.fields["scales"]?.array?.compactMap(\.number) ?? []
    for (axis, scale) in zip(axes, scales) {
      let extent = site.node.inputs[0].shape[axis].value ?? 0
      try site.require(
        Double(extent) * scale == Double(site.output.shape[axis].value ?? 0), "scales that do not go into the extents")
    }
    let transformation = site.string("coordinate_transformation_mode")
    let mode = site.string("mode")
    let antialias = site.bool("antialias")
    try site.require(transformation == "half_pixel", "the coordinate_transformation_mode '\(transformation)'")
    switch mode {
    case "nearest":
      let nearest = site.string("nearest_mode")
      try site.require(nearest == "round_prefer_ceil", "the nearest_mode '\(nearest)'")
    case "cubic":
      try site.require(
        site.number("cubic_coeff_a") == -0.5 && site.bool("exclude_outside"),
        "a cubic_coeff_a other than -0.5, or no exclude_outside")
    default: break
    }
    let interpolation = ["nearest": "nearest", "linear": "bilinear", "cubic": "bicubic"][mode] ?? mode
    if mode == "linear" {
      try site.require(!antialias || site.bool("exclude_outside"), "antialias without exclude_outside")
    }
    return try site.layer(
      "Resizing",
      [
        "height": JSONValue(height), "width": JSONValue(width), "interpolation": .string(interpolation),
        "antialias": .bool(antialias), "data_format": axes == [1, 2] ? "channels_last" : "channels_first",
      ])
  }
}
