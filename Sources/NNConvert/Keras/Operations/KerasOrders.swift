import NNFormat

extension KerasOperations {
  /// Operations that order elements, or take them by place or by their distance from a diagonal.
  static let orders: [String: Conversion] = {
    var table: [String: Conversion] = [:]
    for (output, name) in ["sort", "argsort"].enumerated() {
      table[name] = { operation throws(ModelError) in
        let value = try operation.float()
        let (place, count) = try operation.fixedAxis(of: value, default: -1)
        let isDown = operation.option("direction")?.string == "DESCENDING"
        return [
          try operation.site.add(
            "top_k", ["k": JSONValue(count), "axis": JSONValue(place), "largest": .bool(isDown)], [value])[output]
        ]
      }
    }
    table["median"] = { operation throws(ModelError) in try quantile(operation, 0.5) }
    table["quantile"] = { operation throws(ModelError) in
      try quantile(operation, operation.option("q", place: 1)?.number)
    }
    table["percentile"] = { operation throws(ModelError) in
      try quantile(operation, operation.option("q", place: 1)?.number.map { $0 / 100 })
    }
    table["take_along_axis"] = { operation throws(ModelError) in
      let operands = operation.operands + [operation.site.call["indices"]].compactMap { $0 }
      guard operands.count == 2, let data = operation.site.value(operands[0]) else {
        throw operation.site.settings.unsupported("indices without an array")
      }
      let indices = try operation.indices(operands[1], 1)
      let axis = try operation.axes(2) ?? [-1]
      guard axis.count == 1, let place = data.place(of: axis[0]), indices.type.rank == data.type.rank,
        indices.type.shape.indices.allSatisfy({ $0 == place || indices.type.shape[$0] == data.type.shape[$0] })
      else { throw operation.site.settings.unsupported("indices of other extents than the array's beside the axis") }
      return try operation.site.add("gather_elements", ["axis": JSONValue(place)], [data, indices])
    }
    table["diff"] = { operation throws(ModelError) in
      var value = try operation.float()
      let times = operation.option("n", place: 1)?.smallInt ?? 1
      let (place, count) = try operation.fixedAxis(of: value, default: -1, at: 2)
      guard times >= 0, times < min(count, 64) else {
        throw operation.site.settings.unsupported("\(times) differences along an axis of \(count)")
      }
      for time in 1..<max(times, 0) + 1 {
        let length = count - time + 1
        let later = try operation.site.part(value, 1..<length, axis: place, "later_\(time)")
        let earlier = try operation.site.part(value, 0..<length - 1, axis: place, "earlier_\(time)")
        value = try operation.site.add(
          "subtract", [:], [later, earlier], suffix: time == times ? nil : "difference_\(time)")[0]
      }
      return [value]
    }
    table["cross"] = { operation throws(ModelError) in
      let site = operation.site
      let pair = try operation.pair()
      let axes = ["axis", "axisa", "axisb", "axisc"].compactMap { operation.option($0)?.smallInt }
      guard axes.allSatisfy({ $0 == -1 }), pair.allSatisfy({ $0.type.shape.last == .known(3) }) else {
        throw site.settings.unsupported("a product of vectors that do not have 3 elements on the last axis")
      }
      func turned(_ value: KerasValue, _ order: [Double], _ name: String) throws(ModelError) -> KerasValue {
        let places = try site.constant(order, [3], .i32, suffix: "\(name)_places")
        return try site.add("gather", ["axis": -1], [value, places], suffix: name)[0]
      }
      let (next, after) = ([1.0, 2, 0], [2.0, 0, 1])
      let first = try site.add(
        "multiply", [:], [turned(pair[0], next, "left_1"), turned(pair[1], after, "right_1")], suffix: "product_1")[0]
      let second = try site.add(
        "multiply", [:], [turned(pair[0], after, "left_2"), turned(pair[1], next, "right_2")], suffix: "product_2")[0]
      return try site.add("subtract", [:], [first, second])
    }
    for name in ["tril", "triu"] {
      table[name] = { operation throws(ModelError) in
        let site = operation.site
        let value = try operation.input()
        let shift = operation.option("k", place: 1)?.smallInt ?? 0
        guard value.type.rank >= 2, let rows = value.type.shape[value.type.rank - 2].value,
          let columns = value.type.shape.last?.value, rows > 0, columns > 0, rows <= 1 << 24 / columns
        else { throw site.settings.unsupported("a triangle of open extents") }
        let kept = (0..<rows * columns).map { place in
          let distance = place % columns - place / columns
          return (name == "tril" ? distance <= shift : distance >= shift) ? 1.0 : 0
        }
        let mask = try site.constant(kept, [rows, columns], .bool, suffix: "triangle")
        return try site.add("where", [:], [mask, value, operation.number(0, like: value, "zero")])
      }
    }
    return table
  }()

  /// The element at a share of the way from the least to the greatest, between two on the line through them.
  private static func quantile(_ operation: KerasOperation, _ share: Double?) throws(ModelError) -> [KerasValue] {
    let site = operation.site
    guard let share, (0...1).contains(share), operation.option("method")?.string ?? "linear" == "linear" else {
      throw site.settings.unsupported("several quantiles, or ones that are not on a line between two elements")
    }
    let value = try operation.float()
    let (place, count) = try operation.fixedAxis(of: value, default: nil, at: nil)
    let position = share * Double(count - 1)
    let below = Int(position.rounded(.down))
    let sorted = try site.add(
      "top_k", ["k": JSONValue(count), "axis": JSONValue(place), "largest": false], [value], suffix: "sorted")[0]
    var result = try site.part(sorted, below..<below + 1, axis: place, "below")
    if position > Double(below) {
      let above = try site.part(sorted, below + 1..<below + 2, axis: place, "above")
      let weight = position - Double(below)
      let near = try site.add("rescaling", ["scale": JSONValue(number: 1 - weight)], [result], suffix: "share_below")[0]
      let far = try site.add("rescaling", ["scale": JSONValue(number: weight)], [above], suffix: "share_above")[0]
      result = try site.add("add", [:], [near, far], suffix: operation.isTrue("keepdims") ? nil : "between")[0]
    }
    if operation.isTrue("keepdims") { return [result] }
    return try site.add("squeeze", ["axes": [JSONValue(place)]], [result])
  }
}

extension KerasOperation {
  /// An argument as indices.
  func indices(_ argument: KerasArgument, _ place: Int) throws(ModelError) -> KerasValue {
    guard let value = site.value(argument) else { return try self.value(argument, .i32, place) }
    return [.i32, .i64].contains(value.type.dataType) ? value : try site.cast(value, to: .i32)
  }

  /// The one axis of an option and its extent, which must be known.
  func fixedAxis(
    of value: KerasValue, default standard: Int?, at option: Int? = 1
  ) throws(ModelError) -> (place: Int, extent: Int) {
    let axes = try axes(option) ?? standard.map { [$0] } ?? []
    guard axes.count == 1, let place = value.place(of: axes[0]), let extent = value.type.shape[place].value, extent > 0
    else { throw site.settings.unsupported("no axis, several or one of an open extent") }
    return (place, extent)
  }
}

extension KerasSite {
  /// A part of a value along an axis.
  func part(_ value: KerasValue, _ range: Range<Int>, axis: Int, _ suffix: String?) throws(ModelError) -> KerasValue {
    try add(
      "slice",
      ["starts": [JSONValue(range.lowerBound)], "ends": [JSONValue(range.upperBound)], "axes": [JSONValue(axis)]],
      [value], suffix: suffix)[0]
  }
}
