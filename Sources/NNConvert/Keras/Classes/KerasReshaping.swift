import NNFormat

extension KerasClass {
  /// Layers that move elements.
  static let reshaping: [KerasClass] =
    [
      KerasClass("Flatten", "flatten", "permute") { site throws(ModelError) in
        var input = try site.input()
        let rank = input.type.rank
        if try site.settings.channelsFirst(), rank > 2 {
          let order = [0] + Array(2..<rank) + [1]
          input = try site.add("permute", ["permutation": integers(order)], [input], suffix: "channels_last")[0]
        }
        if rank == 1 { return try site.add("expand_dims", ["axes": [1]], [input]) }
        return try site.add("flatten", [:], [input])
      },
      KerasClass("Reshape", "reshape") { site throws(ModelError) in
        try site.add("reshape", ["target_shape": integers(try site.settings.ints("target_shape"))], [site.input()])
      },
      KerasClass("Permute", "permute") { site throws(ModelError) in
        try site.add("permute", ["permutation": integers([0] + (try site.settings.ints("dims")))], [site.input()])
      },
      KerasClass("RepeatVector", "repeat_vector") { site throws(ModelError) in
        try site.add("repeat_vector", ["n": JSONValue(try site.settings.int("n"))], [site.input()])
      },
    ]
    + (1...3).flatMap { rank in
      [
        KerasClass("UpSampling\(rank)D", "up_sampling", "resize") { site throws(ModelError) in
          try upSampling(site, rank)
        },
        KerasClass("ZeroPadding\(rank)D", "padding") { site throws(ModelError) in
          try site.add("padding", ["padding": try margins(site, "padding", rank)], [site.input()])
        },
        KerasClass("Cropping\(rank)D", "cropping") { site throws(ModelError) in
          try site.add("cropping", ["cropping": try margins(site, "cropping", rank)], [site.input()])
        },
      ]
    }

  private static func upSampling(_ site: KerasSite, _ rank: Int) throws(ModelError) -> [KerasValue] {
    let settings = site.settings
    let size = try settings.ints("size", count: rank, default: 2)
    let channelsFirst = try settings.channelsFirst()
    let mode = try settings.string("interpolation", default: "nearest")
    let format: JSONValue = channelsFirst ? "channels_first" : "channels_last"
    if mode == "nearest" {
      return try site.add("up_sampling", ["size": integers(size), "data_format": format], [site.input()])
    }
    if KerasResizeKernel(mode) != nil, rank == 2 {
      let value = try site.computed(site.input())
      let first = channelsFirst ? 2 : 1
      let extents = value.type.shape.dropFirst(first).prefix(2).map { $0.value ?? 0 }
      let sizes = zip(extents, size).map { $0.multipliedReportingOverflow(by: $1).partialValue }
      return [try resized(site, value, sizes, mode, false, first: first)]
    }
    guard mode == "bilinear" || mode == "bicubic" else { throw settings.unsupported("the interpolation '\(mode)'") }
    var fields: JSONObject = [
      "axes": integers(size.indices.map { $0 + (channelsFirst ? 2 : 1) }),
      "scales": .array(size.map { JSONValue(number: Double($0)) }),
      "mode": mode == "bilinear" ? "linear" : "cubic",
    ]
    // TensorFlow's bicubic filter has the coefficient -0.5 and leaves out what lies outside.
    if mode == "bicubic" {
      fields["cubic_coeff_a"] = -0.5
      fields["exclude_outside"] = true
    }
    return try site.add("resize", fields, [site.computed(site.input())])
  }

  /// Pairs for all dimensions of an input, out of one number, one for each spatial dimension, or pairs.
  private static func margins(_ site: KerasSite, _ name: String, _ rank: Int) throws(ModelError) -> JSONValue {
    let input = try site.input()
    let channelsFirst = try site.settings.channelsFirst()
    guard let value = site.settings.value(name), input.type.rank == rank + 2 else {
      throw site.settings.unsupported("the setting '\(name)' of an input of rank \(input.type.rank)")
    }
    var pairs: [[Int]] = []
    if let one = value.smallInt {
      pairs = [[Int]](repeating: [one, one], count: rank)
    } else if let list = value.array {
      for item in list {
        if let one = item.smallInt {
          pairs.append([one, one])
        } else {
          pairs.append((item.array ?? []).compactMap(\.smallInt))
        }
      }
      // One pair of a sequence stands without a list around it.
      if rank == 1, list.count == 2, list.allSatisfy({ $0.smallInt != nil }) { pairs = [list.compactMap(\.smallInt)] }
      if rank == 2, list.count == 4, list.allSatisfy({ $0.smallInt != nil }) {
        let ends = list.compactMap(\.smallInt)
        pairs = [[ends[0], ends[1]], [ends[2], ends[3]]]
      }
    } else if let sides = value.object {
      // Keras 1 named the sides.
      pairs = [("top_pad", "bottom_pad"), ("left_pad", "right_pad")].map {
        [sides[$0]?.smallInt ?? 0, sides[$1]?.smallInt ?? 0]
      }
    }
    guard pairs.count == rank, pairs.allSatisfy({ $0.count == 2 }) else {
      throw site.settings.unsupported("the setting '\(name)' in this form")
    }
    let all = channelsFirst ? [[0, 0], [0, 0]] + pairs : [[0, 0]] + pairs + [[0, 0]]
    return .array(all.map { integers($0) })
  }
}
