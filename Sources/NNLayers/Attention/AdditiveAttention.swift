public import NNFormat
import NNKernels

/// Means of values, weighted by how well queries and keys match in Bahdanau's way: `y = softmax(scores) · value`, with
/// `scores = sum(scale · tanh(query + key))`.
///
/// | value      | shape         | notes                                                          |
/// |------------|---------------|----------------------------------------------------------------|
/// | query      | `[..., T, D]` | rank 3 or more, f32 or f64, D fixed                            |
/// | value      | `[..., S, V]` | same element type and leading extents                          |
/// | key        | `[..., S, D]` | may be left out where the values are the keys                  |
/// | query mask | `[..., T]`    | bool, where `use_query_mask`: results of false queries are 0   |
/// | value mask | `[..., S]`    | bool, where `use_value_mask`: false values are not attended to |
/// | output     | `[..., T, V]` | same element type                                              |
/// | `scale`    | `[D]`         | absent where `use_scale` is false                              |
///
/// Inputs come in this order. A pair that is masked has 1e9 taken from its score, as in Keras.
///
/// - Source: Keras 3 and Keras 2 `AdditiveAttention`; Bahdanau, Cho, Bengio, *Neural Machine Translation by Jointly Learning to
///   Align and Translate*, 2015.
public struct AdditiveAttention: Layer, FusingLayer {
  /// `additive_attention`
  public static let kind = "additive_attention"
  /// The settings.
  public static let fields: [Field<AdditiveAttention>] = [
    Field("use_scale", \.useScale, default: true, "whether there is a `scale`"),
    Field("use_causal_mask", \.useCausalMask, default: false, "whether no query sees a key of a later position"),
    Field("use_query_mask", \.useQueryMask, default: false, "whether an input masks queries"),
    Field("use_value_mask", \.useValueMask, default: false, "whether an input masks values"),
  ]

  /// Whether there is a `scale`.
  public var useScale = true
  /// Whether no query sees a key of a later position.
  public var useCausalMask = false
  /// Whether an input masks queries.
  public var useQueryMask = false
  /// Whether an input masks values.
  public var useValueMask = false

  /// The layer with a scale and without masks.
  public init() {}

  /// A layer of the given settings.
  public init(
    useScale: Bool, useCausalMask: Bool = false, useQueryMask: Bool = false, useValueMask: Bool = false
  ) {
    self.useScale = useScale
    self.useCausalMask = useCausalMask
    self.useQueryMask = useQueryMask
    self.useValueMask = useValueMask
  }

  private func checked(_ inputs: [TensorType]) throws(ModelError) -> AttentionInputs {
    try AttentionInputs(
      inputs, kind: Self.kind, useQueryMask: useQueryMask, useValueMask: useValueMask)
  }

  /// `scale`, where it is used.
  public func parameters(for inputs: [TensorType]) throws(ModelError) -> [Parameter] {
    let query = try checked(inputs).query
    return useScale ? [Parameter("scale", TensorType(query.dataType, Array(query.shape.suffix(1))))] : []
  }

  /// The queries' extents with the values' last.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    [try checked(inputs).output]
  }

  /// Scores and sums of one sample.
  public func scratchSize(for inputs: [TensorType]) -> Int { scratchSize(for: inputs, threads: 1) }

  /// Scores and sums for each thread.
  package func scratchSize(for inputs: [TensorType], threads: Int) -> Int {
    guard let checked = try? checked(inputs) else { return 0 }
    return AttentionRun.scratchSize(checked, threads: threads)
  }

  /// It has no steps behind it.
  package func fuses(for inputs: [TensorType]) -> Bool { false }

  /// The multiplications of scores and means.
  public func multiplyAdds(for inputs: [TensorType]) -> Int? {
    guard let checked = try? checked(inputs) else { return nil }
    return AttentionRun.multiplyAdds(checked)
  }

  /// The formula, each step rounded.
  public func forward(_ values: borrowing LayerValues) {
    switch FloatType(values.outputs[0].dataType) {
    case .f32: run(values, Float.self)
    case .f64: run(values, Double.self)
    }
  }

  private func run<Scalar: ComputingScalar>(_ values: borrowing LayerValues, _ type: Scalar.Type) {
    let attention = AttentionRun(
      values, useQueryMask: useQueryMask, useValueMask: useValueMask, isCausal: useCausalMask)
    let scale = useScale ? values.pointer(to: values.parameters[0], as: type) : nil
    attention.run(values, .additive(scales: scale))
  }
}
