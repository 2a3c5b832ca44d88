import NNFormat

extension KerasClass {
  /// Recurrent layers, their cells, and the layers that wrap others.
  static let recurrent: [KerasClass] = [
    KerasClass("SimpleRNN", "simple_rnn", masks: .own, variables: recurrentWeights, convert: KerasRecurrence.layer),
    KerasClass("GRU", "gru", masks: .own, variables: recurrentWeights, convert: KerasRecurrence.layer),
    KerasClass("LSTM", "lstm", masks: .own, variables: recurrentWeights, convert: KerasRecurrence.layer),
    KerasClass("CuDNNGRU", "gru", masks: .own, variables: cudnnWeights, convert: KerasRecurrence.layer),
    KerasClass("CuDNNLSTM", "lstm", masks: .own, variables: cudnnWeights, convert: KerasRecurrence.layer),
    KerasClass("ConvLSTM1D", "conv_lstm", masks: .own, variables: recurrentWeights, convert: KerasRecurrence.layer),
    KerasClass("ConvLSTM2D", "conv_lstm", masks: .own, variables: recurrentWeights, convert: KerasRecurrence.layer),
    KerasClass("ConvLSTM3D", "conv_lstm", masks: .own, variables: recurrentWeights, convert: KerasRecurrence.layer),
    KerasClass(
      "RNN", "simple_rnn", "gru", "lstm", masks: .own, limits: "cells of a user's own",
      variables: { settings throws(ModelError) in
        var all: [KerasVariable] = []
        for (cell, owner) in try KerasRecurrence.cells(settings) {
          all += try KerasRecurrence.cellWeights(KerasSettings(cell, settings.generation)).map { $0.inside(owner) }
        }
        return all
      }, convert: KerasRecurrence.stack),
    KerasClass(
      "Bidirectional", "simple_rnn", "gru", "lstm", "conv_lstm", masks: .own,
      limits: "two directions of different classes or settings",
      variables: { settings throws(ModelError) in
        guard let json = settings.value("layer") else { throw settings.unsupported("it wraps nothing") }
        settings.ignore("backward_layer")
        let inner = try variables(of: try KerasLayer(json), settings.generation, [:])
        return inner.map { $0.inside("forward_layer") } + inner.map { $0.inside("backward_layer") }
      }, convert: KerasRecurrence.bidirectional),
    KerasClass(
      "TimeDistributed", "reshape", masks: .carried,
      limits: "an open number of steps, unless the layer works on the last axis alone",
      variables: { settings throws(ModelError) in try inner(settings).map { $0.inside("layer") } },
      convert: timeDistributed),
  ]

  private static let recurrentWeights: Variables = { settings throws(ModelError) in
    try KerasRecurrence.cellWeights(settings).map { $0.inside("cell") }
  }

  private static let cudnnWeights: Variables = { _ in
    ["kernel", "recurrent_kernel", "bias"].map { KerasVariable("cell/\($0)") }
  }

  /// Layers that do to each step what they do to all: they work on the last axis, or on each element.
  private static let stepwise: Set<String> = [
    "Dense", "Activation", "Dropout", "LeakyReLU", "ReLU", "ELU", "GaussianNoise", "GaussianDropout", "AlphaDropout",
    "Rescaling", "Identity", "Embedding", "ThresholdedReLU",
  ]

  private static func timeDistributed(_ site: KerasSite) throws(ModelError) -> [KerasValue] {
    guard let json = site.settings.value("layer") else { throw site.settings.unsupported("it wraps nothing") }
    let layer = KerasLegacy.modern(try KerasLayer(json), site.conversion.generation)
    let input = try site.input()
    let axis = layer.config["axis"]?.smallInt
    if stepwise.contains(layer.className)
      || ["BatchNormalization", "LayerNormalization"].contains(layer.className) && (axis ?? -1) == -1
      || ["Softmax"].contains(layer.className) && (axis ?? -1) < 0
    {
      return try site.run(inner: layer, [input], owner: "layer")
    }
    // All steps of all samples become one batch, and are put back behind the layer.
    let inside = input.type.shape.dropFirst(2).map(\.value)
    guard input.type.rank >= 2, let steps = input.type.shape[1].value, inside.allSatisfy({ $0 != nil }) else {
      throw site.settings.unsupported(
        "a \(layer.className) at each step needs fixed extents, and the input is \(input.type)")
    }
    let joined = try site.add(
      "reshape",
      ["target_shape": integers([-1] + inside.compactMap { $0 }), "keeps_batch": false], [input.masked(by: nil)],
      suffix: "steps")[0]
    let results =
      layer.isModel
      ? try site.run(model: layer, [joined], owner: "layer").compactMap { $0 }
      : try site.run(inner: layer, [joined], owner: "layer")
    var outputs: [KerasValue] = []
    for result in results {
      let extents = result.type.shape.dropFirst().compactMap(\.value)
      guard extents.count == result.type.rank - 1 else {
        throw site.settings.unsupported("a \(layer.className) at each step gives open extents")
      }
      outputs += try site.add(
        "reshape", ["target_shape": integers([-1, steps] + extents), "keeps_batch": false], [result],
        suffix: "sequence")
    }
    return outputs
  }
}
