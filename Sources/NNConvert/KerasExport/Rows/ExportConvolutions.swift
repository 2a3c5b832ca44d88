import NNFormat
import NNLayers

extension ExportTable {
  /// Convolutions.
  static let convolutions: [String: Conversion] = [
    "convolution": { site throws(ModelError) in
      let (input, padding) = try padded(site, causal: true)
      var settings = try window(site, padding)
      for name in ["filters", "groups"] { settings[name] = site.fields[name] }
      return try site.layer(
        "Conv\(spatial(site))D", settings, site.weights("kernel", "biases"), [input])
    },
    "depthwise_convolution": { site throws(ModelError) in
      try site.require(spatial(site) < 3, "Keras has no depthwise convolution over three dimensions")
      try requireEqualStrides(site)
      let (input, padding) = try padded(site, causal: false)
      var settings = try window(site, padding)
      settings["depth_multiplier"] = site.fields["depth_multiplier"]
      return try site.layer(
        "DepthwiseConv\(spatial(site))D", settings, site.weights("kernel", "biases"), [input])
    },
    "separable_convolution": { site throws(ModelError) in
      try site.require(spatial(site) < 3, "Keras has no separable convolution over three dimensions")
      try requireEqualStrides(site)
      let (input, padding) = try padded(site, causal: false)
      var settings = try window(site, padding)
      for name in ["filters", "depth_multiplier"] { settings[name] = site.fields[name] }
      var weights = try site.weights("depthwise_kernel", "pointwise_kernel", "biases")
      let shape = weights[1].tensor.tensor.shape.dimensions
      try weights[1].reshape([Int](repeating: 1, count: spatial(site)) + shape)
      return try site.layer("SeparableConv\(spatial(site))D", settings, weights, [input])
    },
    "convolution_transpose": transposed,
  ]

  /// How many spatial dimensions there are.
  static func spatial(_ site: ExportSite) -> Int { site.rank - 2 }

  /// The places of the spatial dimensions.
  static func spatialAxes(_ site: ExportSite) -> Range<Int> {
    site.string("data_format") == "channels_first" ? 2..<site.rank : 1..<site.rank - 1
  }

  /// A list of a window's settings, with what stands for an empty one.
  static func extents(_ site: ExportSite, _ name: String, default standard: Int = 1) -> [Int] {
    let given = site.ints(name)
    return given.isEmpty ? [Int](repeating: standard, count: spatial(site)) : given
  }

  /// The spans of the window: how far its positions reach.
  private static func spans(_ site: ExportSite) -> [Int] {
    zip(extents(site, "kernel_size"), extents(site, "dilation_rate")).map { ($0 - 1) * $1 + 1 }
  }

  private static func window(_ site: ExportSite, _ padding: String) throws(ModelError) -> JSONObject {
    let strides = extents(site, "strides")
    let rate = extents(site, "dilation_rate")
    let channels = site.node.inputs[0].shape[site.string("data_format") == "channels_first" ? 1 : site.rank - 1]
    try site.require(channels != .known(0), "an input without channels")
    try site.require(
      strides.allSatisfy { $0 == 1 } || rate.allSatisfy { $0 == 1 }, "Keras takes strides or a dilation rate, not both")
    var settings = site.settings("kernel_size", "data_format", "use_bias")
    settings["strides"] = list(strides)
    settings["dilation_rate"] = list(rate)
    settings["padding"] = .string(padding)
    return settings
  }

  private static func requireEqualStrides(_ site: ExportSite) throws(ModelError) {
    try site.require(
      Set(extents(site, "strides")).count <= 1,
      "Keras's depthwise convolutions take equal strides along both dimensions")
  }

  /// The input with what paddings add that Keras does not have, and Keras's own padding.
  private static func padded(_ site: ExportSite, causal: Bool) throws(ModelError) -> (ExportArgument, String) {
    let zeros = [Int](repeating: 0, count: spatial(site))
    switch site.string("padding") {
    case "valid": return (.value(site.input), "valid")
    case "same": return (.value(site.input), "same")
    case "causal":
      // Keras has it along one dimension, with the channels behind it.
      if causal, spatial(site) == 1, site.string("data_format") == "channels_last" {
        return (.value(site.input), "causal")
      }
      return (try padded(site, spans(site).map { $0 - 1 }, zeros), "valid")
    case "explicit":
      let pads = site.ints("pads")
      return (try padded(site, Array(pads.prefix(spatial(site))), Array(pads.dropFirst(spatial(site)))), "valid")
    default:
      let strides = extents(site, "strides")
      var (before, after) = (zeros, zeros)
      for (place, axis) in spatialAxes(site).enumerated() {
        guard let extent = site.node.inputs[0].shape[axis].value else {
          throw site.refused("the padding 'same_lower' along an open extent")
        }
        let count = (extent + strides[place] - 1) / strides[place]
        let total = max((count - 1) * strides[place] + spans(site)[place] - extent, 0)
        (before[place], after[place]) = (total - total / 2, total / 2)
      }
      return (try padded(site, before, after), "valid")
    }
  }

  /// The input with zeros around its spatial dimensions.
  static func padded(_ site: ExportSite, _ before: [Int], _ after: [Int]) throws(ModelError) -> ExportArgument {
    guard (before + after).contains(where: { $0 > 0 }) else { return .value(site.input) }
    var width = [[Int]](repeating: [0, 0], count: site.rank)
    var shape = site.node.inputs[0].shape
    for (place, axis) in spatialAxes(site).enumerated() {
      width[axis] = [before[place], after[place]]
      if let extent = shape[axis].value { shape[axis] = .known(extent + before[place] + after[place]) }
    }
    return try site.step(
      "numpy.Pad", ["pad_width": .array(width.map(list)), "mode": "constant"], .value(site.input), as: "padded",
      TensorType(site.output.dataType, shape))
  }

  /// Keras's own paddings where they fit; else all that is reached, and then a cut.
  private static let transposed: Conversion = { site throws(ModelError) in
    try site.require(site.int("groups") == 1, "Keras's transposed convolutions have no groups")
    let rank = spatial(site)
    let (strides, spans) = (extents(site, "strides"), spans(site))
    var settings = try window(site, "valid")
    settings["filters"] = site.fields["filters"]
    var weights = try site.weights("kernel", "biases")
    try weights[0].permute(Array(0..<rank) + [rank + 1, rank])
    let name = "Conv\(rank)DTranspose"
    let extra = extents(site, "output_padding", default: 0)
    let missing = zip(strides, spans).map { max($0 - $1, 0) }
    var (before, after) = ([Int](repeating: 0, count: rank), [Int](repeating: 0, count: rank))
    switch site.string("padding") {
    case "same" where extra.allSatisfy { $0 == 0 }:
      settings["padding"] = "same"
      return try site.layer(name, settings, weights)
    case "valid": break
    case "explicit":
      let pads = site.ints("pads")
      (before, after) = (Array(pads.prefix(rank)), Array(pads.dropFirst(rank)))
    case let padding:
      for place in 0..<rank {
        let cut = spans[place] - strides[place]
        try site.require(cut >= 0, "the padding '\(padding)' with strides above the window")
        before[place] = padding == "same" ? cut / 2 : cut - cut / 2
        after[place] = cut - before[place]
      }
    }
    // What Keras has behind the outputs that it should not have.
    let cut = (0..<rank).map { after[$0] - extra[$0] + missing[$0] }
    try site.require(cut.allSatisfy { $0 >= 0 }, "an output_padding beyond the stride")
    if (before + cut).allSatisfy({ $0 == 0 }) { return try site.layer(name, settings, weights) }
    var shape = site.output.shape
    for axis in spatialAxes(site) { shape[axis] = .symbol("whole") }
    let whole = try site.layer(
      name, settings, weights, suffix: "whole", types: [TensorType(site.output.dataType, shape)])
    var index = [ExportArgument](repeating: slice(nil, nil, nil), count: site.rank)
    for (place, axis) in spatialAxes(site).enumerated() {
      index[axis] = slice(before[place], cut[place] == 0 ? nil : -cut[place], nil)
    }
    return try site.operation("numpy.GetItem", [:], [.value(whole[0]), .list(index)])
  }
}
