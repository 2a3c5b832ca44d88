import NNFormat

extension KerasOperations {
  /// Operations on images: `keras.ops.image` and `tf.image`.
  static let images: [String: Conversion] = [
    "image_resize": { operation throws(ModelError) in
      let site = operation.site
      guard let sizes = operation.option("size", place: 1)?.array?.compactMap(\.smallInt), sizes.count == 2,
        !operation.isTrue("preserve_aspect_ratio", "crop_to_aspect_ratio", "pad_to_aspect_ratio")
      else { throw site.settings.unsupported("a change of extents in this form") }
      let mode = operation.option("interpolation", "method")?.string ?? "bilinear"
      let value = try image(operation)
      return [
        try KerasClass.resized(
          site, value, sizes, mode, operation.isTrue("antialias"), first: try firstAxis(operation, value))
      ]
    },
    "rgb_to_grayscale": { operation throws(ModelError) in
      let site = operation.site
      let value = try image(operation)
      let axis = operation.isChannelsFirst ? -3 : -1
      guard let place = value.place(of: axis), let count = value.type.shape[place].value, count == 1 || count == 3
      else {
        throw site.settings.unsupported("an image that does not have the three colours")
      }
      guard count == 3 else { return [value] }
      let colours = [0.2989, 0.5870, 0.1140]
      let shape = axis == -1 ? [3] : [3, 1, 1]
      let weights = try site.constant(colours, shape, value.type.dataType, suffix: "colours")
      let weighted = try site.add("multiply", [:], [value, weights], suffix: "weighted")
      return try site.add("reduce_sum", ["axes": [JSONValue(place)], "keepdims": true], weighted)
    },
    "rgb_to_hsv": { operation throws(ModelError) in
      let colours = try colours(operation)
      let (red, green, blue) = (colours.parts[0], colours.parts[1], colours.parts[2])
      let most = try operation.one("maximum", [operation.one("maximum", [red, green], "more"), blue], "most")
      let least = try operation.one("minimum", [operation.one("minimum", [red, green], "less"), blue], "least")
      let range = try operation.one("subtract", [most, least], "range")
      let zero = try operation.number(0, like: red, "zero")
      func chosen(_ kind: String, _ pair: [KerasValue], _ yes: KerasValue, _ no: KerasValue, _ name: String)
        throws(ModelError) -> KerasValue
      {
        try operation.one("where", [operation.one(kind, pair, "\(name)_test"), yes, no], name)
      }
      let share = try operation.one("divide", [range, most], "share")
      let saturation = try chosen("greater", [most, zero], share, zero, "saturation")
      let turn = try operation.scaled(range, by: 6, "turn")
      func part(_ one: KerasValue, _ other: KerasValue, _ offset: Double, _ name: String) throws(ModelError)
        -> KerasValue
      {
        let difference = try operation.one("subtract", [one, other], "\(name)_difference")
        return try operation.one(
          "rescaling", [operation.one("divide", [difference, turn], "\(name)_share")], name,
          ["scale": 1.0, "offset": JSONValue(number: offset)])
      }
      let last = try part(red, green, 2.0 / 3, "of_blue")
      let middle = try chosen("equal", [green, most], part(blue, red, 1.0 / 3, "of_green"), last, "green_or_blue")
      let any = try chosen("equal", [red, most], part(green, blue, 0, "of_red"), middle, "any")
      let hue = try chosen("greater", [range, zero], any, zero, "signed_hue")
      let next = try operation.one("rescaling", [hue], "next_turn", ["scale": 1.0, "offset": 1.0])
      let positive = try chosen("less", [hue, zero], next, hue, "hue")
      return [try operation.one("concatenate", [positive, saturation, most], nil, ["axis": JSONValue(colours.axis)])]
    },
    "hsv_to_rgb": { operation throws(ModelError) in
      let colours = try colours(operation)
      let (hue, saturation, value) = (colours.parts[0], colours.parts[1], colours.parts[2])
      let turn = try operation.scaled(hue, by: 6, "turn")
      let rest = try operation.one("rescaling", [saturation], "rest", ["scale": -1.0, "offset": 1.0])
      // Each colour rises and falls around its place in the turn.
      func colour(_ centre: Double, _ scale: Double, _ offset: Double, _ name: String) throws(ModelError) -> KerasValue
      {
        let shifted = try operation.one(
          "rescaling", [turn], "\(name)_place", ["scale": 1.0, "offset": JSONValue(number: -centre)])
        let bent = try operation.one(
          "rescaling", [operation.one("abs", [shifted], "\(name)_distance")], "\(name)_line",
          ["scale": JSONValue(number: scale), "offset": JSONValue(number: offset)])
        let share = try operation.one("clip", [bent], "\(name)_share", ["min": 0.0, "max": 1.0])
        let part = try operation.one("multiply", [saturation, share], "\(name)_part")
        return try operation.one("multiply", [operation.one("add", [rest, part], "\(name)_sum"), value], name)
      }
      let all = [try colour(3, 1, -1, "red"), try colour(2, -1, 2, "green"), try colour(4, -1, 2, "blue")]
      return [try operation.one("concatenate", all, nil, ["axis": JSONValue(colours.axis)])]
    },
    "pad_images": { operation throws(ModelError) in
      let (value, axes, margins) = try margins(operation, "padding", sign: 1)
      var padding = [[Int]](repeating: [0, 0], count: value.type.rank)
      for (axis, margin) in zip(axes, margins) { padding[axis] = margin }
      return try operation.site.add(
        "padding", ["padding": .array(padding.map { KerasClass.integers($0) })], [value])
    },
    "crop_images": { operation throws(ModelError) in
      let (value, axes, margins) = try margins(operation, "cropping", sign: -1)
      var cropping = [[Int]](repeating: [0, 0], count: value.type.rank)
      for (axis, margin) in zip(axes, margins) { cropping[axis] = margin }
      return try operation.site.add(
        "cropping", ["cropping": .array(cropping.map { KerasClass.integers($0) })], [value])
    },
  ]

  /// The image. Keras rounds the results of whole numbers to such again, and TensorFlow does not.
  private static func image(_ operation: KerasOperation) throws(ModelError) -> KerasValue {
    let value = try operation.input()
    guard value.type.dataType.isFloat || !operation.site.layer.isOperation else {
      throw operation.site.settings.unsupported("an image of whole numbers")
    }
    return try operation.float()
  }

  /// The three colours of an image, each with an extent of 1 along their axis.
  private static func colours(_ operation: KerasOperation) throws(ModelError) -> (parts: [KerasValue], axis: Int) {
    let value = try image(operation)
    guard let place = value.place(of: operation.isChannelsFirst ? -3 : -1), value.type.shape[place].value == 3 else {
      throw operation.site.settings.unsupported("an image that does not have three colours")
    }
    let parts = try operation.site.add(
      "split", ["sizes": [1, 1, 1], "axis": JSONValue(place)], [value], suffix: "colours")
    return (parts, place)
  }

  /// The axis of an image's rows.
  private static func firstAxis(_ operation: KerasOperation, _ value: KerasValue) throws(ModelError) -> Int {
    let first = value.type.rank - (operation.isChannelsFirst ? 2 : 3)
    guard first >= 0 else { throw operation.site.settings.unsupported("an image of \(value.type.rank) dimensions") }
    return first
  }

  /// What a call adds to an image on each side, or takes away: two of a side, its opposite and the extent to come say the third.
  private static func margins(
    _ operation: KerasOperation, _ word: String, sign: Int
  ) throws(ModelError) -> (value: KerasValue, axes: [Int], margins: [[Int]]) {
    let value = try operation.input()
    let first = try firstAxis(operation, value)
    var margins: [[Int]] = []
    for (place, (before, after, target)) in [("top", "bottom", "height"), ("left", "right", "width")].enumerated() {
      var start = operation.option("\(before)_\(word)")?.smallInt
      var end = operation.option("\(after)_\(word)")?.smallInt
      if let size = operation.option("target_\(target)")?.smallInt, start == nil || end == nil {
        guard let extent = value.type.shape[first + place].value, (start ?? end) != nil else {
          throw operation.site.settings.unsupported("an image of open extents")
        }
        let both = sign * (size - extent)
        start = start ?? both - (end ?? 0)
        end = end ?? both - (start ?? 0)
      }
      guard let start, let end, start >= 0, end >= 0 else {
        throw operation.site.settings.unsupported("margins that do not fit together")
      }
      margins.append([start, end])
    }
    return (value, [first, first + 1], margins)
  }
}

extension KerasOperation {
  /// Whether channels come first.
  fileprivate var isChannelsFirst: Bool { option("data_format")?.string == "channels_first" }
}
