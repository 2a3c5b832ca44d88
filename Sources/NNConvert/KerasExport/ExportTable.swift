import NNFormat

/// What the kinds of the catalogue become in Keras: one row for each kind.
enum ExportTable {
  typealias Conversion = @Sendable (ExportSite) throws(ModelError) -> [ExportValue]

  /// The rows by their kinds.
  static let all: [String: Conversion] = {
    var table: [String: Conversion] = [:]
    for rows in [
      core, activations, elementwise, convolutions, poolings, normalizations, merging, shapes, cuts, reductions,
      recurrent, attentions, preprocessing, stochastic,
    ] {
      table.merge(rows) { first, _ in first }
    }
    return table
  }()

  /// Why a kind without a row is refused.
  static func refusal(_ kind: String) -> String {
    refusals[kind] ?? "Keras has no layer or operation that computes it"
  }

  private static let refusals: [String: String] = {
    var reasons = [
      "segment_max": "TensorFlow gives the least finite number for segments without rows, and not minus infinity",
      "locally_connected": "Keras 3 has no locally connected layers any more",
      "gather_nd": "Keras has no gathering by several indices; take works along one axis",
      "gaussian_sampling": "Keras has no layer that samples; its examples write one in Python",
      "dense_variational": "Keras has no layers with distributions as weights",
      "scatter_elements": "Keras scatters whole slices, not elements along an axis",
      "local_response_normalization": "Keras has no normalisation over neighbouring channels",
      "lp_pooling": "Keras has no pooling by a norm",
      "rotary_embedding": "Keras has no layer of rotary positions",
      "sine_position_encoding": "it is a layer of KerasHub, which is not part of Keras",
    ]
    for kind in [
      "mean_squared_error", "mean_absolute_error", "huber", "log_cosh", "binary_cross_entropy",
      "categorical_cross_entropy", "kl_divergence", "poisson", "hinge", "squared_hinge", "cosine_similarity", "entropy",
    ] {
      reasons[kind] = "a loss is no layer in Keras, but an argument of compile"
    }
    for kind in ["graph_convolution", "graph_attention", "graph_sage"] {
      reasons[kind] = "Keras has no layers over graphs"
    }
    return reasons
  }()

  /// An integer list as a setting.
  static func list(_ integers: [Int]) -> JSONValue { .array(integers.map { JSONValue($0) }) }
}
