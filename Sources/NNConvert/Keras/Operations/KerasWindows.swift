import NNFormat

extension KerasOperations {
  /// Convolutions and poolings. Kernels stand in the file, as filters do that are not trained.
  static let windows: [String: Conversion] = [
    "conv": { operation throws(ModelError) in
      let kernel = try operation.weights(1, "kernel", "filters", "filter")
      var fields = try window(operation, kernel)
      let channels = try operation.channels()
      let depth = kernel.shape[kernel.shape.rank - 2]
      guard depth > 0, channels % depth == 0 else {
        throw operation.site.settings.unsupported("a kernel for \(depth) channels, of which the value has \(channels)")
      }
      fields["groups"] = JSONValue(channels / depth)
      fields["filters"] = JSONValue(kernel.shape[kernel.shape.rank - 1])
      return try operation.site.add("convolution", fields, [operation.float()], [("kernel", kernel)])
    },
    "depthwise_conv": { operation throws(ModelError) in
      let kernel = try operation.weights(1, "kernel", "filter")
      var fields = try window(operation, kernel)
      fields["depth_multiplier"] = JSONValue(kernel.shape[kernel.shape.rank - 1])
      return try operation.site.add("depthwise_convolution", fields, [operation.float()], [("kernel", kernel)])
    },
    "separable_conv": { operation throws(ModelError) in
      let depthwise = try operation.weights(1, "depthwise_kernel", "depthwise_filter")
      let pointwise = try operation.weights(2, "pointwise_kernel", "pointwise_filter")
      var fields = try window(operation, depthwise)
      fields["depth_multiplier"] = JSONValue(depthwise.shape[depthwise.shape.rank - 1])
      fields["filters"] = JSONValue(pointwise.shape[pointwise.shape.rank - 1])
      return try operation.site.add(
        "separable_convolution", fields, [operation.float()],
        [
          ("depthwise_kernel", depthwise),
          ("pointwise_kernel", try pointwise.reshaped(Array(pointwise.shape.dimensions.suffix(2)))),
        ])
    },
    "max_pool": { operation throws(ModelError) in try pool(operation, "max_pooling") },
    "average_pool": { operation throws(ModelError) in try pool(operation, "average_pooling") },
    "adaptive_max_pool": { operation throws(ModelError) in try adaptive(operation, "adaptive_max_pooling") },
    "adaptive_average_pool": { operation throws(ModelError) in try adaptive(operation, "adaptive_average_pooling") },
  ]

  /// One number for all spatial dimensions, one for each, or as TensorFlow has it one for each dimension.
  private static func extents(_ value: JSONValue?, _ rank: Int, _ isFirst: Bool) -> [Int]? {
    guard let value, rank > 0 else { return nil }
    if let one = value.smallInt { return [Int](repeating: one, count: rank) }
    let list = (value.array ?? []).compactMap(\.smallInt)
    if list.count == rank + 2 { return Array(isFirst ? list[2...] : list[1..<rank + 1]) }
    return list.count == 1 ? [Int](repeating: list[0], count: rank) : list.count == rank ? list : nil
  }

  private static func isFirst(_ operation: KerasOperation) throws(ModelError) -> Bool {
    let format = operation.option("data_format")?.string ?? "channels_last"
    switch format {
    case "channels_last", "NHWC", "NWC", "NDHWC": return false
    case "channels_first", "NCHW", "NCW", "NCDHW": return true
    default: throw operation.site.settings.unsupported("the data format '\(format)'")
    }
  }

  private static func window(_ operation: KerasOperation, _ kernel: KerasTensor) throws(ModelError) -> JSONObject {
    let rank = try operation.input().type.rank - 2
    let isFirst = try isFirst(operation)
    let padding = operation.option("padding")?.string?.lowercased() ?? "valid"
    guard kernel.shape.rank == rank + 2, ["valid", "same", "causal"].contains(padding) else {
      throw operation.site.settings.unsupported("a window or a padding in this form")
    }
    guard let strides = extents(operation.option("strides") ?? 1, rank, isFirst),
      let rate = extents(operation.option("dilation_rate", "dilations", "rate") ?? 1, rank, isFirst)
    else { throw operation.site.settings.unsupported("strides or dilations in this form") }
    return [
      "kernel_size": KerasClass.integers(Array(kernel.shape.dimensions.prefix(rank))),
      "strides": KerasClass.integers(strides), "dilation_rate": KerasClass.integers(rate),
      "padding": .string(padding), "use_bias": false,
      "data_format": isFirst ? "channels_first" : "channels_last",
    ]
  }

  private static func pool(_ operation: KerasOperation, _ kind: String) throws(ModelError) -> [KerasValue] {
    let rank = try operation.input().type.rank - 2
    let isFirst = try isFirst(operation)
    guard let size = extents(operation.option("pool_size", "ksize", place: 1), rank, isFirst),
      let strides = extents(operation.option("strides", place: 2) ?? KerasClass.integers(size), rank, isFirst),
      let padding = (operation.option("padding", place: 3) ?? "valid").string?.lowercased()
    else { throw operation.site.settings.unsupported("a window in this form") }
    return try operation.site.add(
      kind,
      [
        "pool_size": KerasClass.integers(size), "strides": KerasClass.integers(strides), "padding": .string(padding),
        "data_format": isFirst ? "channels_first" : "channels_last",
      ], [operation.float()])
  }

  private static func adaptive(_ operation: KerasOperation, _ kind: String) throws(ModelError) -> [KerasValue] {
    let rank = try operation.input().type.rank - 2
    guard let size = extents(operation.option("output_size", place: 1), rank, false) else {
      throw operation.site.settings.unsupported("extents in this form")
    }
    return try operation.site.add(
      kind,
      [
        "output_size": KerasClass.integers(size),
        "data_format": try isFirst(operation) ? "channels_first" : "channels_last",
      ], [operation.float()])
  }
}

extension KerasOperation {
  /// An array that stands in the file, in the type of the first value.
  ///
  /// - Throws: ``KerasProblem/unsupported(_:)`` if it is a value of the graph or no array.
  func weights(_ place: Int, _ names: String...) throws(ModelError) -> KerasTensor {
    let argument = names.compactMap { site.call[$0] }.first ?? (place < operands.count ? operands[place] : nil)
    guard case .constant(let json)? = argument, let shape = KerasSite.shape(of: json), shape.count > 1 else {
      throw site.settings.unsupported("a kernel that is computed")
    }
    let type = try float().type.dataType
    return KerasTensor(
      try KerasSite.tensor(KerasSettings.numbers(json), try Shape(shape), type), madeFrom: "an argument", isStored: true
    )
  }

  /// How many channels the first value has.
  fileprivate func channels() throws(ModelError) -> Int {
    let shape = try input().type.shape
    let isFirst = option("data_format")?.string.map { $0 == "channels_first" || $0.hasPrefix("NC") } ?? false
    guard shape.count > 2, let channels = shape[isFirst ? 1 : shape.count - 1].value else {
      throw site.settings.unsupported("an open number of channels")
    }
    return channels
  }
}
