import NNFormat

extension KerasClass {
  /// Layers of Keras 1 that later releases have not.
  ///
  /// Source: `keras/layers/core.py` and `advanced_activations.py` of Keras 1.2.2.
  static let dropped: [KerasClass] = [
    KerasClass(
      "MaxoutDense", "einsum_dense", "reduce_max",
      variables: { settings throws(ModelError) in try withBias(["kernel"], settings) }
    ) { site throws(ModelError) in
      // `[features, in, units]`; the greatest of the features counts.
      let kernel = try site.weight("kernel")
      let features = try site.settings.int("nb_feature", default: 4)
      let useBias = try site.settings.bool("use_bias", default: true)
      let units = try site.settings.int("units")
      let all = try site.add(
        "einsum_dense",
        [
          "equation": "ab,cbd->acd", "output_shape": integers([features, units]), "bias_axes": useBias ? "cd" : "",
        ], [site.computed(site.input())],
        [("weights", kernel)] + (useBias ? [("biases", try site.weight("bias"))] : []), suffix: "features")
      return try site.add("reduce_max", ["axes": [1]], all)
    },
    KerasClass(
      "Highway", "dense", "sigmoid", "multiply", "add",
      variables: { settings throws(ModelError) in
        try settings.bool("use_bias", default: true)
          ? ["kernel", "carry_kernel", "bias", "carry_bias"].map { KerasVariable($0) }
          : ["kernel", "carry_kernel"].map { KerasVariable($0) }
      }, convert: highway),
    KerasClass(
      "ParametricSoftplus", "softplus", "multiply",
      variables: { _ in ["alphas", "betas"].map { KerasVariable($0) } }
    ) { site throws(ModelError) in
      site.settings.ignore("alpha_init", "beta_init", "shared_axes")
      let input = try site.computed(site.input())
      let inner = try site.constant(site.weight("betas"), input.type.dataType, suffix: "betas")
      let outer = try site.constant(site.weight("alphas"), input.type.dataType, suffix: "alphas")
      let product = try site.add("multiply", [:], [input, inner], suffix: "product")
      let bent = try site.add("softplus", [:], product, suffix: "softplus")[0]
      return try site.add("multiply", [:], [bent, outer])
    },
    KerasClass(
      "SReLU", "relu", "minimum", "multiply", "add",
      variables: { _ in ["t_left", "a_left", "t_right", "a_right"].map { KerasVariable($0) } }, convert: sShaped),
  ]

  /// `t · f(x · W + b) + (1 - t) · x` with `t = sigmoid(x · W_carry + b_carry)`.
  private static func highway(_ site: KerasSite) throws(ModelError) -> [KerasValue] {
    site.settings.ignore("transform_bias")
    let input = try site.computed(site.input())
    let useBias = try site.settings.bool("use_bias", default: true)
    var weights: [String: KerasTensor] = [:]
    for name in useBias ? ["kernel", "carry_kernel", "bias", "carry_bias"] : ["kernel", "carry_kernel"] {
      weights[name] = try site.weight(name)
    }
    // Before release 1.2 each bias stood behind its kernel.
    if let second = weights["carry_kernel"], second.shape.rank == 1 {
      (weights["carry_kernel"], weights["bias"]) = (weights["bias"], second)
    }
    func dense(_ kernel: String, _ bias: String, _ suffix: String) throws(ModelError) -> KerasValue {
      let given = [("weights", weights[kernel])] + (useBias ? [("biases", weights[bias])] : [])
      let units = weights[kernel]?.shape.dimensions.last ?? 0
      return try site.add(
        "dense", ["units": JSONValue(units), "use_bias": .bool(useBias)], [input],
        given.compactMap { role, tensor in tensor.map { (role, $0) } }, suffix: suffix)[0]
    }
    let share = try site.add("sigmoid", [:], [dense("carry_kernel", "carry_bias", "carry")], suffix: "share")[0]
    let body = try site.activated(dense("kernel", "bias", "body"))
    let taken = try site.add("multiply", [:], [body, share], suffix: "taken")[0]
    let rest = try site.add("rescaling", ["scale": -1.0, "offset": 1.0], [share], suffix: "rest")[0]
    let carried = try site.add("multiply", [:], [rest, input], suffix: "carried")[0]
    return try site.add("add", [:], [taken, carried])
  }

  /// Three lines that meet at `t_left` and at `t_left + |t_right|`, of which that in the middle has the slope 1.
  private static func sShaped(_ site: KerasSite) throws(ModelError) -> [KerasValue] {
    site.settings.ignore("t_left_init", "a_left_init", "t_right_init", "a_right_init", "shared_axes")
    let input = try site.computed(site.input())
    func constant(_ name: String) throws(ModelError) -> KerasValue {
      try site.constant(site.weight(name), input.type.dataType, suffix: name)
    }
    let start = try constant("t_left")
    let length = try site.add("abs", [:], [constant("t_right")], suffix: "length")[0]
    let distance = try site.add("subtract", [:], [input, start], suffix: "distance")
    let rise = try site.add("relu", [:], distance, suffix: "rise")[0]
    let middle = try site.add("minimum", [:], [rise, length], suffix: "middle")[0]
    let fall = try site.add("relu", [:], site.add("neg", [:], distance, suffix: "before"), suffix: "fall")[0]
    let left = try site.add("multiply", [:], [fall, constant("a_left")], suffix: "left")[0]
    let inside = try site.add("subtract", [:], [middle, left], suffix: "inside")[0]
    let centre = try site.add("add", [:], [start, inside], suffix: "centre")[0]
    let end = try site.add("add", [:], [start, length], suffix: "end")[0]
    let beyond = try site.add("subtract", [:], [input, end], suffix: "beyond")
    let excess = try site.add("relu", [:], beyond, suffix: "excess")[0]
    let right = try site.add("multiply", [:], [excess, constant("a_right")], suffix: "right")[0]
    return try site.add("add", [:], [centre, right])
  }
}
