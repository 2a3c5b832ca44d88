import NNFormat

extension KerasOperations {
  /// Operations on the arrangement of elements that other operations on it are made of.
  static let arrangements: [String: Conversion] = [
    "ravel": { operation throws(ModelError) in
      try operation.site.add("reshape", ["target_shape": [-1], "keeps_batch": false], [operation.input()])
    },
    "append": { operation throws(ModelError) in
      guard let axis = try operation.axes(nil)?.first else {
        throw operation.site.settings.unsupported("values that are joined without an axis")
      }
      return try operation.site.add("concatenate", ["axis": JSONValue(axis)], operation.operandValues())
    },
    "hstack": { operation throws(ModelError) in
      let values = try operation.operandValues()
      let axis = (values.first?.type.rank ?? 0) > 1 ? 1 : 0
      return try operation.site.add("concatenate", ["axis": JSONValue(axis)], values)
    },
    "vstack": { operation throws(ModelError) in
      let values = try operation.operandValues()
      guard values.allSatisfy({ $0.type.rank > 1 }) else {
        throw operation.site.settings.unsupported("rows of vectors")
      }
      return try operation.site.add("concatenate", ["axis": 0], values)
    },
    "rot90": { operation throws(ModelError) in
      let site = operation.site
      let value = try operation.input()
      let given = operation.option("axes", place: 2)?.array?.compactMap(\.smallInt) ?? [0, 1]
      let turns = ((operation.option("k", place: 1)?.smallInt ?? 1) % 4 + 4) % 4
      let axes = given.compactMap { value.place(of: $0) }
      guard axes.count == 2, axes[0] != axes[1] else {
        throw site.settings.unsupported("axes that the value does not have")
      }
      func flipped(_ value: KerasValue, _ axes: [Int], _ suffix: String?) throws(ModelError) -> KerasValue {
        try site.add("slice", backwards(axes), [value], suffix: suffix)[0]
      }
      switch turns {
      case 0: return [value]
      case 2:
        // With TensorFlow Keras 3.15 mixes the elements of unequal extents up, and with other backends it does not.
        guard value.type.shape[axes[0]] == value.type.shape[axes[1]], value.type.shape[axes[0]].value != nil else {
          throw site.settings.unsupported("half a turn of unequal extents, which depends on Keras's backend")
        }
        return [try flipped(value, axes.sorted(), nil)]
      default:
        var order = Array(0..<value.type.rank)
        order.swapAt(axes[0], axes[1])
        let turned = try site.add(
          "permute", ["permutation": KerasClass.integers(order)], [value], suffix: "transposed")[0]
        return [try flipped(turned, [turns == 1 ? axes[0] : axes[1]], nil)]
      }
    },
    "flip": { operation throws(ModelError) in
      let input = try operation.input()
      return try operation.site.add(
        "slice", backwards(try operation.axes() ?? Array(0..<input.type.rank)), [input])
    },
    "slice": { operation throws(ModelError) in
      let value = try operation.input()
      func numbers(_ names: [String], _ place: Int) -> [Int]? {
        guard case .constant(let json)? = operation.argument(names, place) else { return nil }
        let list = (json.array ?? []).compactMap(\.smallInt)
        return list.count == value.type.rank ? list : nil
      }
      let sizes = operation.option("shape", "size")?.array?.compactMap(\.smallInt) ?? numbers(["shape", "size"], 2)
      guard let starts = numbers(["start_indices", "begin"], 1), let sizes, sizes.count == starts.count,
        starts.allSatisfy({ $0 >= 0 })
      else { throw operation.site.settings.unsupported("a part whose place is computed") }
      // A size of -1 is all that follows.
      let ends = zip(starts, sizes).map { $1 < 0 ? Int(Int32.max) : $0 + $1 }
      return try operation.site.add(
        "slice",
        [
          "starts": KerasClass.integers(starts), "ends": KerasClass.integers(ends),
          "axes": KerasClass.integers(Array(starts.indices)),
        ], [value])
    },
    "multi_hot": { operation throws(ModelError) in
      let value = try operation.input()
      guard let count = operation.option("num_classes", "num_tokens", place: 1)?.smallInt,
        [-1, value.type.rank - 1].contains(operation.option("axis")?.smallInt ?? -1), value.type.rank == 2
      else { throw operation.site.settings.unsupported("classes in this form") }
      let indices = value.type.dataType.isFloat ? try operation.site.cast(value, to: .i32) : value
      return try operation.site.add(
        "category_encoding", ["num_tokens": JSONValue(count), "output_mode": "multi_hot"], [indices])
    },
    "segment_sum": { operation throws(ModelError) in try segments(operation, "segment_sum") },
    "segment_max": { operation throws(ModelError) in try segments(operation, "segment_max") },
  ]

  /// The fields of a slice that turns axes round.
  private static func backwards(_ axes: [Int]) -> JSONObject {
    let ones = axes.map { _ in -1 }
    return [
      "starts": KerasClass.integers(ones), "ends": .array(axes.map { _ in JSONValue(Int32.min) }),
      "axes": KerasClass.integers(axes), "strides": KerasClass.integers(ones),
    ]
  }

  private static func segments(_ operation: KerasOperation, _ kind: String) throws(ModelError) -> [KerasValue] {
    guard let count = operation.option("num_segments", place: 2)?.smallInt,
      let argument = operation.argument(["segment_ids"], 1)
    else { throw operation.site.settings.unsupported("a number of segments that is computed") }
    return try operation.site.add(
      kind, ["num_segments": JSONValue(count)], [operation.float(), operation.indices(argument, 1)])
  }
}
