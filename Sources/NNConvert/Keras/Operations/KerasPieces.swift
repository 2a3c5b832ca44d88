import NNFormat

extension KerasOperations {
  /// Operations that take values apart and put them together along axes whose extents are known.
  static let pieces: [String: Conversion] = [
    "hsplit": { operation throws(ModelError) in
      let value = try operation.input()
      return try parts(operation, value, value.type.rank == 1 ? 0 : 1, isEven: true)
    },
    "vsplit": { operation throws(ModelError) in try parts(operation, operation.input(), 0, isEven: true) },
    "dsplit": { operation throws(ModelError) in try parts(operation, operation.input(), 2, isEven: true) },
    "array_split": { operation throws(ModelError) in
      try parts(operation, operation.input(), operation.axes(2)?.first ?? 0, isEven: false)
    },
    "dstack": { operation throws(ModelError) in
      var values: [KerasValue] = []
      for (place, value) in try operation.operandValues().enumerated() {
        switch value.type.rank {
        case 0, 1: throw operation.site.settings.unsupported("values of \(value.type.rank) dimensions")
        case 2: values.append(try operation.one("expand_dims", [value], "input_\(place + 1)", ["axes": [2]]))
        default: values.append(value)
        }
      }
      return try operation.site.add("concatenate", ["axis": 2], values)
    },
    "select": { operation throws(ModelError) in
      let lists = operation.site.call.positional
      guard lists.count >= 2, case .list(let conditions) = lists[0], case .list(let choices) = lists[1],
        conditions.count == choices.count, !conditions.isEmpty
      else { throw operation.site.settings.unsupported("conditions and choices that are not as many") }
      let type = choices.compactMap { operation.site.value($0)?.type.dataType }.first ?? .f32
      var result = try operation.value(
        operation.argument(["default"], 2) ?? .constant(0), type, choices.count)
      // The first condition that holds decides.
      for place in choices.indices.reversed() {
        result = try operation.one(
          "where",
          [
            operation.value(conditions[place], .bool, choices.count + 1 + place),
            operation.value(choices[place], type, place),
            result,
          ],
          place == 0 ? nil : "from_\(place + 1)")
      }
      return [result]
    },
    "diagonal": { operation throws(ModelError) in [try diagonal(operation, nil)] },
    "trace": { operation throws(ModelError) in
      [try operation.one("reduce_sum", [diagonal(operation, "diagonal")], nil, ["axes": [-1]])]
    },
    "trapezoid": { operation throws(ModelError) in
      let value = try operation.float()
      let axis = operation.option("axis", place: 3)?.smallInt ?? -1
      guard operation.option("x") == nil, operation.argument(["x"], 1) == nil, value.place(of: axis) != nil else {
        throw operation.site.settings.unsupported("steps of unequal width")
      }
      let width = operation.option("dx", place: 2)?.number ?? 1
      func from(_ start: Int, _ end: Int, _ name: String) throws(ModelError) -> KerasValue {
        try operation.one(
          "slice", [value], name,
          ["starts": [JSONValue(start)], "ends": [JSONValue(end)], "axes": [JSONValue(axis)]])
      }
      let pairs = try operation.one("add", [from(1, Int(Int32.max), "later"), from(0, -1, "earlier")], "pairs")
      let areas = try operation.scaled(pairs, by: width / 2, "areas")
      return [try operation.one("reduce_sum", [areas], nil, ["axes": [JSONValue(axis)]])]
    },
    "cumprod": { operation throws(ModelError) in
      let value = try operation.float()
      guard let axis = try operation.axes()?.first, let place = value.place(of: axis),
        let extent = value.type.shape[place].value, (1...256).contains(extent)
      else { throw operation.site.settings.unsupported("a product without an axis, or along one beyond 256 elements") }
      guard extent > 1 else { return [value] }
      var products = try operation.site.add(
        "split", ["sizes": KerasClass.integers([Int](repeating: 1, count: extent)), "axis": JSONValue(place)], [value],
        suffix: "factors")
      for number in 1..<extent {
        products[number] = try operation.one(
          "multiply", [products[number - 1], products[number]], "product_\(number + 1)")
      }
      return try operation.site.add("concatenate", ["axis": JSONValue(place)], products)
    },
    "slice_update": { operation throws(ModelError) in
      guard let value = operation.values.first,
        let updates = operation.site.value(operation.argument(["updates"], 2)),
        let starts = operation.option("start_indices", place: 1)?.array?.compactMap(\.smallInt),
        starts.count == value.type.rank, updates.type.rank == value.type.rank
      else { throw operation.site.settings.unsupported("a place or an update that is computed") }
      var margins: [[Int]] = []
      for (axis, start) in starts.enumerated() {
        // An open extent is replaced as a whole.
        if start == 0, value.type.shape[axis] == updates.type.shape[axis] {
          margins.append([0, 0])
          continue
        }
        guard let whole = value.type.shape[axis].value, let part = updates.type.shape[axis].value else {
          throw operation.site.settings.unsupported("an update of open extents")
        }
        // What would reach beyond the end is moved back.
        let first = max(min(start, whole - part), 0)
        margins.append([first, whole - part - first])
      }
      let padding: JSONObject = ["padding": .array(margins.map { KerasClass.integers($0) })]
      let same = try operation.site.cast(updates, to: value.type.dataType)
      let isNew = try operation.one("equal", [same, same], "equal")
      let not = try operation.one("not", [isNew], "unequal")
      let always = try operation.one("or", [isNew, not], "always")
      let mask = try operation.one("padding", [always], "mask", padding)
      return [try operation.one("where", [mask, operation.one("padding", [same], "placed", padding), value], nil)]
    },
    "segment_min": { operation throws(ModelError) in
      guard let count = operation.option("num_segments", place: 2)?.smallInt,
        let argument = operation.argument(["segment_ids"], 1)
      else { throw operation.site.settings.unsupported("a number of segments that is computed") }
      let turned = try operation.one("neg", [operation.float()], "turned")
      let most = try operation.one(
        "segment_max", [turned, operation.indices(argument, 1)], "most", ["num_segments": JSONValue(count)])
      return [try operation.one("neg", [most], nil)]
    },
  ]

  /// The parts of a value along an axis: so many, of which the first are longer by one where they cannot be equal, or between cuts.
  private static func parts(
    _ operation: KerasOperation, _ value: KerasValue, _ axis: Int, isEven: Bool
  ) throws(ModelError) -> [KerasValue] {
    guard let place = value.place(of: axis), let extent = value.type.shape[place].value,
      let given = operation.option("indices_or_sections", place: 1)
    else { throw operation.site.settings.unsupported("a cut of an open extent") }
    var sizes: [Int]
    if let count = given.smallInt {
      guard (1...1024).contains(count), !isEven || extent % count == 0 else {
        throw operation.site.settings.unsupported("parts of unequal size")
      }
      sizes = (0..<count).map { extent / count + ($0 < extent % count ? 1 : 0) }
    } else {
      let cuts = given.array?.compactMap(\.smallInt) ?? []
      sizes = zip([0] + cuts, cuts + [extent]).map { $1 - $0 }
      guard !cuts.isEmpty, sizes.allSatisfy({ $0 >= 0 }) else {
        throw operation.site.settings.unsupported("cuts that are not in order")
      }
    }
    return try operation.site.add(
      "split", ["sizes": KerasClass.integers(sizes), "axis": JSONValue(place)], [value])
  }

  /// The elements whose places along two axes differ by an offset, as the last axis.
  private static func diagonal(_ operation: KerasOperation, _ suffix: String?) throws(ModelError) -> KerasValue {
    let value = try operation.input()
    let rank = value.type.rank
    let offset = operation.option("offset", place: 1)?.smallInt ?? 0
    let axes = [operation.option("axis1", place: 2)?.smallInt ?? 0, operation.option("axis2", place: 3)?.smallInt ?? 1]
    let places = axes.compactMap { value.place(of: $0) }
    guard places.count == 2, places[0] != places[1], let rows = value.type.shape[places[0]].value,
      let columns = value.type.shape[places[1]].value, rows <= 1 << 24, columns <= 1 << 24, offset.magnitude < 1 << 24
    else { throw operation.site.settings.unsupported("a diagonal of open extents") }
    let others = (0..<rank).filter { !places.contains($0) }
    let extents = others.map { value.type.shape[$0].value ?? -1 }
    guard extents.filter({ $0 == -1 }).count <= 1 else {
      throw operation.site.settings.unsupported("a diagonal among open extents")
    }
    let last = try operation.one(
      "permute", [value], "last", ["permutation": KerasClass.integers(others + places)])
    let flat = try operation.one(
      "reshape", [last], "flat",
      ["target_shape": KerasClass.integers(extents + [rows * columns]), "keeps_batch": false])
    let indices = (0..<rows).filter { (0..<columns).contains($0 + offset) }.map { Double($0 * columns + $0 + offset) }
    let list = try operation.site.constant(indices, [indices.count], .i32, suffix: "places")
    return try operation.one("gather", [flat, list], suffix, ["axis": JSONValue(others.count)])
  }
}
