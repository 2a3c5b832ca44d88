import NNFormat

/// The settings of a layer, read one by one; what nobody reads is an error, so that no setting is passed over in silence.
final class KerasSettings {
  /// The layer.
  let layer: KerasLayer
  /// The generation that wrote it.
  let generation: KerasGeneration
  private var unread: Set<String>

  init(_ layer: KerasLayer, _ generation: KerasGeneration) {
    self.layer = layer
    self.generation = generation
    unread = Set(layer.config.names).subtracting(KerasSettings.withoutEffect)
  }

  /// Settings that have no effect on what a layer computes at inference: how weights began, how they were trained, and what a
  /// layer is called.
  private static let withoutEffect: Set<String> = [
    "name", "trainable", "dtype", "batch_input_shape", "batch_shape", "input_shape", "input_dim", "input_length",
    "input_dtype", "activity_regularizer", "kernel_initializer", "kernel_regularizer", "kernel_constraint",
    "bias_initializer", "bias_regularizer", "bias_constraint", "recurrent_initializer", "recurrent_regularizer",
    "recurrent_constraint", "depthwise_initializer", "depthwise_regularizer", "depthwise_constraint",
    "pointwise_initializer", "pointwise_regularizer", "pointwise_constraint", "embeddings_initializer",
    "embeddings_regularizer", "embeddings_constraint", "beta_initializer", "beta_regularizer", "beta_constraint",
    "gamma_initializer", "gamma_regularizer", "gamma_constraint", "moving_mean_initializer",
    "moving_variance_initializer", "alpha_initializer", "alpha_regularizer", "alpha_constraint", "gate_initializer",
    "seed", "unroll", "implementation", "build_input_shape", "lora_rank", "lora_alpha", "quantization_config",
    "noise_shape", "autocast", "build_config", "shared_object_id", "_lookup_key",
  ]

  /// The raw value of a setting; null counts as none.
  func value(_ name: String) -> JSONValue? {
    unread.remove(name)
    guard let value = layer.config[name], value != .null else { return nil }
    return value
  }

  /// Says that settings have no effect here.
  func ignore(_ names: String...) { unread.subtract(names) }

  /// The settings that nobody has read, which count as read from now on.
  func takeUnread() -> [String] {
    defer { unread = [] }
    return unread.sorted()
  }

  /// Says that settings are all read.
  ///
  /// - Throws: ``KerasUnsupported`` with the settings that nobody has read.
  func finish() throws(ModelError) {
    // A setting that is off changes nothing.
    let left = unread.filter { name in
      switch layer.config[name] {
      case .null, .bool(false), .none: false
      default: true
      }
    }
    guard left.isEmpty else {
      throw unsupported(
        "the setting\(left.count == 1 ? "" : "s") \(left.sorted().map { "'\($0)'" }.joined(separator: ", ")) "
          + "\(left.count == 1 ? "is" : "are") not known")
    }
  }

  /// The error that says what is not supported about the layer.
  func unsupported(_ reason: String) -> ModelError {
    ModelError(
      KerasProblem.unsupported([KerasProblem.Item(layer: layer.name, className: layer.className, reason: reason)]))
  }

  private func bad(_ name: String, _ expected: String) -> ModelError {
    ModelError(KerasProblem.badSetting(name, expected: expected, found: layer.config[name]), at: .node(layer.name))
  }

  // MARK: Values of one type

  func bool(_ name: String, default standard: Bool) throws(ModelError) -> Bool {
    guard let value = value(name) else { return standard }
    if let bool = value.bool { return bool }
    if let int = value.smallInt { return int != 0 }
    throw bad(name, "true or false")
  }

  func int(_ name: String, default standard: Int? = nil) throws(ModelError) -> Int {
    guard let value = value(name) else {
      guard let standard else { throw bad(name, "an integer") }
      return standard
    }
    if let int = value.smallInt { return int }
    if let number = value.number, number.magnitude < 1e9, let int = Int(exactly: number) { return int }
    throw bad(name, "an integer")
  }

  func number(_ name: String, default standard: Double? = nil) throws(ModelError) -> Double {
    guard let value = value(name) else {
      guard let standard else { throw bad(name, "a number") }
      return standard
    }
    // Keras 2 writes NumPy scalars as objects in some releases.
    guard
      let number = value.number ?? value.object?["value"]?.number ?? value.object?["config"]?.object?["value"]?.number
    else { throw bad(name, "a number") }
    return number
  }

  func string(_ name: String, default standard: String? = nil) throws(ModelError) -> String {
    guard let value = value(name) else {
      guard let standard else { throw bad(name, "a string") }
      return standard
    }
    guard let string = value.string else { throw bad(name, "a string") }
    return string
  }

  /// Integers, of which one stands for as many as there are dimensions.
  func ints(_ name: String, count: Int? = nil, default standard: Int? = nil) throws(ModelError) -> [Int] {
    guard let value = value(name) else {
      guard let standard else { throw bad(name, "integers") }
      return [Int](repeating: standard, count: count ?? 1)
    }
    if let one = value.smallInt { return [Int](repeating: one, count: count ?? 1) }
    let list = (value.array ?? []).compactMap(\.smallInt)
    guard let array = value.array, list.count == array.count, count == nil || list.count == count else {
      throw bad(name, count.map { "\($0) integers" } ?? "integers")
    }
    return list
  }

  /// The extents of a shape with its open ones as nil.
  static func shape(_ json: JSONValue) -> [Int?]? {
    // Keras 3 writes tuples as lists, tf.keras 2.x some as {"class_name": "TensorShape", "items": [...]} or "__tuple__".
    let list = json.array ?? json.object?["items"]?.array
    guard let list else { return nil }
    var shape: [Int?] = []
    for item in list {
      if item == .null {
        shape.append(nil)
      } else if let extent = item.smallInt {
        shape.append(extent < 0 ? nil : extent)
      } else {
        return nil
      }
    }
    return shape
  }

  /// Whether channels come first.
  func channelsFirst() throws(ModelError) -> Bool {
    let format = try string("data_format", default: "channels_last")
    switch format {
    case "channels_last", "default": return false
    case "channels_first": return true
    default: throw bad("data_format", "'channels_last' or 'channels_first'")
    }
  }
}

extension JSONValue {
  /// The integer, if it is one that an extent, an axis or a number of layers can be, so that sums and products of two fit.
  var smallInt: Int? { int.flatMap { $0.magnitude < 1 << 31 ? $0 : nil } }
}
