public import NNFormat
import NNKernels

/// Attention in several heads of which neighbours share keys and values:
/// `softmax(query · keyᵀ / sqrt(head_dim)) · value` in each, and a projection of all to the output.
///
/// | value            | shape                                      | notes                                                |
/// |------------------|--------------------------------------------|------------------------------------------------------|
/// | query            | `[N, T, features]`                         | f32 or f64                                           |
/// | value            | `[N, S, value features]`                   | same element type                                    |
/// | key              | `[N, S, key features]`                     | may be left out where the values are the keys        |
/// | mask             | `[N, T, S]`, each may be 1                 | bool, where `use_attention_mask`                     |
/// | output           | `[N, T, features]`                         | same element type                                    |
/// | `query_weights`  | `[features, num_query_heads, head_dim]`    | `query_biases` is the same without the first extent  |
/// | `key_weights`    | `[key features, num_key_value_heads, head_dim]` | `key_biases` likewise                           |
/// | `value_weights`  | `[value features, num_key_value_heads, head_dim]` | `value_biases` likewise                       |
/// | `gate_weights`   | `[features, num_query_heads, head_dim]`    | `gate_biases` likewise; where `use_gate`             |
/// | `output_weights` | `[num_query_heads, head_dim, features]`    | `output_biases` is `[features]`                      |
///
/// Query head h uses key and value head `h / (num_query_heads / num_key_value_heads)`. All else is as in `multi_head_attention`, whose
/// bits it has where the heads are as many.
///
/// - Source: Keras 3 `GroupQueryAttention`; Ainslie and others, *GQA: Training Generalized Multi-Query Transformer Models from
///   Multi-Head Checkpoints*, 2023.
public struct GroupedQueryAttention: HeadedLayer {
  /// `grouped_query_attention`
  public static let kind = "grouped_query_attention"
  /// The settings.
  public static let fields: [Field<GroupedQueryAttention>] = [
    Field("head_dim", \.headDim, "the extent of a head's queries, keys and values"),
    Field("num_query_heads", \.numQueryHeads, "how many heads the queries have"),
    Field("num_key_value_heads", \.numKeyValueHeads, "how many heads keys and values have"),
    Field("use_bias", \.useBias, default: true, "whether projections have biases"),
    Field("use_causal_mask", \.useCausalMask, default: false, "whether no query sees a key of a later position"),
    Field("use_attention_mask", \.useAttentionMask, default: false, "whether an input masks pairs"),
    Field(
      "sliding_window", \.slidingWindow, default: 0,
      "how many positions a query sees to each side, with its own; 0 for all"),
    Field("use_gate", \.useGate, default: false, "whether a gate multiplies the heads' results"),
  ]

  /// The extent of a head's queries, keys and values.
  public var headDim: Positive = 1
  /// How many heads the queries have.
  public var numQueryHeads: Positive = 1
  /// How many heads keys and values have.
  public var numKeyValueHeads: Positive = 1
  /// Whether projections have biases.
  public var useBias = true
  /// Whether no query sees a key of a later position.
  public var useCausalMask = false
  /// Whether an input masks pairs.
  public var useAttentionMask = false
  /// How many positions a query sees to each side, with its own; 0 for all.
  public var slidingWindow = 0
  /// Whether a gate multiplies the heads' results.
  public var useGate = false

  /// A layer of one head of one number.
  public init() {}

  /// A layer of the given settings.
  public init(
    headDim: Positive, numQueryHeads: Positive, numKeyValueHeads: Positive, useBias: Bool = true,
    useCausalMask: Bool = false, useAttentionMask: Bool = false, slidingWindow: Int = 0, useGate: Bool = false
  ) {
    self.headDim = headDim
    self.numQueryHeads = numQueryHeads
    self.numKeyValueHeads = numKeyValueHeads
    self.useBias = useBias
    self.useCausalMask = useCausalMask
    self.useAttentionMask = useAttentionMask
    self.slidingWindow = slidingWindow
    self.useGate = useGate
  }

  private func shared() throws(ModelError) -> HeadedAttention {
    guard numQueryHeads.value.isMultiple(of: numKeyValueHeads.value) else {
      throw ModelError(
        LayerProblem.badSetting(
          reason: "\(numKeyValueHeads) heads of keys and values do not divide \(numQueryHeads) of queries"),
        at: .field("num_key_value_heads"))
    }
    return attention
  }

  var attention: HeadedAttention {
    HeadedAttention(
      kind: Self.kind, queryHeads: numQueryHeads.value, keyHeads: numKeyValueHeads.value, depth: headDim.value,
      width: headDim.value, useBias: useBias, useGate: useGate, useAttentionMask: useAttentionMask,
      isCausal: useCausalMask, window: slidingWindow)
  }

  /// The projections' weights and biases.
  public func parameters(for inputs: [TensorType]) throws(ModelError) -> [Parameter] {
    try shared().parameters(for: inputs)
  }

  /// The query's type.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    try shared().outputs(for: inputs)
  }
}
