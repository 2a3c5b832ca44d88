public import NNFormat
import NNKernels

/// A plain recurrence: for each step of a sequence `h = a(x · kernel + biases + h · recurrent_kernel)`.
///
/// | value                       | shape                        | notes                                         |
/// |-----------------------------|------------------------------|-----------------------------------------------|
/// | input                       | `[batch, time, in]`          | f32 or f64                                    |
/// | h                           | `[batch, units]`             | with `initial_state`, those of each direction |
/// | mask                        | `[batch, time]` or `[batch]` | `mask` `steps`: bool; `lengths`: i32 or i64   |
/// | output                      | `[batch, time, units]`       | without `return_sequences` `[batch, units]`   |
/// | last h                      | `[batch, units]`             | with `return_state`, those of each direction  |
/// | `kernel`                    | `[in, units]`                |                                               |
/// | `recurrent_kernel`          | `[units, units]`             | columns as those of `kernel`                  |
/// | `biases`                    | `[units]`                    | absent where `use_bias` is false              |
/// | `backward_kernel`           | as `kernel`                  | of the second direction of `bidirectional`    |
/// | `backward_recurrent_kernel` | as `recurrent_kernel`        | likewise                                      |
/// | `backward_biases`           | as `biases`                  | likewise                                      |
///
/// `clip` bounds what enters `a`. A masked step leaves the state as it is; its output is the one before it (before the
/// first counted step, the initial h), or 0 with `zero_output_for_mask`. With `lengths`, steps at and beyond a row's
/// length do not count in either direction, and give 0. Outputs stand at the place of their step unless
/// `reversed_output`. Two directions give an output that is twice as wide with `concat`, and two outputs with
/// `merge_mode` `none`, forward first.
///
/// - Source: Keras 3 and Keras 2 `SimpleRNN`, `Bidirectional`; Keras's `go_backwards` with sequences is `backward` with
///   `reversed_output`. ONNX `RNN` of opset 7 and later and PyTorch `RNN` with their biases summed. Elman 1990.
public struct SimpleRNN: RecurrentLayer {
  /// `simple_rnn`
  public static let kind = "simple_rnn"
  /// The settings.
  public static let fields: [Field<SimpleRNN>] =
    [
      Field("units", \.units, "the number of units"),
      Field("activation", \.activation, default: Activation(Tanh()), "the function `a`"),
      Field("use_bias", \.useBias, default: true, "whether `biases` are added"),
      Field("clip", \.clip, default: .none, "the bound of what enters `a`"),
    ] + sequenceFields
  static let hasCell = false

  /// The number of units.
  public var units: Positive = 1
  /// The function of the sum.
  public var activation = Activation(Tanh())
  /// Whether biases are added.
  public var useBias = true
  /// The bound of what enters the activation.
  public var clip = GateBound.none
  /// How it goes over the sequence.
  public var sequence = SequenceOptions()

  /// A layer of one unit.
  public init() {}

  /// A layer of the given number of units.
  public init(units: Positive) { self.units = units }

  var gateCount: Int { 1 }

  /// Those of the first direction, then of the second.
  public func parameters(for inputs: [TensorType]) throws(ModelError) -> [Parameter] {
    try recurrentParameters(for: inputs)
  }

  /// The output or two, then the states.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    try recurrentOutputs(for: inputs)
  }

  /// The states, and the sums of some steps.
  public func scratchSize(for inputs: [TensorType]) -> Int { recurrentScratchSize(for: inputs) }

  /// One for each column of each step's matrix products.
  public func multiplyAdds(for inputs: [TensorType]) -> Int? { recurrentMultiplyAdds(for: inputs) }

  /// Step after step, each operation rounded.
  ///
  /// - Throws: ``LayerProblem/badElement(input:position:found:expected:)`` for a length that is negative or beyond the
  ///   last step.
  public func forward(_ values: borrowing LayerValues) throws(ModelError) { try runRecurrence(values) }

  func advance<Scalar: ComputingScalar>(_ step: RecurrentStep<Scalar>, _ values: borrowing LayerValues) {
    let (type, count) = (FloatType(step.type), step.batch * units.value)
    step.multiply(step.hidden, depth: units.value, of: columns, to: step.recurrent, values)
    Addition.run(type, step.gates, step.recurrent, to: step.nextHidden, count: count)
    clip.apply(to: step.nextHidden, count: count)
    activation.apply(step.type, to: step.nextHidden, count: count)
  }
}
