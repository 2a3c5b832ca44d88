import NNFormat
import NNLayers

extension ExportTable {
  /// Normalisations.
  static let normalizations: [String: Conversion] = [
    "batch_normalization": { site throws(ModelError) in
      try site.layer(
        "BatchNormalization", site.settings("axis", "epsilon", "center", "scale"),
        site.weights("gamma", "beta", "moving_mean", "moving_variance"))
    },
    "layer_normalization": { site throws(ModelError) in
      var settings = site.settings("epsilon", "center", "scale")
      settings["axis"] = list(site.ints("axes").map(site.axis).sorted())
      return try site.layer("LayerNormalization", settings, site.weights("gamma", "beta"))
    },
    "rms_normalization": { site throws(ModelError) in
      let axes = site.ints("axes").map(site.axis).sorted()
      var weights = try site.weights("gamma")
      let isLast = axes == Array(site.rank - axes.count..<site.rank)
      try site.require(isLast || weights.isEmpty, "a gamma along other axes than the last ones")
      if !isLast {
        let squares = try site.step("numpy.Square", [:], .value(site.input), as: "squares")
        let mean = try site.step("numpy.Mean", ["axis": list(axes), "keepdims": true], squares, as: "mean")
        let sum = try site.step("numpy.Add", [:], mean, .json(site.fields["epsilon"] ?? 1e-6), as: "sum")
        let factor = try site.step("math.Rsqrt", [:], sum, as: "factor")
        return try site.operation("numpy.Multiply", [:], [.value(site.input), factor])
      }
      if weights.isEmpty {
        // Keras's layer has a factor in any case.
        let shape = axes.map { site.node.inputs[0].shape[$0].value ?? 1 }
        let count = shape.reduce(1, *)
        let ones = try Tensor([Double](repeating: 1, count: count), try Shape(shape)).cast(to: site.output.dataType)
          .tensor
        weights = [ExportWeight(name: "", tensor: ChangingTensor(ones))]
      }
      return try site.layer(
        "RMSNormalization", ["axis": list(axes), "epsilon": site.fields["epsilon"] ?? 1e-6], weights)
    },
    "group_normalization": { site throws(ModelError) in
      try site.layer(
        "GroupNormalization", site.settings("groups", "axis", "epsilon", "center", "scale"),
        site.weights("gamma", "beta"))
    },
    "instance_normalization": { site throws(ModelError) in
      let axis = site.axis(site.int("axis"))
      guard let channels = site.node.inputs[0].shape[axis].value else {
        throw site.refused("an open number of channels")
      }
      var settings = site.settings("epsilon", "center", "scale")
      settings["groups"] = JSONValue(channels)
      settings["axis"] = JSONValue(axis)
      return try site.layer("GroupNormalization", settings, site.weights("gamma", "beta"))
    },
    "unit_normalization": { site throws(ModelError) in
      let axes = site.ints("axes").map(site.axis)
      if site.int("order") == 2, site.number("epsilon") == 1e-12 {
        return try site.layer("UnitNormalization", ["axis": list(axes)])
      }
      let isSum = site.int("order") == 1
      let terms = try site.step(isSum ? "numpy.Absolute" : "numpy.Square", [:], .value(site.input), as: "terms")
      let sum = try site.step("numpy.Sum", ["axis": list(axes), "keepdims": true], terms, as: "sum")
      let norm = isSum ? sum : try site.step("numpy.Sqrt", [:], sum, as: "norm")
      let bound = try site.step(
        "numpy.Maximum", [:], norm, .json(site.fields["epsilon"] ?? 1e-12), as: "bound")
      return try site.operation("numpy.Divide", [:], [.value(site.input), bound])
    },
  ]
}
