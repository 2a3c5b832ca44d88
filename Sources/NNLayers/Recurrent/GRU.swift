public import NNFormat
import NNKernels

/// A gated recurrent unit: for each step of a sequence `h = z * h + (1 - z) * a(n)`, with the gates z and r and the
/// candidate n as below. The functions are `recurrent_activation` (s) and `activation` (a).
///
/// | value                       | shape                        | notes                                            |
/// |-----------------------------|------------------------------|--------------------------------------------------|
/// | input                       | `[batch, time, in]`          | f32 or f64                                       |
/// | h                           | `[batch, units]`             | with `initial_state`, those of each direction    |
/// | mask                        | `[batch, time]` or `[batch]` | `mask` `steps`: bool; `lengths`: i32 or i64      |
/// | output                      | `[batch, time, units]`       | without `return_sequences` `[batch, units]`      |
/// | last h                      | `[batch, units]`             | with `return_state`, those of each direction     |
/// | `kernel`                    | `[in, 3 * units]`            | gates in the order z, r, n                       |
/// | `recurrent_kernel`          | `[units, 3 * units]`         | columns as those of `kernel`                     |
/// | `biases`                    | `[3 * units]`                | absent where `use_bias` is false                 |
/// | `recurrent_biases`          | `[3 * units]`                | with `use_recurrent_bias`, for the state's share |
/// | `backward_kernel`           | as `kernel`                  | of the second direction of `bidirectional`       |
/// | `backward_recurrent_kernel` | as `recurrent_kernel`        | likewise                                         |
/// | `backward_biases`           | as `biases`                  | likewise                                         |
/// | `backward_recurrent_biases` | as `recurrent_biases`        | likewise                                         |
///
/// With `X = x · kernel + biases`, `H = h · recurrent_kernel + recurrent_biases` and the columns of a gate in
/// subscripts: `z = s(X_z + H_z)` and `r = s(X_r + H_r)`. With `reset_after` `n = X_n + r * H_n`; without it
/// `n = X_n + ((r * h) · recurrent_kernel_n + recurrent_biases_n)`. `clip` bounds what enters s and a.
///
/// A masked step leaves the state as it is; its output is the one before it (before the first counted step, the initial
/// h), or 0 with `zero_output_for_mask`. With `lengths`, steps at and beyond a row's length do not count in either
/// direction, and give 0. Outputs stand at the place of their step unless `reversed_output`. Two directions give an
/// output that is twice as wide with `concat`, and two outputs with `merge_mode` `none`, forward first.
///
/// - Source: Keras 3 and Keras 2 `GRU`, whose bias is both biases where `reset_after` is true, and `Bidirectional`;
///   Keras's `go_backwards` with sequences is `backward` with `reversed_output`. ONNX `GRU` of opset 7 and later,
///   `linear_before_reset` being `reset_after`; PyTorch `GRU`, with `reset_after`, its gates r, z, n reordered. Cho et
///   al. 2014, arXiv 1406.1078.
public struct GRU: RecurrentLayer {
  /// `gru`
  public static let kind = "gru"
  /// The settings.
  public static let fields: [Field<GRU>] =
    [
      Field("units", \.units, "the number of units"),
      Field("activation", \.activation, default: Activation(Tanh()), "the function `a` of the candidate"),
      Field(
        "recurrent_activation", \.recurrentActivation, default: Activation(Sigmoid()),
        "the function `s` of the gates"),
      Field("use_bias", \.useBias, default: true, "whether `biases` are added to the inputs' share"),
      Field(
        "use_recurrent_bias", \.useRecurrentBias, default: false,
        "whether `recurrent_biases` are added to the state's share"),
      Field(
        "reset_after", \.resetAfter, default: true,
        "whether r multiplies the state's share of the candidate, and not the state"),
      Field("clip", \.clip, default: .none, "the bound of what enters `s` and `a`"),
    ] + sequenceFields
  static let hasCell = false

  /// The number of units.
  public var units: Positive = 1
  /// The function of the candidate.
  public var activation = Activation(Tanh())
  /// The function of the gates.
  public var recurrentActivation = Activation(Sigmoid())
  /// Whether biases are added to the inputs' share.
  public var useBias = true
  /// Whether biases are added to the state's share.
  public var useRecurrentBias = false
  /// Whether the reset gate multiplies the state's share of the candidate, and not the state.
  public var resetAfter = true
  /// The bound of what enters the activations.
  public var clip = GateBound.none
  /// How it goes over the sequence.
  public var sequence = SequenceOptions()

  /// A layer of one unit.
  public init() {}

  /// A layer of the given number of units.
  public init(units: Positive) { self.units = units }

  var gateCount: Int { 3 }

  var gatedStep: GatedStep? {
    guard resetAfter, clip == .none, let gate = recurrentActivation.function, let candidate = activation.function
    else { return nil }
    return GatedStep(.gru, gate: gate, candidate: candidate)
  }

  func furtherParameters(_ type: DataType) -> [Parameter] {
    useRecurrentBias ? [Parameter("recurrent_biases", TensorType(type, [.known(columns)]))] : []
  }

  /// Those of the first direction, then of the second.
  public func parameters(for inputs: [TensorType]) throws(ModelError) -> [Parameter] {
    try recurrentParameters(for: inputs)
  }

  /// The output or two, then the states.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    try recurrentOutputs(for: inputs)
  }

  /// The states, and the gates of some steps.
  public func scratchSize(for inputs: [TensorType]) -> Int { recurrentScratchSize(for: inputs) }

  /// One for each column of each step's matrix products.
  public func multiplyAdds(for inputs: [TensorType]) -> Int? { recurrentMultiplyAdds(for: inputs) }

  /// Step after step, each operation rounded.
  ///
  /// - Throws: ``LayerProblem/badElement(input:position:found:expected:)`` for a length that is negative or beyond the
  ///   last step.
  public func forward(_ values: borrowing LayerValues) throws(ModelError) { try runRecurrence(values) }

  func advance<Scalar: ComputingScalar>(_ step: RecurrentStep<Scalar>, _ values: borrowing LayerValues) {
    let (units, columns) = (units.value, columns)
    if let gated = step.gated {
      return step.run(
        gated, units: units, depth: units, bias: recurrentBiases(step, values), nextHidden: step.nextHidden, values)
    }
    multiply(step.hidden, step, 0..<(resetAfter ? columns : 2 * units), values)
    for row in 0..<step.batch {
      let (gates, recurrent) = (step.gates + row * columns, step.recurrent + row * columns)
      for column in 0..<2 * units { gates[column] += recurrent[column] }
      clip.apply(to: gates, count: 2 * units)
      recurrentActivation.apply(step.type, to: gates, count: 2 * units)
      let reset = gates + units
      if resetAfter {
        for unit in 0..<units { recurrent[2 * units + unit] = reset[unit] * recurrent[2 * units + unit] }
      } else {
        let (hidden, product) = (step.hidden + row * units, step.nextHidden + row * units)
        for unit in 0..<units { product[unit] = reset[unit] * hidden[unit] }
      }
    }
    if !resetAfter { multiply(step.nextHidden, step, 2 * units..<columns, values) }
    for row in 0..<step.batch {
      let gates = step.gates + row * columns
      let (candidate, recurrent) = (gates + 2 * units, step.recurrent + row * columns + 2 * units)
      for unit in 0..<units { candidate[unit] += recurrent[unit] }
      clip.apply(to: candidate, count: units)
      activation.apply(step.type, to: candidate, count: units)
      let (hidden, next) = (step.hidden + row * units, step.nextHidden + row * units)
      for unit in 0..<units {
        next[unit] = gates[unit] * hidden[unit] + (1 - gates[unit]) * candidate[unit]
      }
    }
  }

  /// Some columns of the product of a state with the recurrent kernel, with their biases.
  private func multiply<Scalar: ComputingScalar>(
    _ state: UnsafeMutablePointer<Scalar>, _ step: RecurrentStep<Scalar>, _ part: Range<Int>,
    _ values: borrowing LayerValues
  ) {
    step.multiply(
      state, depth: units.value, columns: part, of: columns, bias: recurrentBiases(step, values), to: step.recurrent,
      values)
  }

  private func recurrentBiases<Scalar: ComputingScalar>(
    _ step: RecurrentStep<Scalar>, _ values: borrowing LayerValues
  ) -> UnsafePointer<Scalar>? {
    guard useRecurrentBias else { return nil }
    return values.pointer(to: values.parameters[step.parameters + (useBias ? 3 : 2)], as: Scalar.self)
  }
}
