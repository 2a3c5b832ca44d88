import NNFormat

/// How the weights and the inputs of a layer are quantised, by its policy of types and its settings.
///
/// Source: `keras/src/layers/core/dense.py`, `einsum_dense.py`, `embedding.py`, `reversible_embedding.py` and
/// `keras/src/quantizers` of Keras 3.4 to 3.15.
struct KerasQuantization {
  /// How the weights are quantised.
  enum Mode: Equatable {
    case none
    /// A signed byte for each weight, and a factor for each column or row.
    case int8
    /// Four bits for each weight, two in a byte; with blocks, a factor and a zero for each group.
    case int4(blocks: Bool)
    /// Unsigned numbers with a factor and a zero for each group.
    case gptq(bits: Int)
    /// The same with four bits, and a factor for each row, by which it was multiplied before.
    case awq
    case other(String)

    /// Whether the numbers were found with examples, for a matrix of the kernel's own form.
    var isCalibrated: Bool {
      switch self {
      case .gptq, .awq: true
      default: false
      }
    }
  }

  let mode: Mode
  private let layer: KerasLayer

  init(_ layer: KerasLayer) {
    self.layer = layer
    let policy = layer.config["dtype"]
    let config = policy?.object?["config"]?.object
    let name = policy?.string ?? config?["name"]?.string ?? ""
    // 'int8_from_float32', or 'int4/128' beside the name of what it was before.
    let words = (config?["mode"]?.string ?? (name.contains("_from_") ? name : "")).split { $0 == "_" || $0 == "/" }
    let number = words.dropFirst().first.flatMap { Int($0) }
    switch words.first.map(String.init) ?? "" {
    case "": mode = .none
    case "int8": mode = .int8
    case "int4":
      let settings = layer.config["quantization_config"]?.object?["config"]?.object
      mode = .int4(blocks: (settings?["block_size"]?.smallInt ?? number ?? -1) > 0)
    case "gptq": mode = .gptq(bits: number ?? 4)
    case "awq": mode = .awq
    case let word: mode = .other(word)
    }
  }

  // MARK: Variables

  /// The weights of a layer with a quantised kernel, in Keras's order.
  static func kernel(
    then bias: [KerasVariable], _ settings: KerasSettings
  ) throws(ModelError) -> [KerasVariable] {
    let kernel = KerasVariable("kernel")
    switch KerasQuantization(settings.layer).mode {
    case .none: return [kernel] + bias
    case .int8, .int4(blocks: false): return [kernel] + bias + untrained("kernel_scale")
    case .int4(blocks: true): return [kernel] + bias + untrained("kernel_scale", "kernel_zero", "g_idx")
    case .gptq: return bias + untrained("kernel", "kernel_scale", "kernel_zero", "g_idx")
    case .awq: return bias + untrained("kernel", "kernel_scale", "kernel_zero", "awq_scales", "g_idx")
    case .other(let mode): throw settings.unsupported("weights quantised as \(mode)")
    }
  }

  /// The weights of an embedding with a quantised table, and of its second table where it has one, in Keras's order.
  static func embeddings(
    and second: [KerasVariable] = [], _ settings: KerasSettings
  ) throws(ModelError) -> [KerasVariable] {
    let table = KerasVariable("embeddings")
    let name = second.first?.path
    switch KerasQuantization(settings.layer).mode {
    case .none: return [table] + second
    case .int8, .int4(blocks: false):
      return [table] + untrained("embeddings_scale") + second + untrained(name.map { ["\($0)_scale"] } ?? [])
    case .int4(blocks: true):
      return [table] + untrained("embeddings_scale", "embeddings_zero", "g_idx") + second
        + untrained(name.map { ["\($0)_scale", "\($0)_zero"] } ?? [])
    case .gptq: throw settings.unsupported("an embedding quantised as gptq")
    case .awq: throw settings.unsupported("an embedding quantised as awq")
    case .other(let mode): throw settings.unsupported("weights quantised as \(mode)")
    }
  }

  private static func untrained(_ names: String...) -> [KerasVariable] { untrained(names) }

  private static func untrained(_ names: [String]) -> [KerasVariable] {
    names.map { KerasVariable($0, isTrained: false) }
  }

  // MARK: Inputs

  /// How inputs are quantised: into what range, with what added to their greatest magnitude, and over which axes that is taken.
  struct Inputs {
    var range = -127.0...127.0
    var epsilon = 1e-7
    var axes: [Int]
  }

  /// How the inputs are quantised; nil where they are not.
  ///
  /// - Parameters:
  ///   - axes: the axes that the layer sums over
  ///   - isUsual: whether inputs are quantised where the settings do not say
  ///   - saysAxes: whether the layer decides about the axes, and not the settings
  func inputs(
    axes: [Int], isUsual: Bool, saysAxes: Bool = true, _ settings: KerasSettings
  ) throws(ModelError) -> Inputs? {
    switch mode {
    case .int8, .int4(blocks: false): break
    default: return nil
    }
    guard let given = layer.config["quantization_config"]?.object?["config"]?.object else {
      return isUsual ? Inputs(axes: axes) : nil
    }
    guard let quantizer = given["activation_quantizer"], quantizer != .null else { return nil }
    guard quantizer.object?["class_name"]?.string == "AbsMaxQuantizer",
      let config = quantizer.object?["config"]?.object
    else { throw settings.unsupported("inputs quantised otherwise than by AbsMaxQuantizer") }
    var inputs = Inputs(axes: axes)
    if let range = config["value_range"], range != .null {
      let ends = (range.array ?? []).compactMap(\.number)
      guard ends.count == 2, ends[0] < ends[1], ends.allSatisfy({ $0.magnitude < 1e6 }) else {
        throw settings.unsupported("inputs quantised into a range that is none")
      }
      inputs.range = ends[0]...ends[1]
    }
    inputs.epsilon = config["epsilon"]?.number ?? inputs.epsilon
    if !saysAxes, let stated = config["axis"] {
      inputs.axes = stated.smallInt.map { [$0] } ?? stated.array?.compactMap(\.smallInt) ?? axes
    }
    return inputs
  }

  /// An input in whole numbers, `clip(round(x · s), range)`, and the factors `s = range's end / (max |x| + epsilon)`.
  static func quantized(
    _ site: KerasSite, _ input: KerasValue, _ inputs: Inputs
  ) throws(ModelError) -> (whole: KerasValue, factor: KerasValue) {
    let magnitudes = try site.add("abs", [:], [input], suffix: "magnitudes")
    let greatest = try site.add(
      "reduce_max", ["axes": KerasClass.integers(inputs.axes), "keepdims": true], magnitudes, suffix: "greatest")[0]
    let bound = try site.add(
      "rescaling", ["scale": 1.0, "offset": JSONValue(number: inputs.epsilon)], [greatest], suffix: "bound")[0]
    let end = try site.constant([inputs.range.upperBound], [], input.type.dataType, suffix: "range")
    let factor = try site.add("divide", [:], [end, bound], suffix: "factor")[0]
    let scaled = try site.add("multiply", [:], [input, factor], suffix: "scaled")
    let rounded = try site.add("round", [:], scaled, suffix: "rounded")
    let whole = try site.add(
      "clip",
      ["min": JSONValue(number: inputs.range.lowerBound), "max": JSONValue(number: inputs.range.upperBound)],
      rounded, suffix: "quantized")[0]
    return (whole, factor)
  }
}
