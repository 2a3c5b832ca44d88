import NNFormat

/// Products, greatest and least of values of which some have masks, as Keras 3 merges them: what is masked does not count.
///
/// Source: `keras/src/layers/merging/base_merge.py` (`_apply_merge_op_and_or_mask`) and `multiply.py`.
enum KerasMaskedMerge {
  static func merged(_ site: KerasSite, _ values: [KerasValue], _ kind: String) throws(ModelError) -> KerasValue {
    kind == "multiply" ? try product(site, values) : try extreme(site, values, kind)
  }

  /// A mask of steps beside values of features.
  private static func wide(_ site: KerasSite, _ mask: KerasValue, _ name: String) throws(ModelError) -> KerasValue {
    try site.add("expand_dims", ["axes": [-1]], [mask], suffix: name)[0]
  }

  private static func product(_ site: KerasSite, _ values: [KerasValue]) throws(ModelError) -> KerasValue {
    var factors: [KerasValue] = []
    for (position, value) in values.enumerated() {
      guard let mask = value.mask else {
        factors.append(value)
        continue
      }
      let one = try site.constant([1], [], value.type.dataType, suffix: "one_\(position + 1)")
      let wide = try wide(site, mask, "steps_\(position + 1)")
      factors += try site.add("where", [:], [wide, value, one], suffix: "factor_\(position + 1)")
    }
    let masks = values.compactMap(\.mask)
    guard masks.count == values.count, var mask = masks.first else {
      return try site.add("multiply", [:], factors)[0]
    }
    let output = try site.add("multiply", [:], factors, suffix: "product")[0]
    for (position, other) in masks.dropFirst().enumerated() {
      mask = try site.add("or", [:], [mask, other], suffix: "mask_\(position + 1)")[0]
    }
    let zero = try site.constant([0], [], output.type.dataType, suffix: "zero")
    return try site.add("where", [:], [wide(site, mask, "steps"), output, zero])[0].masked(by: mask)
  }

  private static func extreme(
    _ site: KerasSite, _ values: [KerasValue], _ kind: String
  ) throws(ModelError) -> KerasValue {
    var output = values[0]
    var mask = output.mask
    for (position, value) in values.dropFirst().enumerated() {
      let number = position + 2
      var x = value
      if let own = value.mask {
        x = try site.add(
          "where", [:], [wide(site, own, "steps_\(number)"), value, output], suffix: "right_\(number)")[0]
      }
      if let before = mask {
        output = try site.add(
          "where", [:], [wide(site, before, "steps_before_\(number)"), output, x], suffix: "left_\(number)")[0]
      }
      if let own = value.mask, let before = mask {
        mask = try site.add("or", [:], [before, own], suffix: "mask_\(number)")[0]
      } else {
        mask = nil
      }
      output = try site.add(kind, [:], [output, x], suffix: number == values.count ? nil : "merged_\(number)")[0]
    }
    return output.masked(by: mask)
  }
}
