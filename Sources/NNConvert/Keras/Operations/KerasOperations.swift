import NNFormat

/// The operations that Keras keeps in functional graphs: `keras.ops` of Keras 3, functions of TensorFlow in Keras 2.
struct KerasOperations {
  typealias Conversion = @Sendable (KerasOperation) throws(ModelError) -> [KerasValue]

  /// All operations by their names in `keras.ops`.
  static let all: [String: Conversion] =
    [
      elementwise, functions, arithmetic, pairs, contractions, reductions, numbersOnly, scales, orders, moves, pieces,
      arrangements, windows, patches, images, attention, KerasRearrange.all,
    ].reduce(into: [:]) { all, part in all.merge(part) { first, _ in first } }

  /// The row of an operation.
  static func row(_ layer: KerasLayer) -> KerasClass {
    let function = layer.config["function"]?.string ?? layer.config["node_def"]?.object?["op"]?.string
    let name = function.map(name(ofTensorFlow:)) ?? name(ofClass: layer.className)
    guard let convert = all[name] else {
      let reason = refused[name].map { "the operation '\(function ?? name)' is refused: \($0)" }
      return KerasClass(
        refused: layer.className, because: reason ?? "the operation '\(function ?? name)' is not known")
    }
    return KerasClass(layer.className) { site throws(ModelError) in
      site.settings.ignoreAll()
      return try convert(KerasOperation(site))
    }
  }

  /// `ExpandDims` is `expand_dims`, `Relu6` is `relu6`.
  static func name(ofClass name: String) -> String { classes[name] ?? KerasModelWeights.snakeCase(name) }

  /// Classes that have another name than their functions.
  private static let classes = [
    "LayerNorm": "layer_normalization", "RMSNorm": "rms_normalization", "BatchNorm": "batch_normalization",
    "SearchSorted": "searchsorted", "IsIn": "isin", "RGBToGrayscale": "rgb_to_grayscale", "RGBToHSV": "rgb_to_hsv",
    "HSVToRGB": "hsv_to_rgb", "Resize": "image_resize", "StopGradient": "identity", "CDist": "cdist", "FFT": "fft",
    "FFT2": "fft2", "IFFT2": "ifft2", "RFFT": "rfft", "IRFFT": "irfft", "STFT": "stft", "ISTFT": "istft", "SVD": "svd",
    "JVP": "jvp", "AllClose": "allclose", "ExtractPatches3D": "extract_patches_3d", "PSNR": "psnr", "SSIM": "ssim",
    "CTCLoss": "ctc_loss", "CTCDecode": "ctc_decode", "Fabs": "absolute",
    "Abs": "absolute",
  ]

  /// `math.reduce_mean` is `mean`, `__operators__.getitem` is `get_item`.
  private static func name(ofTensorFlow function: String) -> String {
    var last = String(function.split(separator: ".").last ?? "")
    // Nodes of a graph of TensorFlow have names like RealDiv and AddV2.
    if last.first?.isUppercase == true { last = name(ofClass: nodes[last] ?? last) }
    if function == "image.resize" { return "image_resize" }
    return tensorFlow[last] ?? last
  }

  private static let nodes = [
    "AddV2": "Add", "BiasAdd": "Add", "ConcatV2": "Concatenate", "BatchMatMul": "Matmul", "BatchMatMulV2": "Matmul",
    "MatMul": "Matmul", "RealDiv": "Divide", "Div": "Divide", "Mul": "Multiply", "Sub": "Subtract", "Pow": "Power",
    "Neg": "Negative", "Abs": "Absolute",
  ]

  private static let tensorFlow = [
    "getitem": "get_item", "concat": "concatenate", "truediv": "true_divide", "div": "true_divide",
    "realdiv": "true_divide",
    "mul": "multiply", "sub": "subtract", "pow": "power", "neg": "negative", "reduce_mean": "mean", "reduce_sum": "sum",
    "reduce_max": "max", "reduce_min": "min", "reduce_prod": "prod", "reduce_logsumexp": "logsumexp",
    "reduce_std": "std", "reduce_variance": "var", "reduce_any": "any", "reduce_all": "all", "clip_by_value": "clip",
    "arg_max": "argmax", "arg_min": "argmin", "batch_matmul": "matmul", "swish": "silu", "gather": "take",
    "l2_normalize": "normalize", "stop_gradient": "identity", "asin": "arcsin", "acos": "arccos", "atan": "arctan",
    "asinh": "arcsinh", "acosh": "arccosh", "atanh": "arctanh", "sub_1": "subtract", "abs": "absolute",
    "squared_difference": "squared_difference", "rsub": "subtract", "ne": "not_equal", "eq": "equal", "gt": "greater",
    "lt": "less", "ge": "greater_equal", "le": "less_equal", "floordiv": "floor_divide", "floor_div": "floor_divide",
    "floormod": "mod",
    "is_nan": "isnan", "is_inf": "isinf", "is_finite": "isfinite", "reverse": "flip", "atan2": "arctan2",
    "max_pool1d": "max_pool", "max_pool2d": "max_pool", "max_pool3d": "max_pool", "avg_pool": "average_pool",
    "avg_pool1d": "average_pool", "avg_pool2d": "average_pool", "avg_pool3d": "average_pool", "conv1d": "conv",
    "conv2d": "conv", "conv3d": "conv", "depthwise_conv2d": "depthwise_conv", "separable_conv2d": "separable_conv",
    "reduce_euclidean_norm": "norm", "unsorted_segment_sum": "segment_sum",
  ]
}

/// One operation in a graph, and its arguments.
struct KerasOperation {
  let site: KerasSite

  init(_ site: KerasSite) { self.site = site }

  /// The operands: what is called without names, a list counting as its items, and what TensorFlow names.
  var operands: [KerasArgument] {
    let named = ["y", "b", "values", "other", "x2"].compactMap { site.call[$0] }
    var all: [KerasArgument] = []
    for argument in site.call.positional {
      if case .list(let items) = argument { all += items } else { all.append(argument) }
    }
    // Nodes of TensorFlow's keep their numbers beside them, by place.
    for (place, value) in (site.layer.config["constants"]?.object?.members).map(Array.init) ?? [] {
      if let place = Int(place), (0...all.count).contains(place) { all.insert(.constant(value), at: place) }
    }
    return all + named
  }

  /// The values of the graph among the operands.
  var values: [KerasValue] { operands.compactMap { site.value($0) } }

  /// The first value.
  func input() throws(ModelError) -> KerasValue {
    guard let value = values.first ?? site.valueList(site.call["x"]).first else {
      throw site.settings.unsupported("an operation without a value of the graph")
    }
    return value
  }

  /// A setting, under any of its names: among the call's named arguments, the operation's own, or the call's others.
  func option(_ names: String..., place: Int? = nil) -> JSONValue? {
    for name in names {
      if case .constant(let value)? = site.call[name], value != .null { return value }
      if let value = site.layer.config[name], value != .null { return value }
    }
    if let place, place < site.call.positional.count, case .constant(let value) = site.call.positional[place],
      value != .null
    {
      return value
    }
    return nil
  }

  func int(_ names: String, default standard: Int) throws(ModelError) -> Int {
    guard let value = option(names) else { return standard }
    guard let int = value.smallInt else { throw site.settings.unsupported("'\(names)' that is no integer") }
    return int
  }

  /// The axes of an option: none, one or several.
  func axes(_ place: Int? = 1) throws(ModelError) -> [Int]? {
    guard let value = option("axis", "axes", "dims", place: place) else { return nil }
    if let one = value.smallInt { return [one] }
    let list = (value.array ?? []).compactMap(\.smallInt)
    guard let array = value.array, list.count == array.count else {
      throw site.settings.unsupported("axes that are no integers")
    }
    return list
  }

  func isTrue(_ names: String...) -> Bool {
    names.contains { option($0)?.bool == true }
  }

  /// An operand as a value of a type; a number or an array becomes a constant of the graph.
  func value(
    _ argument: KerasArgument, _ type: DataType, _ place: Int, suffix: String? = nil
  ) throws(ModelError) -> KerasValue {
    if let value = site.value(argument) {
      guard let suffix, value.type.dataType != type else { return try site.cast(value, to: type) }
      return try one("cast", [value], suffix, ["dtype": .string(type.rawValue)])
    }
    guard case .constant(let json) = argument else {
      throw site.settings.unsupported("an argument that is neither a value nor a number")
    }
    return try site.constant(json, type, suffix: "constant_\(place + 1)")
  }

  /// The operands as values of one type: that of the values of the graph, f32 or f64 where any of them is.
  func operandValues() throws(ModelError) -> [KerasValue] {
    let types = values.map(\.type.dataType)
    // A fraction among whole numbers makes them all floating point.
    let isWhole = operands.allSatisfy { argument in
      guard case .constant(let json) = argument else { return true }
      return KerasSettings.numbers(json).allSatisfy { $0 == $0.rounded() }
    }
    let type =
      types.contains(.f64) ? DataType.f64 : types.first(where: \.isFloat) ?? (isWhole ? types.first : nil) ?? .f32
    var result: [KerasValue] = []
    for (place, argument) in operands.enumerated() { result.append(try value(argument, type, place)) }
    return result
  }
}
