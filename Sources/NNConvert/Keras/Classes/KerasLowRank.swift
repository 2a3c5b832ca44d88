import NNFormat

/// Low-rank adaptations (LoRA) of kernels and embeddings, of which the trees of `.keras` hold the sum, and lists the parts.
///
/// Source: `enable_lora` in `keras/src/layers/core/dense.py`, `einsum_dense.py`, `embedding.py` and
/// `keras/src/layers/convolutional/base_conv.py`.
enum KerasLowRank {
  /// The weights of a layer, with the parts of the adaptation that its settings may ask for behind them; what is adapted is no longer
  /// trained then.
  static func variables(_ all: [KerasVariable], _ settings: KerasSettings) -> [KerasVariable] {
    guard let rank = settings.layer.config["lora_rank"], rank != .null, KerasQuantization(settings.layer).mode == .none,
      let place = all.firstIndex(where: { ["kernel", "embeddings"].contains($0.path) })
    else { return all }
    var list = all
    list[place] = list[place].frozen
    return list + names(list[place].path).map { KerasVariable($0, .inLists) }
  }

  /// A weight of the layer, with its adaptation added where it lies beside it: `weight + lora_alpha / lora_rank · a · b`.
  ///
  /// - Throws: ``KerasProblem/unsupported(_:)`` where the parts do not fit the weight.
  static func adapted(_ weight: KerasTensor, _ name: String, _ site: KerasSite) throws(ModelError) -> KerasTensor {
    let parts = names(name).compactMap { site.arrays[$0]?.tensor }
    guard parts.count == 2 else { return weight }
    let rank = try site.settings.int("lora_rank")
    let alpha = try site.settings.number("lora_alpha", default: Double(rank))
    let extents = weight.shape.dimensions
    guard rank > 0, let columns = extents.last, parts[0].shape.dimensions == Array(extents.dropLast()) + [rank],
      parts[1].shape.dimensions == [rank, columns]
    else { throw site.settings.unsupported("an adaptation of other shapes than those of what it adapts") }
    let left = parts[0].cast(to: .f64).tensor.elements(as: Double.self)
    let right = parts[1].cast(to: .f64).tensor.elements(as: Double.self)
    return try weight.mapped(weight.changing.tensor.dataType, "the low-rank adaptation added") { index, value in
      let (row, column) = (index / columns, index % columns)
      let sum = (0..<rank).reduce(0.0) { $0 + left[row * rank + $1] * right[$1 * columns + column] }
      return value + alpha / Double(rank) * sum
    }
  }

  private static func names(_ adapted: String) -> [String] { ["lora_\(adapted)_a", "lora_\(adapted)_b"] }
}
