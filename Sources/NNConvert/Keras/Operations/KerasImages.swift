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
