public import NNFormat
import NNKernels

/// Attention in several heads: each projects queries, keys and values, takes `softmax(query · keyᵀ / sqrt(key_dim)) · value`, and all
/// together are projected to the output.
///
/// | value           | shape                             | notes                                                       |
/// |-----------------|-----------------------------------|-------------------------------------------------------------|
/// | query           | `[N, T, features]`                | f32 or f64                                                  |
/// | value           | `[N, S, value features]`          | same element type                                           |
/// | key             | `[N, S, key features]`            | may be left out where the values are the keys               |
/// | mask            | `[N, T, S]`, each may be 1        | bool, where `use_attention_mask`: false pairs do not attend |
/// | output          | `[N, T] + output_shape`           | same element type                                           |
/// | `query_weights` | `[features, num_heads, key_dim]`  | `query_biases` is `[num_heads, key_dim]`                    |
/// | `key_weights`   | `[key features, num_heads, key_dim]` | `key_biases` is `[num_heads, key_dim]`                   |
/// | `value_weights` | `[value features, num_heads, value_dim]` | `value_biases` is `[num_heads, value_dim]`           |
/// | `gate_weights`  | `[features, num_heads, value_dim]` | `gate_biases` is `[num_heads, value_dim]`; where `use_gate` |
/// | `output_weights` | `[num_heads, value_dim] + output_shape` | `output_biases` is `output_shape`                     |
///
/// Inputs come in this order; biases follow their weights and are absent where `use_bias` is false. Projections are inner products
/// with the bias added last; scores are scaled after their product, those of pairs that do not attend become the lowest number; a
/// query that attends to nothing gets the mean of all values. A gate is `sigmoid` of its projection and multiplies the heads'
/// results. Masks of single steps (`[N, S]`) come as `[N, 1, S]`. A fused projection is its three parts, cut where queries, keys
/// and values begin: the columns of PyTorch's `in_proj_weight` transposed, reshaped to `[features, num_heads, key_dim]`.
///
/// - Source: Keras 3 and Keras 2 `MultiHeadAttention` over one attention axis; PyTorch `MultiheadAttention`; Vaswani and others,
///   *Attention Is All You Need*, 2017.
public struct MultiHeadAttention: HeadedLayer {
  /// `multi_head_attention`
  public static let kind = "multi_head_attention"
  /// The settings.
  public static let fields: [Field<MultiHeadAttention>] = [
    Field("num_heads", \.numHeads, "how many heads there are"),
    Field("key_dim", \.keyDim, "the extent of a head's queries and keys"),
    Field("value_dim", \.valueDim, default: 0, "the extent of a head's values; 0 for that of the keys"),
    Field("use_bias", \.useBias, default: true, "whether projections have biases"),
    Field("output_shape", \.outputShape, default: [], "the output's extents behind the steps; none for the query's"),
    Field("use_causal_mask", \.useCausalMask, default: false, "whether no query sees a key of a later position"),
    Field("use_attention_mask", \.useAttentionMask, default: false, "whether an input masks pairs"),
    Field(
      "sliding_window", \.slidingWindow, default: 0,
      "how many positions a query sees to each side, with its own; 0 for all"),
    Field("use_gate", \.useGate, default: false, "whether a gate multiplies the heads' results"),
  ]

  /// How many heads there are.
  public var numHeads: Positive = 1
  /// The extent of a head's queries and keys.
  public var keyDim: Positive = 1
  /// The extent of a head's values; 0 for that of the keys.
  public var valueDim = 0
  /// Whether projections have biases.
  public var useBias = true
  /// The output's extents behind the steps; none for the query's.
  public var outputShape: [Positive] = []
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
    numHeads: Positive, keyDim: Positive, valueDim: Int = 0, useBias: Bool = true, outputShape: [Positive] = [],
    useCausalMask: Bool = false, useAttentionMask: Bool = false, slidingWindow: Int = 0, useGate: Bool = false
  ) {
    self.numHeads = numHeads
    self.keyDim = keyDim
    self.valueDim = valueDim
    self.useBias = useBias
    self.outputShape = outputShape
    self.useCausalMask = useCausalMask
    self.useAttentionMask = useAttentionMask
    self.slidingWindow = slidingWindow
    self.useGate = useGate
  }

  private func shared() throws(ModelError) -> HeadedAttention {
    guard valueDim >= 0 else {
      throw ModelError(
        LayerProblem.badSetting(reason: "a head's values have no negative extent, found \(valueDim)"),
        at: .field("value_dim"))
    }
    return attention
  }

  var attention: HeadedAttention {
    HeadedAttention(
      kind: Self.kind, queryHeads: numHeads.value, keyHeads: numHeads.value, depth: keyDim.value,
      width: valueDim == 0 ? keyDim.value : valueDim, outputShape: outputShape, useBias: useBias,
      useGate: useGate, useAttentionMask: useAttentionMask, isCausal: useCausalMask, window: slidingWindow)
  }

  /// The projections' weights and biases.
  public func parameters(for inputs: [TensorType]) throws(ModelError) -> [Parameter] {
    try shared().parameters(for: inputs)
  }

  /// The query's extents, but for the last.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    try shared().outputs(for: inputs)
  }
}
