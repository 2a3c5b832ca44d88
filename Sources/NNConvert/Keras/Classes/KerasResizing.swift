import NNFormat

extension KerasClass {
  /// Layers that give images other extents.
  static let resizing: [KerasClass] = [
    KerasClass("Resizing", "resize", "einsum_dense", "slice", "padding", limits: "ratios and lanczos of open extents") {
      site throws(ModelError) in
      let settings = site.settings
      let input = try site.computed(site.input())
      let sizes = [try settings.int("height"), try settings.int("width")]
      let mode = try settings.string("interpolation", default: "bilinear")
      let antialias = try settings.bool("antialias", default: false)
      var value = input
      let fill = try settings.number("fill_value", default: 0)
      settings.ignore("fill_mode")
      if try settings.bool("crop_to_aspect_ratio", default: false) { value = try cropped(site, value, sizes) }
      if try settings.bool("pad_to_aspect_ratio", default: false) { value = try padded(site, value, sizes, fill) }
      return [try resized(site, value, sizes, mode, antialias)]
    },
    KerasClass("RandomCrop", "slice", "resize", limits: "open extents") { site throws(ModelError) in
      site.settings.ignore("seed", "rng_type")
      let input = try site.input()
      // Since Keras 3.8 it does nothing at inference; the two releases before took the crop's place from its ratio alone.
      if site.conversion.isSince(3, 8) {
        site.settings.ignore("height", "width", "data_format")
        return [input]
      }
      let sizes = [try site.settings.int("height"), try site.settings.int("width")]
      let image = try site.computed(input)
      let cropped = try cropped(site, image, sizes, isWhole: !site.conversion.isSince(3, 6))
      return [try resized(site, cropped, sizes, "bilinear", false)]
    },
    KerasClass("CenterCrop", "slice", "resize", limits: "open extents") { site throws(ModelError) in
      let input = try site.computed(site.input())
      let sizes = [try site.settings.int("height"), try site.settings.int("width")]
      let (axes, extents) = try image(site, input)
      guard zip(extents, sizes).allSatisfy({ $0 >= $1 }) else {
        return [try resized(site, try cropped(site, input, sizes), sizes, "bilinear", false)]
      }
      let starts = zip(extents, sizes).map { ($0 - $1) / 2 }
      return try site.add("slice", slice(starts, sizes, axes), [input])
    },
  ]

  /// The axes of rows and columns, and their extents.
  private static func image(_ site: KerasSite, _ value: KerasValue) throws(ModelError) -> ([Int], [Int]) {
    let rank = value.type.rank
    let first = try site.settings.channelsFirst() ? rank - 2 : rank - 3
    guard first >= 0, let height = value.type.shape[first].value, let width = value.type.shape[first + 1].value else {
      throw site.settings.unsupported("an image of open extents")
    }
    return ([first, first + 1], [height, width])
  }

  /// A number without what is behind its point; at most what an extent can be.
  private static func rounded(_ number: Double) -> Int { number < 1e9 ? Int(max(number, 0)) : 1_000_000_000 }

  private static func slice(_ starts: [Int], _ sizes: [Int], _ axes: [Int]) -> JSONObject {
    [
      "starts": integers(starts), "ends": integers(zip(starts, sizes).map { $0 + $1 }), "axes": integers(axes),
    ]
  }

  /// The middle of an image, as large as it can be with the ratio of its later extents.
  ///
  /// Source: `resize` in `keras/src/backend/tensorflow/image.py`, with its roundings.
  ///
  /// - Parameter isWhole: whether it ends as far from the other side; else it is at most of its later extents
  private static func cropped(
    _ site: KerasSite, _ value: KerasValue, _ sizes: [Int], isWhole: Bool = true
  ) throws(ModelError) -> KerasValue {
    let (axes, extents) = try image(site, value)
    var height = max(min(extents[0], rounded(Double(extents[1]) * Double(sizes[0]) / Double(sizes[1]))), 1)
    var width = max(min(extents[1], rounded(Double(extents[0]) * Double(sizes[1]) / Double(sizes[0]))), 1)
    let starts = [(extents[0] - height) / 2, (extents[1] - width) / 2]
    if !isWhole {
      height = min(sizes[0], extents[0] - starts[0])
      width = min(sizes[1], extents[1] - starts[1])
    }
    guard [height, width] != extents else { return value }
    return try site.add("slice", slice(starts, [height, width], axes), [value], suffix: "crop")[0]
  }

  /// An image with margins that give it the ratio of its later extents.
  private static func padded(
    _ site: KerasSite, _ value: KerasValue, _ sizes: [Int], _ fill: Double
  ) throws(ModelError) -> KerasValue {
    let (axes, extents) = try image(site, value)
    let height = max(extents[0], rounded(Double(extents[1]) * Double(sizes[0]) / Double(sizes[1])))
    let width = max(extents[1], rounded(Double(extents[0]) * Double(sizes[1]) / Double(sizes[0])))
    var margins = [[Int]](repeating: [0, 0], count: value.type.rank)
    for (axis, (old, new)) in zip(axes, zip(extents, [height, width])) {
      // The same on both sides; what is left over by an odd difference Keras leaves out.
      margins[axis] = [(new - old) / 2, (new - old) / 2]
    }
    guard [height, width] != extents else { return value }
    return try site.add(
      "padding", ["padding": .array(margins.map { integers($0) }), "value": JSONValue(number: fill)], [value],
      suffix: "margins")[0]
  }

  private static func resized(
    _ site: KerasSite, _ value: KerasValue, _ sizes: [Int], _ mode: String, _ antialias: Bool
  ) throws(ModelError) -> KerasValue {
    let first = try site.settings.channelsFirst() ? value.type.rank - 2 : value.type.rank - 3
    guard first >= 0 else { throw site.settings.unsupported("an image of \(value.type.rank) dimensions") }
    return try resized(site, value, sizes, mode, antialias, first: first)
  }

  /// An image with other extents.
  ///
  /// - Parameter first: the axis of its rows
  static func resized(
    _ site: KerasSite, _ value: KerasValue, _ sizes: [Int], _ mode: String, _ antialias: Bool, first: Int
  ) throws(ModelError) -> KerasValue {
    if let kernel = KerasResizeKernel(mode) {
      return try kernel.resized(site, value, sizes, isAntialiased: antialias, first: first)
    }
    var fields: JSONObject = ["axes": integers([first, first + 1]), "sizes": integers(sizes)]
    switch mode {
    case "nearest":
      // TensorFlow takes the element at floor((i + 1/2) / s): the place less a half, rounded up where it is in the middle.
      fields["mode"] = "nearest"
      fields["nearest_mode"] = "round_prefer_ceil"
    case "bilinear": fields["mode"] = "linear"
    case "bicubic":
      fields["mode"] = "cubic"
      fields["cubic_coeff_a"] = -0.5
      fields["exclude_outside"] = true
    default: throw site.settings.unsupported("the interpolation '\(mode)'")
    }
    if antialias, mode != "nearest" {
      fields["antialias"] = true
      fields["exclude_outside"] = true
    }
    return try site.add("resize", fields, [value])[0]
  }
}
