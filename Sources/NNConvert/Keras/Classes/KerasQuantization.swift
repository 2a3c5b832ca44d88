import NNFormat

/// How the weights of a layer are quantised, by its policy of types and its settings.
///
/// Source: `keras/src/layers/core/dense.py` and `embedding.py` of Keras 3.15.
enum KerasQuantization {
  case none
  /// A signed byte for each weight, and a factor for each column or row.
  case int8
  /// Four bits for each weight, two in a byte; with blocks, a factor and a zero for each group of rows.
  case int4(blocks: Bool)
  case other(String)

  init(_ layer: KerasLayer) {
    let policy = layer.config["dtype"]
    let config = policy?.object?["config"]?.object
    let name = policy?.string ?? config?["name"]?.string ?? ""
    let mode = config?["mode"]?.string ?? (name.contains("_from_") ? name : "")
    let word = String(mode.split { $0 == "_" || $0 == "/" }.first ?? "")
    switch word {
    case "": self = .none
    case "int8": self = .int8
    case "int4":
      let settings = layer.config["quantization_config"]?.object?["config"]?.object
      let stated = mode.split { $0 == "_" || $0 == "/" }.dropFirst().first.flatMap { Int($0) }
      self = .int4(blocks: (settings?["block_size"]?.smallInt ?? stated ?? -1) > 0)
    default: self = .other(word)
    }
  }

  /// The weights of a layer with a quantised one of the given name, in Keras's order.
  static func variables(
    _ name: String, then others: [KerasVariable] = [], _ settings: KerasSettings
  ) throws(ModelError) -> [KerasVariable] {
    let first = [KerasVariable(name)] + others
    switch KerasQuantization(settings.layer) {
    case .none: return first
    case .int8, .int4(blocks: false): return first + [KerasVariable("\(name)_scale", isTrained: false)]
    case .int4(blocks: true):
      return first
        + ["\(name)_scale", "\(name)_zero", "g_idx"].map { KerasVariable($0, isTrained: false) }
    case .other(let mode): throw settings.unsupported("weights quantised as \(mode)")
    }
  }

  /// Whether the inputs are quantised too, as is the rule with 8 bits.
  static func quantizesInputs(_ layer: KerasLayer) -> Bool {
    guard case .int8 = KerasQuantization(layer) else { return false }
    guard let settings = layer.config["quantization_config"]?.object?["config"]?.object else { return true }
    return settings["activation_quantizer"] != JSONValue.null
  }

  /// The kernel of a dense layer in floating point, with what its quantisation divided put back.
  static func kernel(_ site: KerasSite) throws(ModelError) -> KerasTensor {
    try restored(
      try site.weight("kernel"), "kernel", columns: try site.settings.int("units"), groupsAreRows: true, site)
  }

  /// The table of an embedding in floating point.
  static func embeddings(_ site: KerasSite) throws(ModelError) -> KerasTensor {
    try restored(
      try site.weight("embeddings"), "embeddings", columns: try site.settings.int("output_dim"), groupsAreRows: false,
      site)
  }

  /// - Parameter groupsAreRows: whether factors are those of columns, and groups of rows; else the reverse
  private static func restored(
    _ weights: KerasTensor, _ name: String, columns: Int, groupsAreRows: Bool, _ site: KerasSite
  ) throws(ModelError) -> KerasTensor {
    switch KerasQuantization(site.layer) {
    case .none, .other: return weights
    case .int8: return try divided(weights, name, byColumn: groupsAreRows, site)
    case .int4(let blocks):
      let whole = try unpacked(weights, columns: columns, site)
      guard blocks else { return try divided(whole, name, byColumn: groupsAreRows, site) }
      let scale = try numbers("\(name)_scale", site)
      let zero = try numbers("\(name)_zero", site)
      let groups = try numbers("g_idx", site).map { Int($0) }
      let shape = try site.weight("\(name)_scale").shape
      let rows = whole.shape[0]
      guard shape.rank == 2, scale.count == zero.count, groups.count == (groupsAreRows ? rows : columns),
        groups.allSatisfy({ (0..<shape[groupsAreRows ? 0 : 1]).contains($0) }),
        shape[groupsAreRows ? 1 : 0] == (groupsAreRows ? columns : rows)
      else { throw site.settings.unsupported("groups of other shapes than the weights'") }
      return try whole.mapped(site.computeType, "less the zeros of their groups, times their factors") { index, value in
        let (row, column) = (index / columns, index % columns)
        let place = groupsAreRows ? groups[row] * columns + column : row * shape[1] + groups[column]
        return (value - zero[place]) * scale[place]
      }
    }
  }

  private static func divided(
    _ weights: KerasTensor, _ name: String, byColumn: Bool, _ site: KerasSite
  ) throws(ModelError) -> KerasTensor {
    let scale = try numbers("\(name)_scale", site)
    let columns = weights.shape.dimensions.last ?? 1
    guard weights.shape.rank == 2, scale.count == (byColumn ? columns : weights.shape[0]) else {
      throw site.settings.unsupported("factors of another number than the weights'")
    }
    return try weights.mapped(site.computeType, "divided by the factors of their \(byColumn ? "columns" : "rows")") {
      $1 / scale[byColumn ? $0 % columns : $0 / columns]
    }
  }

  /// Four-bit numbers, the even column in the lower half of a byte.
  private static func unpacked(_ packed: KerasTensor, columns: Int, _ site: KerasSite) throws(ModelError) -> KerasTensor
  {
    guard packed.shape.rank == 2, packed.changing.tensor.dataType == .i8, columns > 0,
      packed.shape[1] == (columns + 1) / 2
    else { throw site.settings.unsupported("four-bit weights in another form") }
    let bytes = packed.changing.tensor.elements(as: Int8.self)
    let width = packed.shape[1]
    var values: [Int8] = []
    for row in 0..<packed.shape[0] {
      for column in 0..<columns {
        let byte = bytes[row * width + column / 2]
        values.append(column % 2 == 0 ? (byte << 4) >> 4 : byte >> 4)
      }
    }
    return packed.replaced(try Tensor(values, try Shape([packed.shape[0], columns])), "four-bit numbers unpacked")
  }

  static func numbers(_ name: String, _ site: KerasSite) throws(ModelError) -> [Double] {
    try site.weight(name).changing.tensor.cast(to: .f64).tensor.elements(as: Double.self)
  }

  /// A product of whole numbers, with the input quantised row by row as Keras does:
  /// `q = clip(round(x · s), -127, 127)` with `s = 127 / (max |x| + 1e-7)`, and `(q · kernel) / (s · kernel_scale)`.
  static func product(_ site: KerasSite, _ input: KerasValue, units: Int) throws(ModelError) -> KerasValue {
    let type = input.type.dataType
    let kernel = try site.weight("kernel").mapped(type, "whole numbers in floating point") { $1 }
    let scale = try numbers("kernel_scale", site)
    guard scale.count == units else { throw site.settings.unsupported("factors of another number than the weights'") }
    let magnitudes = try site.add("abs", [:], [input], suffix: "magnitudes")
    let greatest = try site.add("reduce_max", ["axes": [-1], "keepdims": true], magnitudes, suffix: "greatest")[0]
    let bound = try site.add("rescaling", ["scale": 1.0, "offset": 1e-7], [greatest], suffix: "bound")[0]
    let range = try site.constant([127], [], type, suffix: "range")
    let factor = try site.add("divide", [:], [range, bound], suffix: "factor")[0]
    let scaled = try site.add("multiply", [:], [input, factor], suffix: "scaled")
    let rounded = try site.add("round", [:], scaled, suffix: "rounded")
    let whole = try site.add("clip", ["min": -127.0, "max": 127.0], rounded, suffix: "quantized")
    let product = try site.add(
      "dense", ["units": JSONValue(units), "use_bias": false], whole, [("weights", kernel)], suffix: "product")[0]
    let columns = try site.constant(scale, [units], type, suffix: "kernel_scale")
    let divisor = try site.add("multiply", [:], [columns, factor], suffix: "divisor")[0]
    return try site.add("divide", [:], [product, divisor], suffix: "quotient")[0]
  }
}
