import NNFormat

extension KerasClass {
  /// Layers that make one value of several.
  static let merging: [KerasClass] =
    ["Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum"].map { name in
      KerasClass(name, name.lowercased(), masks: .own) { site throws(ModelError) in
        [try merged(site, site.inputs, name.lowercased())]
      }
    } + [
      KerasClass("Concatenate", "concatenate", masks: .own, limits: "masks of other ranks than the steps") {
        site throws(ModelError) in
        [try concatenated(site, site.inputs, try site.settings.int("axis", default: -1))]
      },
      KerasClass("CustomScaleLayer", "rescaling", "add") { site throws(ModelError) in
        // Of keras.applications, in its InceptionResNetV2.
        let inputs = site.inputs
        guard inputs.count == 2 else { throw site.settings.unsupported("\(inputs.count) inputs, where there are 2") }
        let scale = try site.settings.number("scale")
        let second = try site.add(
          "rescaling", ["scale": JSONValue(number: scale)], [site.computed(inputs[1])], suffix: "scaled")[0]
        return try site.add("add", [:], [site.computed(inputs[0]), second])
      },
      KerasClass("Dot", "dot", masks: .dropped) { site throws(ModelError) in
        try dot(site, try site.settings.ints("axes", count: 2), try site.settings.bool("normalize", default: false))
      },
      KerasClass(
        "Merge", "add", "multiply", "concatenate", "average", "maximum", "dot", masks: .own,
        limits: "functions of a user's own"
      ) {
        site throws(ModelError) in
        let settings = site.settings
        settings.ignore(
          "mode_type", "output_shape", "output_shape_type", "output_mask", "output_mask_type", "arguments",
          "node_indices", "tensor_indices", "layers")
        let axis = try settings.int("concat_axis", default: -1)
        let axes = settings.value("dot_axes")
        switch settings.value("mode")?.string {
        case "sum": return [try merged(site, site.inputs, "add")]
        case "mul": return [try merged(site, site.inputs, "multiply")]
        case "ave": return [try merged(site, site.inputs, "average")]
        case "max": return [try merged(site, site.inputs, "maximum")]
        case "concat": return [try concatenated(site, site.inputs, axis)]
        case let mode? where mode == "dot" || mode == "cos":
          // An axis, a pair, or a list of lists.
          let list = axes?.array?.compactMap { $0.smallInt ?? $0.array?.first?.smallInt } ?? []
          let pair = list.count == 2 ? list : [Int](repeating: axes?.smallInt ?? -1, count: 2)
          return try dot(site, pair, mode == "cos")
        default: throw settings.unsupported("a merge by a function of its user's")
        }
      },
    ]

  /// The values with extents of 1 put behind the first where others have more dimensions, as Keras does.
  private static func aligned(_ site: KerasSite, _ inputs: [KerasValue]) throws(ModelError) -> [KerasValue] {
    let rank = inputs.map(\.type.rank).max() ?? 0
    var result: [KerasValue] = []
    for (position, input) in inputs.enumerated() {
      let value = try site.computed(input)
      let missing = rank - value.type.rank
      guard missing > 0, value.type.rank > 0 else {
        result.append(value)
        continue
      }
      let axes = (1...missing).map { JSONValue($0) }
      result.append(
        try site.add("expand_dims", ["axes": .array(axes)], [value], suffix: "input_\(position + 1)")[0]
          .masked(by: value.mask))
    }
    return result
  }

  private static func merged(
    _ site: KerasSite, _ inputs: [KerasValue], _ kind: String
  ) throws(ModelError) -> KerasValue {
    guard inputs.count > 1 else { throw site.settings.unsupported("a merge of one value") }
    let values = try aligned(site, inputs)
    let masks = values.compactMap(\.mask)
    if site.settings.generation == .three, !masks.isEmpty, ["multiply", "maximum", "minimum"].contains(kind) {
      return try KerasMaskedMerge.merged(site, values, kind)
    }
    let output = try site.add(kind, [:], values)[0]
    // A step counts where it does in any of the values, if all have masks; in Keras 2 where it does in all that have masks.
    let isThree = site.settings.generation == .three
    guard let first = masks.first, !isThree || masks.count == values.count else { return output }
    var mask = first
    for (position, other) in masks.dropFirst().enumerated() where other.reference != mask.reference {
      mask = try site.add(isThree ? "or" : "and", [:], [mask, other], suffix: "mask_\(position + 1)")[0]
    }
    return output.masked(by: mask)
  }

  private static func concatenated(
    _ site: KerasSite, _ inputs: [KerasValue], _ axis: Int
  ) throws(ModelError) -> KerasValue {
    var values: [KerasValue] = []
    for input in inputs {
      values.append(input.type.dataType.isFloat ? try site.computed(input) : input)
    }
    let output = try site.add("concatenate", ["axis": JSONValue(axis)], values)[0]
    let masks = inputs.compactMap(\.mask)
    guard !masks.isEmpty else { return output }
    let rank = inputs.first?.type.rank ?? 0
    let place = axis < 0 ? axis + rank : axis
    guard masks.count == inputs.count, let first = masks.first, rank == 3 else { return output }
    if place == 1 {
      return output.masked(by: try site.add("concatenate", ["axis": 1], masks, suffix: "mask")[0])
    }
    // Along the features a step counts where it does in all values.
    var mask = first
    for (position, other) in masks.dropFirst().enumerated() where other.reference != mask.reference {
      mask = try site.add("and", [:], [mask, other], suffix: "mask_\(position + 1)")[0]
    }
    return output.masked(by: mask)
  }

  private static func dot(_ site: KerasSite, _ axes: [Int], _ normalize: Bool) throws(ModelError) -> [KerasValue] {
    let inputs = site.inputs
    guard inputs.count == 2 else { throw site.settings.unsupported("a product of \(inputs.count) values") }
    var values: [KerasValue] = []
    for input in inputs { values.append(try site.computed(input)) }
    return try site.add("dot", ["axes": integers(axes), "normalize": .bool(normalize)], values)
  }
}
