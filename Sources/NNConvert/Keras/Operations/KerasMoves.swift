import NNFormat

extension KerasOperations {
  /// Operations that move elements.
  static let moves: [String: Conversion] = [
    "reshape": { operation throws(ModelError) in
      guard let shape = operation.option("newshape", "shape", place: 1).flatMap(KerasSettings.shape) else {
        throw operation.site.settings.unsupported("a shape that is computed")
      }
      let input = try operation.input()
      let extents = shape.map { $0 ?? -1 }
      return try operation.site.add(
        "reshape", ["target_shape": KerasClass.integers(extents), "keeps_batch": false], [input])
    },
    "transpose": { operation throws(ModelError) in
      let input = try operation.input()
      let order =
        operation.option("axes", "perm", place: 1)?.array?.compactMap(\.smallInt)
        ?? Array((0..<input.type.rank).reversed())
      return try operation.site.add("permute", ["permutation": KerasClass.integers(order)], [input])
    },
    "swapaxes": { operation throws(ModelError) in
      let input = try operation.input()
      let rank = input.type.rank
      guard let one = operation.option("axis1", place: 1)?.smallInt,
        let other = operation.option("axis2", place: 2)?.smallInt,
        (-rank..<rank).contains(one), (-rank..<rank).contains(other)
      else { throw operation.site.settings.unsupported("axes that the value does not have") }
      var order = Array(0..<rank)
      order.swapAt((one + rank) % rank, (other + rank) % rank)
      return try operation.site.add("permute", ["permutation": KerasClass.integers(order)], [input])
    },
    "moveaxis": { operation throws(ModelError) in
      let input = try operation.input()
      let rank = input.type.rank
      func places(_ name: String, _ place: Int) -> [Int] {
        let value = operation.option(name, place: place)
        return (value?.smallInt.map { [$0] } ?? value?.array?.compactMap(\.smallInt) ?? []).map {
          $0 < 0 ? $0 + rank : $0
        }
      }
      let (from, to) = (places("source", 1), places("destination", 2))
      guard from.count == to.count, Set(from).count == from.count, Set(to).count == to.count,
        (from + to).allSatisfy((0..<rank).contains)
      else { throw operation.site.settings.unsupported("axes that the value does not have") }
      var order = (0..<rank).filter { !from.contains($0) }
      for (source, target) in zip(from, to).sorted(by: { $0.1 < $1.1 }) { order.insert(source, at: target) }
      return try operation.site.add("permute", ["permutation": KerasClass.integers(order)], [input])
    },
    "repeat": { operation throws(ModelError) in
      let input = try operation.input()
      guard let count = operation.option("repeats", place: 1)?.smallInt, count > 0,
        let axis = try operation.axes(2)?.first,
        let place = input.place(of: axis)
      else { throw operation.site.settings.unsupported("a repetition without an axis, or of unequal numbers") }
      // Each element along the axis, several times: a new axis behind it is repeated and joined with it.
      let open = try operation.site.add("expand_dims", ["axes": [JSONValue(place + 1)]], [input], suffix: "open")
      var repeats = [Int](repeating: 1, count: input.type.rank + 1)
      repeats[place + 1] = count
      let tiled = try operation.site.add("tile", ["repeats": KerasClass.integers(repeats)], open, suffix: "tiled")
      var extents = input.type.shape.map { $0.value ?? -1 }
      if extents[place] >= 0 {
        let (product, overflow) = extents[place].multipliedReportingOverflow(by: count)
        guard !overflow else { throw operation.site.settings.unsupported("more elements than can be counted") }
        extents[place] = product
      }
      guard extents.filter({ $0 == -1 }).count <= 1 else {
        throw operation.site.settings.unsupported("a repetition among open extents")
      }
      return try operation.site.add(
        "reshape", ["target_shape": KerasClass.integers(extents), "keeps_batch": false], tiled)
    },
    "roll": { operation throws(ModelError) in
      let input = try operation.input()
      guard let shift = operation.option("shift", place: 1)?.smallInt, let axis = try operation.axes(2)?.first,
        let place = input.place(of: axis), let extent = input.type.shape[place].value, extent > 0
      else { throw operation.site.settings.unsupported("a roll without an axis, or of an open extent") }
      let cut = ((-shift) % extent + extent) % extent
      guard cut > 0 else { return [input] }
      let parts = try operation.site.add(
        "split", ["sizes": KerasClass.integers([cut, extent - cut]), "axis": JSONValue(place)], [input], suffix: "parts"
      )
      return try operation.site.add("concatenate", ["axis": JSONValue(place)], [parts[1], parts[0]])
    },
    "space_to_depth": { operation throws(ModelError) in try blocks(operation, "space_to_depth") },
    "depth_to_space": { operation throws(ModelError) in try blocks(operation, "depth_to_space") },
    "expand_dims": { operation throws(ModelError) in
      try operation.site.add(
        "expand_dims", ["axes": KerasClass.integers(try operation.axes() ?? [])], [operation.input()])
    },
    "squeeze": { operation throws(ModelError) in
      let input = try operation.input()
      let axes = try operation.axes() ?? input.type.shape.indices.filter { input.type.shape[$0] == .known(1) }
      return try operation.site.add("squeeze", ["axes": KerasClass.integers(axes)], [input])
    },
    "concatenate": { operation throws(ModelError) in
      try operation.site.add(
        "concatenate", ["axis": JSONValue(try operation.axes(nil)?.first ?? 0)], operation.operandValues())
    },
    "stack": { operation throws(ModelError) in
      let axis = try operation.axes(nil)?.first ?? 0
      var parts: [KerasValue] = []
      for (place, value) in try operation.operandValues().enumerated() {
        parts += try operation.site.add(
          "expand_dims", ["axes": [JSONValue(axis)]], [value], suffix: "input_\(place + 1)")
      }
      return try operation.site.add("concatenate", ["axis": JSONValue(axis)], parts)
    },
    "split": { operation throws(ModelError) in try split(operation) },
    "unstack": { operation throws(ModelError) in
      let input = try operation.input()
      let axis = try operation.axes(nil)?.first ?? 0
      let place = axis < 0 ? axis + input.type.rank : axis
      guard input.type.shape.indices.contains(place), let count = input.type.shape[place].value, count < 64 else {
        throw operation.site.settings.unsupported("an open number of parts")
      }
      let parts = try operation.site.add(
        "split", ["sizes": KerasClass.integers([Int](repeating: 1, count: count)), "axis": JSONValue(axis)], [input],
        suffix: "parts")
      var results: [KerasValue] = []
      for (number, part) in parts.enumerated() {
        results += try operation.site.add("squeeze", ["axes": [JSONValue(axis)]], [part], suffix: "part_\(number + 1)")
      }
      return results
    },
    "tile": { operation throws(ModelError) in
      guard let repeats = operation.option("repeats", "multiples", place: 1)?.array?.compactMap(\.smallInt) else {
        throw operation.site.settings.unsupported("repeats that are computed")
      }
      return try operation.site.add("tile", ["repeats": KerasClass.integers(repeats)], [operation.input()])
    },
    "broadcast_to": { operation throws(ModelError) in
      guard let shape = operation.option("shape", place: 1)?.array?.compactMap(\.smallInt) else {
        throw operation.site.settings.unsupported("a shape that is computed")
      }
      return try operation.site.add("expand", ["target_shape": KerasClass.integers(shape)], [operation.input()])
    },
    "pad": { operation throws(ModelError) in try pad(operation) },
    "take": { operation throws(ModelError) in
      let operands = operation.operands + [operation.site.call["indices"]].compactMap { $0 }
      guard operands.count == 2, let data = operation.site.value(operands[0]) else {
        throw operation.site.settings.unsupported("indices without an array")
      }
      return try operation.site.add(
        "gather", ["axis": JSONValue(try operation.axes(nil)?.first ?? 0)],
        [data, operation.indices(operands[1], 1)])
    },
    "one_hot": { operation throws(ModelError) in
      guard let count = operation.option("num_classes", "depth", place: 1)?.smallInt else {
        throw operation.site.settings.unsupported("a number of classes that is computed")
      }
      let axis = try operation.axes(nil)?.first ?? -1
      let input = try operation.input()
      guard axis == -1 || axis == input.type.rank else {
        throw operation.site.settings.unsupported("classes on an inner axis")
      }
      let indices = input.type.dataType.isFloat ? try operation.site.cast(input, to: .i32) : input
      return try operation.site.add(
        "category_encoding", ["num_tokens": JSONValue(count), "output_mode": "one_hot"], [indices])
    },
    "get_item": { operation throws(ModelError) in try KerasIndex.item(operation) },
  ]

  private static func blocks(_ operation: KerasOperation, _ kind: String) throws(ModelError) -> [KerasValue] {
    guard let size = operation.option("block_size", place: 1)?.smallInt,
      operation.option("data_format")?.string ?? "NHWC" == "NHWC"
    else { throw operation.site.settings.unsupported("blocks in this form") }
    return try operation.site.add(kind, ["block_size": JSONValue(size)], [operation.input()])
  }

  private static func split(_ operation: KerasOperation) throws(ModelError) -> [KerasValue] {
    let input = try operation.input()
    let isTensorFlow = !operation.site.layer.isOperation
    let axis = try operation.axes(2)?.first ?? 0
    let place = axis < 0 ? axis + input.type.rank : axis
    guard input.type.shape.indices.contains(place), let extent = input.type.shape[place].value,
      let parts = operation.option("indices_or_sections", "num_or_size_splits", place: 1)
    else { throw operation.site.settings.unsupported("a cut of an open extent") }
    var sizes: [Int]
    if let count = parts.smallInt {
      guard (1...1024).contains(count), extent % count == 0 else {
        throw operation.site.settings.unsupported("parts of unequal size")
      }
      sizes = [Int](repeating: extent / count, count: count)
    } else {
      let list = parts.array?.compactMap(\.smallInt) ?? []
      // TensorFlow gives sizes, Keras the places of the cuts.
      sizes = isTensorFlow ? list : zip([0] + list, list + [extent]).map { $1 - $0 }
    }
    sizes = sizes.map { max($0, -1) }
    return try operation.site.add("split", ["sizes": KerasClass.integers(sizes), "axis": JSONValue(axis)], [input])
  }

  private static func pad(_ operation: KerasOperation) throws(ModelError) -> [KerasValue] {
    let input = try operation.input()
    let given = operation.option("pad_width", "paddings", place: 1)?.array ?? []
    let pairs = given.compactMap { $0.array?.compactMap(\.smallInt) }
    let mode = operation.option("mode")?.string?.lowercased() ?? "constant"
    guard pairs.count == input.type.rank, pairs.allSatisfy({ $0.count == 2 }),
      ["constant", "reflect", "edge", "wrap"].contains(mode)
    else { throw operation.site.settings.unsupported("a padding in this form") }
    var fields: JSONObject = ["padding": .array(pairs.map { KerasClass.integers($0) }), "mode": .string(mode)]
    // The second operand where it has no name.
    let places = operation.site.call.positional
    if case .constant(let json)? = places.count > 1 ? places.last : nil, let value = json.number {
      fields["value"] = JSONValue(number: value)
    }
    if let value = operation.option("constant_values")?.number { fields["value"] = JSONValue(number: value) }
    return try operation.site.add("padding", fields, [input])
  }
}
