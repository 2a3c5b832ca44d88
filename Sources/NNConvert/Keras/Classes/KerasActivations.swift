import NNFormat

extension KerasClass {
  /// Activations that are layers of their own.
  static let activations: [KerasClass] = [
    KerasClass("ReLU", "relu", masks: .carried) { site throws(ModelError) in
      let settings = site.settings
      var fields: JSONObject = [
        "negative_slope": JSONValue(number: try settings.number("negative_slope", default: 0)),
        "threshold": JSONValue(number: try settings.number("threshold", default: 0)),
      ]
      if settings.value("max_value") != nil {
        fields["max_value"] = JSONValue(number: try settings.number("max_value"))
      }
      return try site.add("relu", fields, [site.computed(site.input())])
    },
    KerasClass("LeakyReLU", "leaky_relu", masks: .carried) { site throws(ModelError) in
      // Keras 2 called the slope alpha.
      let name = site.layer.config["negative_slope"] == nil ? "alpha" : "negative_slope"
      return try site.add(
        "leaky_relu", ["negative_slope": JSONValue(number: try site.settings.number(name, default: 0.3))],
        [site.computed(site.input())])
    },
    KerasClass("ELU", "elu", masks: .carried) { site throws(ModelError) in
      try site.add(
        "elu", ["alpha": JSONValue(number: try site.settings.number("alpha", default: 1))],
        [site.computed(site.input())])
    },
    KerasClass(
      "PReLU", "prelu", masks: .carried, variables: { _ in [KerasVariable("alpha")] }
    ) { site throws(ModelError) in
      let shared = site.settings.value("shared_axes") == nil ? [] : try site.settings.ints("shared_axes")
      return try site.add(
        "prelu", ["shared_axes": integers(shared)], [site.computed(site.input())],
        [("alpha", try site.weight("alpha"))])
    },
    KerasClass("ThresholdedReLU", "thresholded_relu", masks: .carried) { site throws(ModelError) in
      try site.add(
        "thresholded_relu", ["alpha": JSONValue(number: try site.settings.number("theta", default: 1))],
        [site.computed(site.input())])
    },
    KerasClass(
      "Softmax", "softmax", "reduce_log_sum_exp", "where", masks: .carried,
      limits: "masks of another rank than the input"
    ) { site throws(ModelError) in
      let axes = try site.settings.ints("axis", default: -1)
      var input = try site.computed(site.input())
      // Keras takes the greatest number from what is masked.
      if let mask = site.inputs.count > 1 ? site.inputs[1] : site.mask() {
        guard mask.type.rank == input.type.rank else { throw site.settings.unsupported("a mask of another rank") }
        let lowest = try site.constant(
          [-Double(Float.greatestFiniteMagnitude)], [], input.type.dataType, suffix: "lowest")
        input = try site.add("where", [:], [site.cast(mask, to: .bool), input, lowest], suffix: "masked")[0]
      }
      if axes.count == 1 { return try site.add("softmax", ["axis": JSONValue(axes[0])], [input]) }
      let sum = try site.add(
        "reduce_log_sum_exp", ["axes": integers(axes), "keepdims": true], [input], suffix: "sum")[0]
      let shares = try site.add("subtract", [:], [input, sum], suffix: "logarithms")
      return try site.add("exponential", [:], shares)
    },
  ]
}
