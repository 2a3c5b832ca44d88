import NNFormat

extension KerasOperations {
  /// Means, variances and norms, and what is divided by them.
  static let scales: [String: Conversion] = [
    "moments": { operation throws(ModelError) in
      let value = try operation.float()
      let axes = try operation.axes() ?? []
      let keepdims = operation.isTrue("keepdims")
      let (wide, variance) = try moments(operation, value, axes, keepdims: keepdims, variance: nil)
      guard !keepdims else { return [wide, variance] }
      let fields: JSONObject = ["axes": KerasClass.integers(axes)]
      return [try operation.site.add("reduce_mean", fields, [value], suffix: "narrow_mean")[0], variance]
    },
    "batch_normalization": { operation throws(ModelError) in
      let site = operation.site
      let value = try operation.float()
      // Keras: x, mean, variance, with the axis as a setting; TensorFlow: without an axis.
      let axis = operation.option("axis")?.smallInt ?? -1
      func wide(_ names: [String], _ place: Int, _ name: String) throws(ModelError) -> KerasValue? {
        guard let argument = operation.argument(names, place) else { return nil }
        return try aligned(operation, argument, like: value, [axis], name)
      }
      guard let mean = try wide(["mean"], 1, "mean"), let variance = try wide(["variance"], 2, "variance") else {
        throw site.settings.unsupported("a normalisation without statistics")
      }
      let epsilon = operation.option("epsilon", "variance_epsilon")?.number ?? 1e-3
      let shifted = try site.add(
        "rescaling", ["scale": 1.0, "offset": JSONValue(number: epsilon)], [variance], suffix: "bounded")
      var factor = try site.add("rsqrt", [:], shifted, suffix: "factor")[0]
      if let scale = try wide(["scale"], 4, "scale") {
        factor = try site.add("multiply", [:], [factor, scale], suffix: "scaled_factor")[0]
      }
      let distance = try site.add("subtract", [:], [value, mean], suffix: "distance")[0]
      guard let offset = try wide(["offset"], 3, "offset") else {
        return try site.add("multiply", [:], [distance, factor])
      }
      let product = try site.add("multiply", [:], [distance, factor], suffix: "product")[0]
      return try site.add("add", [:], [product, offset])
    },
    "layer_normalization": { operation throws(ModelError) in
      guard !operation.isTrue("rms_scaling") else { throw operation.site.settings.unsupported("'rms_scaling'") }
      return try normalized(
        operation, "layer_normalization", ["scale": false, "center": false],
        [("multiply", "gamma", 1), ("add", "beta", 2)])
    },
    "rms_normalization": { operation throws(ModelError) in
      try normalized(operation, "rms_normalization", ["scale": false], [("multiply", "scale", 1)])
    },
    "norm": { operation throws(ModelError) in
      let value = try operation.float()
      let axes = try operation.axes(nil) ?? Array(0..<value.type.rank)
      let order = operation.option("ord")
      let kinds = ["euclidean": "reduce_l2", "fro": "reduce_l2"]
      let isMatrix = axes.count > 1 && order != nil && order?.string == nil
      guard !isMatrix,
        let kind = order == nil || order?.number == 2
          ? "reduce_l2" : order?.number == 1 ? "reduce_l1" : order?.string.flatMap({ kinds[$0] })
      else { throw operation.site.settings.unsupported("a norm of this order") }
      return try operation.site.add(
        kind, ["axes": KerasClass.integers(axes), "keepdims": .bool(operation.isTrue("keepdims"))], [value])
    },
    "average": { operation throws(ModelError) in
      let site = operation.site
      let value = try operation.float()
      let axes = try operation.axes(nil) ?? []
      let fields: JSONObject = ["axes": KerasClass.integers(axes)]
      guard let argument = operation.argument(["weights"], 1) else {
        return try site.add("reduce_mean", fields, [value])
      }
      let weights = try aligned(operation, argument, like: value, axes, "weights")
      let weighted = try site.add("multiply", [:], [value, weights], suffix: "weighted")
      let sum = try site.add("reduce_sum", fields, weighted, suffix: "sum")[0]
      let whole = try site.add("reduce_sum", fields, [weights], suffix: "whole")[0]
      return try site.add("divide", [:], [sum, whole])
    },
    "ptp": { operation throws(ModelError) in
      let site = operation.site
      let value = try operation.float()
      let fields: JSONObject = [
        "axes": KerasClass.integers(try operation.axes() ?? []), "keepdims": .bool(operation.isTrue("keepdims")),
      ]
      let greatest = try site.add("reduce_max", fields, [value], suffix: "greatest")[0]
      let least = try site.add("reduce_min", fields, [value], suffix: "least")[0]
      return try site.add("subtract", [:], [greatest, least])
    },
    "count_nonzero": { operation throws(ModelError) in
      let site = operation.site
      let truth = try site.cast(operation.input(), to: .bool)
      let numbers = try site.add("cast", ["dtype": "f32"], [truth], suffix: "numbers")
      let sum = try site.add(
        "reduce_sum", ["axes": KerasClass.integers(try operation.axes() ?? [])], numbers, suffix: "sum")
      return try site.add("cast", ["dtype": "i32"], sum)
    },
  ]

  /// The mean along axes, which stay with an extent of 1, and the mean of the squared distances from it.
  static func moments(
    _ operation: KerasOperation, _ value: KerasValue, _ axes: [Int], keepdims: Bool, variance name: String?
  ) throws(ModelError) -> (mean: KerasValue, variance: KerasValue) {
    let site = operation.site
    var fields: JSONObject = ["axes": KerasClass.integers(axes), "keepdims": true]
    let mean = try site.add("reduce_mean", fields, [value], suffix: "mean")[0]
    let difference = try site.add("subtract", [:], [value, mean], suffix: "difference")
    let squares = try site.add("square", [:], difference, suffix: "squares")
    fields["keepdims"] = .bool(keepdims)
    return (mean, try site.add("reduce_mean", fields, squares, suffix: name)[0])
  }

  /// A normalisation without parameters, and the factors and summands that a call gives.
  private static func normalized(
    _ operation: KerasOperation, _ kind: String, _ base: JSONObject, _ parts: [(kind: String, name: String, place: Int)]
  ) throws(ModelError) -> [KerasValue] {
    let value = try operation.float()
    let axes = try operation.axes(nil) ?? [-1]
    var fields = base
    fields["axes"] = KerasClass.integers(axes)
    fields["epsilon"] = JSONValue(number: operation.option("epsilon")?.number ?? 1e-7)
    let given = parts.filter { operation.argument([$0.name], $0.place) != nil }
    var result = try operation.site.add(kind, fields, [value], suffix: given.isEmpty ? nil : "normalized")[0]
    for (number, part) in given.enumerated() {
      guard let argument = operation.argument([part.name], part.place) else { continue }
      let other = try aligned(operation, argument, like: value, axes, part.name)
      result = try operation.site.add(
        part.kind, [:], [result, other], suffix: number == given.count - 1 ? nil : "scaled")[0]
    }
    return [result]
  }

  /// An argument with its extents at the given axes of a value, so that both broadcast.
  private static func aligned(
    _ operation: KerasOperation, _ argument: KerasArgument, like value: KerasValue, _ axes: [Int], _ name: String
  ) throws(ModelError) -> KerasValue {
    var other: KerasValue
    if case .constant(let json) = argument {
      other = try operation.site.constant(json, value.type.dataType, suffix: name)
    } else {
      other = try operation.value(argument, value.type.dataType, 0)
    }
    let rank = value.type.rank
    let places = axes.compactMap { value.place(of: $0) }.sorted()
    guard places.count == axes.count else {
      throw operation.site.settings.unsupported("axes that the value does not have")
    }
    if other.type.rank == places.count, other.type.rank > 0, places != Array(rank - places.count..<rank) {
      let new = (0..<rank).filter { !places.contains($0) }
      other = try operation.site.add(
        "expand_dims", ["axes": KerasClass.integers(new)], [other], suffix: "\(name)_wide")[0]
    }
    return other
  }
}

extension KerasOperation {
  /// An argument of the call by any of its names or by its place; nil if there is none.
  func argument(_ names: [String], _ place: Int) -> KerasArgument? {
    let positional = site.call.positional
    let argument = names.compactMap { site.call[$0] }.first ?? (place < positional.count ? positional[place] : nil)
    if case .constant(.null)? = argument { return nil }
    return argument
  }
}
