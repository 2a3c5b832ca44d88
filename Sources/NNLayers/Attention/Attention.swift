public import NNFormat
import NNKernels

/// Means of values, weighted by how well queries and keys match: `y = softmax(scores) · value`, with
/// `scores = (query · keyᵀ) · scale` (dot) or `concat_score_weight · sum(tanh(scale · (query + key)))` (concat).
///
/// | value                 | shape               | notes                                                            |
/// |-----------------------|---------------------|------------------------------------------------------------------|
/// | query                 | `[..., T, D]`       | rank 3 or more, f32 or f64, D fixed                              |
/// | value                 | `[..., S, V]`       | same element type and leading extents                            |
/// | key                   | `[..., S, D]`       | may be left out where the values are the keys                    |
/// | query mask            | `[..., T]`          | bool, where `use_query_mask`: results of false queries are 0     |
/// | value mask            | `[..., S]`          | bool, where `use_value_mask`: false values are not attended to   |
/// | output                | `[..., T, V]`       | same element type                                                |
/// | `scale`               | `[]`                | absent where `use_scale` is false                                |
/// | `concat_score_weight` | `[]`                | absent where `score_mode` is dot                                 |
///
/// Inputs come in this order. A pair that is masked has 1e9 taken from its score, as in Keras; a query none of whose keys is allowed
/// so gets a mean by the scores that are left. Heads are a leading dimension: ONNX's `Attention` over `[N, heads, T, D]` is this
/// layer with `scale` as a parameter.
///
/// - Source: Keras 3 and Keras 2 `Attention`; ONNX `Attention` (opset 23) without cache and bias.
public struct Attention: Layer, FusingLayer {
  /// `attention`
  public static let kind = "attention"
  /// The settings.
  public static let fields: [Field<Attention>] = [
    Field("use_scale", \.useScale, default: false, "whether there is a `scale`"),
    Field("score_mode", \.scoreMode, default: .dot, "how queries and keys are matched"),
    Field("use_causal_mask", \.useCausalMask, default: false, "whether no query sees a key of a later position"),
    Field("use_query_mask", \.useQueryMask, default: false, "whether an input masks queries"),
    Field("use_value_mask", \.useValueMask, default: false, "whether an input masks values"),
  ]

  /// How queries and keys are matched.
  public enum ScoreMode: String, FieldChoice {
    /// By their inner products.
    case dot
    /// By the sum of the hyperbolic tangents of their sums.
    case concat
  }

  /// Whether there is a `scale`.
  public var useScale = false
  /// How queries and keys are matched.
  public var scoreMode = ScoreMode.dot
  /// Whether no query sees a key of a later position.
  public var useCausalMask = false
  /// Whether an input masks queries.
  public var useQueryMask = false
  /// Whether an input masks values.
  public var useValueMask = false

  /// The layer without scale and masks.
  public init() {}

  /// A layer of the given settings.
  public init(
    useScale: Bool = false, scoreMode: ScoreMode = .dot, useCausalMask: Bool = false, useQueryMask: Bool = false,
    useValueMask: Bool = false
  ) {
    self.useScale = useScale
    self.scoreMode = scoreMode
    self.useCausalMask = useCausalMask
    self.useQueryMask = useQueryMask
    self.useValueMask = useValueMask
  }

  private func checked(_ inputs: [TensorType]) throws(ModelError) -> AttentionInputs {
    try AttentionInputs(
      inputs, kind: Self.kind, useQueryMask: useQueryMask, useValueMask: useValueMask)
  }

  /// `scale` and `concat_score_weight`, as the settings say.
  public func parameters(for inputs: [TensorType]) throws(ModelError) -> [Parameter] {
    let type = TensorType(try checked(inputs).query.dataType, .scalar)
    return ((useScale ? ["scale"] : []) + (scoreMode == .concat ? ["concat_score_weight"] : []))
      .map { Parameter($0, type) }
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

  /// The multiplications of both matrix products.
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
    let scale = useScale ? values.pointer(to: values.parameters[0], as: type) : nil
    let weight = scoreMode == .concat ? values.pointer(to: values.parameters[useScale ? 1 : 0], as: type)[0] : 1
    let attention = AttentionRun(
      values, useQueryMask: useQueryMask, useValueMask: useValueMask, isCausal: useCausalMask)
    attention.run(values, scoreMode == .dot ? .dot(scale: scale) : .concat(scale: scale, weight: weight))
  }
}
