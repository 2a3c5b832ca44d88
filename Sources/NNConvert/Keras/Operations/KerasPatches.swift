import NNFormat

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

extension KerasOperations {
  /// Windows over images with kernels that the operation makes itself.
  static let patches: [String: Conversion] = [
    "extract_patches": { operation throws(ModelError) in [try patches(operation, operation.isFirst)] },
    "extract_patches_3d": { operation throws(ModelError) in [try patches(operation, operation.isFirst)] },
    "unfold": { operation throws(ModelError) in
      let value = try operation.float()
      func pair(_ name: String, _ standard: Int) throws(ModelError) -> [Int] {
        try operation.extents(operation.option(name) ?? JSONValue(standard), 2)
      }
      guard value.type.rank == 4, let channels = value.type.shape[1].value else {
        throw operation.site.settings.unsupported("an image of an open number of channels")
      }
      let (size, margins) = (try pair("kernel_size", 1), try pair("padding", 0))
      let padded = try operation.one(
        "padding", [value], "padded",
        ["padding": .array([[0, 0], [0, 0]] + margins.map { KerasClass.integers([$0, $0]) })])
      let windows = try operation.windows(
        padded, size, pair("stride", 1), pair("dilation", 1), "valid", isFirst: true, channelsAreLast: false, "windows")
      return [
        try operation.one(
          "reshape", [windows], nil,
          ["target_shape": KerasClass.integers([channels * size[0] * size[1], -1]), "keeps_batch": true])
      ]
    },
    "gaussian_blur": { operation throws(ModelError) in
      let value = try operation.float()
      let size = try operation.extents(operation.option("kernel_size", place: 1) ?? 3, 2)
      let sigma = operation.option("sigma", place: 2).map { KerasSettings.numbers($0) } ?? [1, 1]
      guard value.type.rank == 4, sigma.count == 2, size[0] == size[1], size.allSatisfy({ (1...1024).contains($0) })
      else {
        throw operation.site.settings.unsupported("a blur of unequal extents, or of a single image")
      }
      func row(_ size: Int, _ sigma: Double) -> [Double] {
        let all = (0..<size).map {
          exp(-0.5 * (Double($0) - Double(size - 1) / 2) * (Double($0) - Double(size - 1) / 2) / (sigma * sigma))
        }
        return all.map { $0 / all.reduce(0, +) }
      }
      // The first extent's row lies along the second axis.
      let (across, down) = (row(size[0], sigma[0]), row(size[1], sigma[1]))
      let kernel = down.flatMap { y in across.map { $0 * y } }
      return [try operation.filtered(value, kernel, size, multiplier: 1, nil)]
    },
    "sobel_edges": { operation throws(ModelError) in
      let value = try operation.float()
      let isFirst = operation.isFirst
      guard value.type.rank == 4, let channels = value.type.shape[isFirst ? 1 : 3].value else {
        throw operation.site.settings.unsupported("an image of an open number of channels")
      }
      let margins: [JSONValue] = isFirst ? [[0, 0], [0, 0], [1, 1], [1, 1]] : [[0, 0], [1, 1], [1, 1], [0, 0]]
      let padded = try operation.one("padding", [value], "padded", ["padding": .array(margins), "mode": "reflect"])
      let down: [Double] = [-1, -2, -1, 0, 0, 0, 1, 2, 1]
      let across: [Double] = [-1, 0, 1, -2, 0, 2, -1, 0, 1]
      let both = zip(down, across).flatMap { [$0, $1] }
      let edges = try operation.filtered(padded, both, [3, 3], multiplier: 2, "edges", padding: "valid")
      let extents = value.type.shape.dropFirst().map { $0.value ?? -1 }
      guard extents.allSatisfy({ $0 >= 0 }) else {
        throw operation.site.settings.unsupported("an image of open extents")
      }
      guard isFirst else {
        return [
          try operation.one(
            "reshape", [edges], nil, ["target_shape": KerasClass.integers(extents + [2]), "keeps_batch": true])
        ]
      }
      let apart = try operation.one(
        "reshape", [edges], "apart",
        ["target_shape": KerasClass.integers([channels, 2, extents[1], extents[2]]), "keeps_batch": true])
      return [try operation.one("permute", [apart], nil, ["permutation": [0, 1, 3, 4, 2]])]
    },
    "conv_transpose": { operation throws(ModelError) in
      let value = try operation.float()
      let rank = value.type.rank - 2
      // [window..., filters, in]
      let kernel = try operation.weights(1, "kernel", "filters")
      let padding = operation.option("padding")?.string?.lowercased() ?? "valid"
      guard rank > 0, kernel.shape.rank == rank + 2, ["valid", "same"].contains(padding) else {
        throw operation.site.settings.unsupported("a window or a padding in this form")
      }
      return try operation.site.add(
        "convolution_transpose",
        KerasClass.transposedWindow(
          filters: kernel.shape[rank], size: Array(kernel.shape.dimensions.prefix(rank)),
          strides: operation.extents(operation.option("strides") ?? 1, rank),
          rate: operation.extents(operation.option("dilation_rate") ?? 1, rank), padding: padding,
          outputPadding: operation.option("output_padding").map { (json) throws(ModelError) in
            try operation.extents(json, rank)
          }, isFirst: operation.isFirst, useBias: false), [value],
        [("kernel", try kernel.permuted(Array(0..<rank) + [rank + 1, rank]))])
    },
  ]

  /// Each window as a row of its elements, channel by channel in each place.
  private static func patches(_ operation: KerasOperation, _ isFirst: Bool) throws(ModelError) -> KerasValue {
    let value = try operation.float()
    let rank = value.type.rank - 2
    guard rank == 2 || rank == 3, let given = operation.option("size", place: 1) else {
      throw operation.site.settings.unsupported("patches of a value of \(value.type.rank) dimensions")
    }
    let size = try operation.extents(given, rank)
    let strides = try operation.extents(operation.option("strides", place: 2) ?? given, rank)
    let rate = try operation.extents(operation.option("dilation_rate", place: 3) ?? 1, rank)
    let padding = operation.option("padding", place: 4)?.string ?? "valid"
    return try operation.windows(value, size, strides, rate, padding, isFirst: isFirst, channelsAreLast: true, nil)
  }
}

extension KerasOperation {
  /// Whether channels come first.
  fileprivate var isFirst: Bool { option("data_format")?.string == "channels_first" }

  /// One number for all dimensions, or one for each.
  fileprivate func extents(_ json: JSONValue, _ rank: Int) throws(ModelError) -> [Int] {
    let list = json.smallInt.map { [Int](repeating: $0, count: rank) } ?? json.array?.compactMap(\.smallInt) ?? []
    guard list.count == rank, list.allSatisfy({ $0 >= 0 }) else {
      throw site.settings.unsupported("extents in this form")
    }
    return list
  }

  /// The elements of each window, by a convolution with a kernel that has a single 1 for each.
  ///
  /// - Parameter channelsAreLast: whether the channels of a place stand together, and not the places of a channel
  fileprivate func windows(
    _ value: KerasValue, _ size: [Int], _ strides: [Int], _ rate: [Int], _ padding: String, isFirst: Bool,
    channelsAreLast: Bool, _ suffix: String?
  ) throws(ModelError) -> KerasValue {
    guard let channels = value.type.shape[isFirst ? 1 : value.type.rank - 1].value else {
      throw site.settings.unsupported("an open number of channels")
    }
    let extents = size + [channels]
    guard extents.allSatisfy((1...4096).contains), extents.reduce(1, { min($0, 4097) * $1 }) <= 4096 else {
      throw site.settings.unsupported("windows of \(size) with \(channels) channels, which are more than 4096 elements")
    }
    let places = size.reduce(1, *)
    let count = places * channels
    var kernel = [Double](repeating: 0, count: count * count)
    for place in 0..<places {
      for channel in 0..<channels {
        let filter = channelsAreLast ? place * channels + channel : channel * places + place
        kernel[(place * channels + channel) * count + filter] = 1
      }
    }
    let tensor = try Tensor(kernel, try Shape(size + [channels, count])).cast(to: value.type.dataType).tensor
    return try site.add(
      "convolution",
      [
        "filters": JSONValue(count), "kernel_size": KerasClass.integers(size), "strides": KerasClass.integers(strides),
        "dilation_rate": KerasClass.integers(rate), "padding": .string(padding), "use_bias": false,
        "data_format": isFirst ? "channels_first" : "channels_last",
      ], [value], [("kernel", KerasTensor(tensor, madeFrom: "the window"))], suffix: suffix)[0]
  }

  /// Each channel convolved with the same kernels.
  fileprivate func filtered(
    _ value: KerasValue, _ kernel: [Double], _ size: [Int], multiplier: Int, _ suffix: String?, padding: String = "same"
  ) throws(ModelError) -> KerasValue {
    guard let channels = value.type.shape[isFirst ? 1 : value.type.rank - 1].value else {
      throw site.settings.unsupported("an open number of channels")
    }
    let places = size.reduce(1, *)
    guard channels <= (1 << 24) / max(places * multiplier, 1) else {
      throw site.settings.unsupported("kernels for \(channels) channels")
    }
    var all: [Double] = []
    for place in 0..<places {
      for _ in 0..<channels { all += kernel[place * multiplier..<(place + 1) * multiplier] }
    }
    let tensor = try Tensor(all, try Shape(size + [channels, multiplier])).cast(to: value.type.dataType).tensor
    return try site.add(
      "depthwise_convolution",
      [
        "kernel_size": KerasClass.integers(size), "depth_multiplier": JSONValue(multiplier),
        "padding": .string(padding),
        "use_bias": false, "data_format": isFirst ? "channels_first" : "channels_last",
      ], [value], [("kernel", KerasTensor(tensor, madeFrom: "the operation"))], suffix: suffix)[0]
  }
}
