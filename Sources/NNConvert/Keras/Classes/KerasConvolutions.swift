import NNFormat

extension KerasClass {
  /// Convolutions over 1, 2 and 3 dimensions.
  static let convolutions: [KerasClass] =
    rows("Conv", over: 1...3, "convolution", kernelAndBias, convolution)
    + rows("DepthwiseConv", over: 1...2, "depthwise_convolution", depthwise, depthwiseConvolution)
    + rows("SeparableConv", over: 1...2, "separable_convolution", separable, separableConvolution)
    + rows("Conv", over: 1...3, ending: "Transpose", "convolution_transpose", kernelAndBias, transposed)
    + rows(
      "LocallyConnected", over: 1...2, "locally_connected", limits: "implementations 2 and 3", kernelAndBias,
      locallyConnected)

  /// The rows of classes that differ in the number of dimensions alone: `Conv1D`, `Conv2D`, `Conv3D`.
  private static func rows(
    _ name: String, over ranks: ClosedRange<Int>, ending: String = "", _ kind: String, limits: String = "",
    _ variables: @escaping Variables,
    _ convert: @escaping @Sendable (KerasSite, Int) throws(ModelError) -> [KerasValue]
  ) -> [KerasClass] {
    ranks.map { rank in
      KerasClass("\(name)\(rank)D\(ending)", kind, limits: limits, variables: variables) {
        site throws(ModelError) in try convert(site, rank)
      }
    }
  }

  private static let kernelAndBias: Variables = { settings throws(ModelError) in
    try withBias(["kernel"], settings)
  }
  private static let depthwise: Variables = { settings throws(ModelError) in
    try withBias(["depthwise_kernel"], settings)
  }
  private static let separable: Variables = { settings throws(ModelError) in
    try withBias(["depthwise_kernel", "pointwise_kernel"], settings)
  }

  /// Weights of the given names, and a bias unless the settings have none.
  static func withBias(_ names: [String], _ settings: KerasSettings) throws(ModelError) -> [KerasVariable] {
    (names + (try settings.bool("use_bias", default: true) ? ["bias"] : [])).map { KerasVariable($0) }
  }

  /// The fields that all windows have.
  private static func window(_ site: KerasSite, _ rank: Int) throws(ModelError) -> JSONObject {
    let settings = site.settings
    let padding = try settings.string("padding", default: "valid")
    var fields: JSONObject = [
      "kernel_size": integers(try settings.ints("kernel_size", count: rank)),
      "strides": integers(try settings.ints("strides", count: rank, default: 1)),
      "dilation_rate": integers(try settings.ints("dilation_rate", count: rank, default: 1)),
      "data_format": .string(try settings.channelsFirst() ? "channels_first" : "channels_last"),
      "use_bias": .bool(try settings.bool("use_bias", default: true)),
    ]
    guard ["valid", "same", "causal"].contains(padding) else {
      throw settings.unsupported("the padding '\(padding)', where there are 'valid', 'same' and 'causal'")
    }
    fields["padding"] = .string(padding)
    return fields
  }

  static func integers(_ list: [Int]) -> JSONValue { .array(list.map { JSONValue($0) }) }

  /// Kernels as the first generation stored them, in the layout of today. Theano computes true convolutions, whose kernels run
  /// the other way.
  private static func kernel(_ site: KerasSite, _ rank: Int, transposed: Bool = false) throws(ModelError) -> KerasTensor
  {
    var kernel = try site.weight("kernel")
    let spatial = Array(0..<rank)
    if site.settings.generation == .one {
      let size = try site.settings.ints("kernel_size", count: rank)
      let filters = try site.settings.int("filters")
      if rank == 1, kernel.shape.rank == 4 {
        // [length, 1, in, filters], or before release 1.1 [filters, in, length, 1].
        if kernel.shape[0] == filters, kernel.shape[2] == size[0], kernel.shape[3] == 1,
          kernel.shape[0] != size[0] || kernel.shape[1] != 1
        {
          kernel = try kernel.permuted([2, 3, 1, 0])
        }
        kernel = try kernel.reshaped([kernel.shape[0], kernel.shape[2], kernel.shape[3]])
      } else if try site.settings.channelsFirst(), kernel.shape.rank == rank + 2 {
        // [filters, in, window...]; for a transposed one [in, filters, window...], read as Keras 2 reads it.
        kernel = try kernel.permuted(spatial.map { $0 + 2 } + (transposed ? [0, 1] : [1, 0]))
      } else if transposed, kernel.shape.rank == rank + 2 {
        kernel = try kernel.permuted(spatial + [rank + 1, rank])
      }
    }
    if site.conversion.backend == "theano" {
      kernel = try kernel.reversed(spatial, "turned round along the window, since Theano computes true convolutions")
    }
    return kernel
  }

  private static func biases(_ site: KerasSite) throws(ModelError) -> [(role: String, tensor: KerasTensor)] {
    try site.settings.bool("use_bias", default: true) ? [("biases", try site.weight("bias"))] : []
  }

  private static func convolution(_ site: KerasSite, _ rank: Int) throws(ModelError) -> [KerasValue] {
    var fields = try window(site, rank)
    fields["filters"] = JSONValue(try site.settings.int("filters"))
    fields["groups"] = JSONValue(try site.settings.int("groups", default: 1))
    let output = try site.add(
      "convolution", fields, [site.computed(site.input())],
      [("kernel", try kernel(site, rank))] + biases(site))[0]
    return [try site.activated(output)]
  }

  private static func depthwiseConvolution(_ site: KerasSite, _ rank: Int) throws(ModelError) -> [KerasValue] {
    var fields = try window(site, rank)
    fields["depth_multiplier"] = JSONValue(try site.settings.int("depth_multiplier", default: 1))
    // Some releases wrote what the layer takes from the class of convolutions too.
    site.settings.ignore("filters", "groups", "rank")
    let output = try site.add(
      "depthwise_convolution", fields, [site.computed(site.input())],
      [("kernel", try site.weight("depthwise_kernel"))] + biases(site))[0]
    return [try site.activated(output)]
  }

  private static func separableConvolution(_ site: KerasSite, _ rank: Int) throws(ModelError) -> [KerasValue] {
    var fields = try window(site, rank)
    fields["filters"] = JSONValue(try site.settings.int("filters"))
    fields["depth_multiplier"] = JSONValue(try site.settings.int("depth_multiplier", default: 1))
    site.settings.ignore("groups", "rank")
    let pointwise = try site.weight("pointwise_kernel")
    let output = try site.add(
      "separable_convolution", fields, [site.computed(site.input())],
      [
        ("depthwise_kernel", try site.weight("depthwise_kernel")),
        ("pointwise_kernel", try pointwise.reshaped(Array(pointwise.shape.dimensions.suffix(2)))),
      ] + biases(site))[0]
    return [try site.activated(output)]
  }

  private static func transposed(_ site: KerasSite, _ rank: Int) throws(ModelError) -> [KerasValue] {
    let settings = site.settings
    settings.ignore("output_shape", "groups")
    let outputPadding = settings.value("output_padding") == nil ? nil : try settings.ints("output_padding", count: rank)
    let padding = try settings.string("padding", default: "valid")
    guard ["valid", "same"].contains(padding) else {
      throw settings.unsupported("the padding '\(padding)', where there are 'valid' and 'same'")
    }
    let fields = transposedWindow(
      filters: try settings.int("filters"), size: try settings.ints("kernel_size", count: rank),
      strides: try settings.ints("strides", count: rank, default: 1),
      rate: try settings.ints("dilation_rate", count: rank, default: 1), padding: padding, outputPadding: outputPadding,
      isFirst: try settings.channelsFirst(), useBias: try settings.bool("use_bias", default: true))
    // [window..., filters, in] becomes [window..., in, filters].
    let stored = try kernel(site, rank, transposed: true)
    let output = try site.add(
      "convolution_transpose", fields, [site.computed(site.input())],
      [("kernel", try stored.permuted(Array(0..<rank) + [rank + 1, rank]))] + biases(site))[0]
    return [try site.activated(output)]
  }

  /// The fields of a transposed convolution as Keras computes it.
  static func transposedWindow(
    filters: Int, size: [Int], strides: [Int], rate: [Int], padding: String, outputPadding: [Int]?, isFirst: Bool,
    useBias: Bool
  ) -> JSONObject {
    var fields: JSONObject = [
      "filters": JSONValue(filters), "kernel_size": integers(size), "strides": integers(strides),
      "dilation_rate": integers(rate), "data_format": isFirst ? "channels_first" : "channels_last",
      "use_bias": .bool(useBias), "padding": .string(padding),
    ]
    let spans = zip(size, rate).map { ($0 - 1) * $1 + 1 }
    if var output = outputPadding {
      // `deconv_output_length` of Keras: (extent - 1) · stride + span - 2 · (span / 2) + output_padding for 'same', and
      // TensorFlow cuts the smaller half of what is too much at the start.
      if padding == "same" {
        let cuts = zip(spans, output).map { 2 * ($0 / 2) - $1 }
        fields["padding"] = "explicit"
        fields["pads"] = integers(cuts.map { max($0, 0) / 2 } + cuts.map { (max($0, 0) + 1) / 2 })
        output = cuts.map { max(-$0, 0) }
      }
      fields["output_padding"] = integers(output)
    } else if padding == "valid" {
      fields["output_padding"] = integers(zip(strides, spans).map { max($0 - $1, 0) })
    }
    return fields
  }

  private static func locallyConnected(_ site: KerasSite, _ rank: Int) throws(ModelError) -> [KerasValue] {
    guard try site.settings.int("implementation", default: 1) == 1 else {
      throw site.settings.unsupported("kernels of the implementations 2 and 3")
    }
    let input = try site.computed(site.input())
    let channelsFirst = try site.settings.channelsFirst()
    let size = try site.settings.ints("kernel_size", count: rank)
    let strides = try site.settings.ints("strides", count: rank, default: 1)
    let filters = try site.settings.int("filters")
    guard input.type.rank == rank + 2, strides.allSatisfy({ $0 > 0 }) else {
      throw site.settings.unsupported("an input of \(input.type.rank) dimensions, or strides that are not positive")
    }
    var extents = input.type.shape.dropFirst().map(\.value)
    let channels = channelsFirst ? extents.removeFirst() : extents.removeLast()
    guard let channels, extents.allSatisfy({ $0 != nil }) else {
      throw site.settings.unsupported("an input of open extents")
    }
    let windows = zip(extents, zip(size, strides)).map { max(($0 ?? 0) - $1.0, 0) / $1.1 + 1 }
    var fields = try window(site, rank)
    fields["filters"] = JSONValue(filters)
    fields["dilation_rate"] = nil
    guard fields["padding"] == "valid" else { throw site.settings.unsupported("a padding of implementation 1") }
    var kernel = try site.weight("kernel")
    if channelsFirst, rank > 1 {
      kernel = try kernel.reshaped(windows + [channels] + size + [filters])
        .permuted(Array(0..<rank) + size.indices.map { $0 + rank + 1 } + [rank, 2 * rank + 1])
    } else {
      kernel = try kernel.reshaped(windows + size + [channels, filters])
    }
    var parameters = [("kernel", kernel)]
    if try site.settings.bool("use_bias", default: true) {
      parameters.append(("biases", try site.weight("bias").reshaped(windows + [filters])))
    }
    return [try site.activated(try site.add("locally_connected", fields, [input], parameters)[0])]
  }
}
