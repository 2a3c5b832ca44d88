import NNFormat

/// Two directions that are layers of their own: of different classes or settings, or around cells.
enum KerasDirections {
  static func separate(
    _ site: KerasSite, _ forward: KerasLayer, _ backward: KerasLayer
  ) throws(ModelError) -> [KerasValue] {
    let mode = site.settings.value("merge_mode")?.string ?? "none"
    site.settings.ignore("layer", "backward_layer")
    let states = site.inputs.dropFirst() + site.valueList(site.call["initial_state"])
    guard states.isEmpty else { throw site.settings.unsupported("states of two directions of different classes") }
    let input = [try site.input()]
    var first = try site.run(inner: forward, input, owner: "forward_layer", named: "forward")
    var second = try site.run(inner: backward, input, owner: "backward_layer", named: "backward")
    guard !first.isEmpty, !second.isEmpty else { throw site.settings.unsupported("directions without outputs") }
    // A direction that goes backwards gives its steps in its own order.
    let isBackward = [forward, backward].map { $0.config["go_backwards"]?.bool == true }
    let isSequence = forward.config["return_sequences"]?.bool == true
    if isSequence {
      let flip: JSONObject = [
        "starts": [-1], "ends": [JSONValue(Int32.min)], "axes": [1], "strides": [-1],
      ]
      if isBackward[0] { first[0] = try site.add("slice", flip, [first[0]], suffix: "forward_steps")[0] }
      if isBackward[1] { second[0] = try site.add("slice", flip, [second[0]], suffix: "backward_steps")[0] }
    }
    let finals = Array(first.dropFirst() + second.dropFirst())
    let pair = [first[0], second[0]]
    let merged: [KerasValue]
    switch mode {
    case "none": merged = pair
    case "concat": merged = try site.add("concatenate", ["axis": -1], pair)
    case "sum": merged = try site.add("add", [:], pair)
    case "mul": merged = try site.add("multiply", [:], pair)
    case "ave": merged = try site.add("average", [:], pair)
    default: throw site.settings.unsupported("the merge mode '\(mode)'")
    }
    return merged.map { $0.masked(by: isSequence ? site.mask() : nil) } + finals
  }
}
