import NNFormat
import NNLayers

extension ExportTable {
  /// Pooling.
  static let poolings: [String: Conversion] = {
    var table: [String: Conversion] = [:]
    for (kind, className) in [
      ("global_max_pooling", "GlobalMaxPooling"), ("global_average_pooling", "GlobalAveragePooling"),
    ] {
      table[kind] = { site throws(ModelError) in
        try site.layer("\(className)\(spatial(site))D", site.settings("data_format", "keepdims"))
      }
    }
    for (kind, className) in [
      ("adaptive_max_pooling", "AdaptiveMaxPooling"), ("adaptive_average_pooling", "AdaptiveAveragePooling"),
    ] {
      table[kind] = { site throws(ModelError) in
        if className == "AdaptiveMaxPooling" { try requirePlanes(site) }
        return try site.layer("\(className)\(spatial(site))D", site.settings("output_size", "data_format"))
      }
    }
    table["max_pooling"] = { site throws(ModelError) in
      try requirePlanes(site)
      try site.require(extents(site, "dilation_rate").allSatisfy { $0 == 1 }, "a dilation_rate")
      try site.require(
        site.string("padding") != "explicit" || site.ints("pads").allSatisfy { $0 == 0 },
        "the padding 'explicit', for whose positions there is no least element in Keras")
      return try pooled(site, "MaxPooling")
    }
    table["average_pooling"] = { site throws(ModelError) in
      let counts = site.bool("count_include_padding")
      let padding = site.string("padding")
      try site.require(
        padding == "valid" || counts == (padding == "explicit")
          || padding == "explicit" && site.ints("pads").allSatisfy { $0 == 0 },
        counts
          ? "count_include_padding with the padding '\(padding)'"
          : "the padding 'explicit' without count_include_padding")
      return try pooled(site, "AveragePooling")
    }
    return table
  }()

  private static func requirePlanes(_ site: ExportSite) throws(ModelError) {
    try site.require(
      spatial(site) < 3 || site.output.dataType != .f64, "f64 over three dimensions, which TensorFlow does not have")
  }

  private static func pooled(_ site: ExportSite, _ className: String) throws(ModelError) -> [ExportValue] {
    let padding = site.string("padding")
    try site.require(padding != "same_lower", "the padding 'same_lower'")
    let pool = site.ints("pool_size")
    let strides = site.ints("strides").isEmpty ? pool : site.ints("strides")
    let pads = padding == "explicit" ? site.ints("pads") : [Int](repeating: 0, count: 2 * pool.count)
    if site.bool("ceil_mode"), padding != "same" {
      for (place, axis) in spatialAxes(site).enumerated() {
        guard let extent = site.node.inputs[0].shape[axis].value, let count = site.output.shape[axis].value,
          count == (extent + pads[place] + pads[place + pool.count] - pool[place]) / strides[place] + 1
        else { throw site.refused("ceil_mode where the last window reaches beyond the input") }
      }
    }
    var settings = site.settings("pool_size", "data_format")
    settings["strides"] = list(strides)
    settings["padding"] = padding == "same" ? "same" : "valid"
    let input = try padded(site, Array(pads.prefix(pool.count)), Array(pads.dropFirst(pool.count)))
    return try site.layer("\(className)\(spatial(site))D", settings, [], [input])
  }
}
