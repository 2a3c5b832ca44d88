import NNFormat

/// Indexing as Python has it: `x[:, 1:, ..., None, 0]`.
enum KerasIndex {
  static func item(_ operation: KerasOperation) throws(ModelError) -> [KerasValue] {
    let site = operation.site
    let input = try operation.input()
    var index = parts(of: operation)
    // What the index does not name comes whole.
    let named = index.filter { !isNew($0) && !isEllipsis($0) }.count
    guard named <= input.type.rank else { throw site.settings.unsupported("more indices than dimensions") }
    let whole = [KerasArgument](
      repeating: .slice(.constant(.null), .constant(.null), .constant(.null)), count: input.type.rank - named)
    if let place = index.firstIndex(where: isEllipsis) {
      index.replaceSubrange(place...place, with: whole)
    } else {
      index += whole
    }

    var (starts, ends, axes, strides): ([Int], [Int], [Int], [Int]) = ([], [], [], [])
    var (dropped, new): ([Int], [Int]) = ([], [])
    var (axis, place) = (0, 0)
    for part in index {
      switch part {
      case .slice(let start, let stop, let step):
        guard let first = bound(start), let last = bound(stop), let stride = bound(step) else {
          throw site.settings.unsupported("an index that is computed")
        }
        let step = stride ?? 1
        if first != nil || last != nil || step != 1 {
          starts.append(first ?? (step > 0 ? 0 : -1))
          ends.append(last ?? (step > 0 ? Int(Int32.max) : Int(Int32.min)))
          axes.append(axis)
          strides.append(step)
        }
        (axis, place) = (axis + 1, place + 1)
      case .constant(let json) where json == .null:
        new.append(place)
        place += 1
      case .constant(let json):
        guard let position = json.smallInt else { throw site.settings.unsupported("an index that is no number") }
        starts.append(position)
        ends.append(position == -1 ? Int(Int32.max) : position + 1)
        axes.append(axis)
        strides.append(1)
        dropped.append(axis)
        axis += 1
      case .value, .list: throw site.settings.unsupported("an index that is computed")
      }
    }

    var value = input.masked(by: nil)
    if !axes.isEmpty {
      var fields: JSONObject = [
        "starts": KerasClass.integers(starts), "ends": KerasClass.integers(ends), "axes": KerasClass.integers(axes),
      ]
      if strides.contains(where: { $0 != 1 }) { fields["strides"] = KerasClass.integers(strides) }
      value = try site.add("slice", fields, [value], suffix: dropped.isEmpty && new.isEmpty ? nil : "slice")[0]
    }
    if !dropped.isEmpty {
      value = try site.add(
        "squeeze", ["axes": KerasClass.integers(dropped)], [value], suffix: new.isEmpty ? nil : "squeeze")[0]
    }
    if !new.isEmpty { value = try site.add("expand_dims", ["axes": KerasClass.integers(new)], [value])[0] }
    return [value]
  }

  /// The parts of the index: the second argument of Keras 3, the `slice_spec` of Keras 2.
  private static func parts(of operation: KerasOperation) -> [KerasArgument] {
    let call = operation.site.call
    let argument =
      call["slice_spec"] ?? call["key"] ?? (call.positional.count > 1 ? call.positional[1] : .constant(.null))
    switch argument {
    case .list(let items): return items
    case .constant(let json): return json.array?.map { .constant($0) } ?? [argument]
    default: return [argument]
    }
  }

  private static func isEllipsis(_ part: KerasArgument) -> Bool {
    if case .constant(let json) = part {
      json == "..." || json.object?["class_name"]?.string == "__ellipsis__"
    } else {
      false
    }
  }

  private static func isNew(_ part: KerasArgument) -> Bool {
    if case .constant(let json) = part { json == .null } else { false }
  }

  /// A bound of a slice: a number, or none; nil if it is computed.
  private static func bound(_ argument: KerasArgument) -> Int?? {
    guard case .constant(let json) = argument else { return nil }
    if json == .null { return .some(nil) }
    return json.smallInt.map { .some($0) }
  }
}
