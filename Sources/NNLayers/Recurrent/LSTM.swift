public import NNFormat
import NNKernels

/// A long short-term memory: for each step of a sequence `c = s(f) * c + s(i) * a(g)` and `h = s(o) * t(c)`, with the
/// gates i, f, g and o of `x · kernel + biases + h · recurrent_kernel`. The functions are `recurrent_activation` (s),
/// `activation` (a) and `output_activation` (t).
///
/// | value                        | shape                             | notes                                         |
/// |------------------------------|-----------------------------------|-----------------------------------------------|
/// | input                        | `[batch, time, in]`               | f32 or f64                                    |
/// | h, c                         | `[batch, size]`, `[batch, units]` | with `initial_state`, those of each direction |
/// | mask                         | `[batch, time]` or `[batch]`      | `mask` `steps`: bool; `lengths`: i32 or i64   |
/// | output                       | `[batch, time, size]`             | without `return_sequences` `[batch, size]`    |
/// | last h, c                    | `[batch, size]`, `[batch, units]` | with `return_state`, those of each direction  |
/// | `kernel`                     | `[in, 4 * units]`                 | gates in the order i, f, g, o; see below      |
/// | `recurrent_kernel`           | `[size, 4 * units]`               | columns as those of `kernel`                  |
/// | `biases`                     | `[4 * units]`                     | absent where `use_bias` is false              |
/// | `peepholes`                  | `[3 * units]`                     | with `use_peepholes`, in the order i, f, o    |
/// | `projection_kernel`          | `[units, projection_size]`        | with a `projection_size`                      |
/// | `backward_kernel`            | as `kernel`                       | of the second direction of `bidirectional`    |
/// | `backward_recurrent_kernel`  | as `recurrent_kernel`             | likewise                                      |
/// | `backward_biases`            | as `biases`                       | likewise                                      |
/// | `backward_peepholes`         | as `peepholes`                    | likewise                                      |
/// | `backward_projection_kernel` | as `projection_kernel`            | likewise                                      |
///
/// `size` is `units`, or `projection_size` where that is not 0. With peepholes the old c times theirs is added to i and
/// f, and the new c times theirs to o. With a projection `h = (s(o) * t(c)) · projection_kernel`. `clip` bounds what
/// enters s and a, not t. With `input_forget` s(f) is `1 - s(i)`, and what belongs to f is left out of the parameters.
///
/// A masked step leaves the states as they are; its output is the one before it (before the first counted step, the
/// initial h), or 0 with `zero_output_for_mask`. With `lengths`, steps at and beyond a row's length do not count in
/// either direction, and give 0. Outputs stand at the place of their step unless `reversed_output`. Two directions give
/// an output that is twice as wide with `concat`, and two outputs with `merge_mode` `none`, forward first.
///
/// - Source: Keras 3 and Keras 2 `LSTM` (its gates i, f, c, o), `Bidirectional`; Keras's `go_backwards` with sequences
///   is `backward` with `reversed_output`. ONNX `LSTM` of opset 7 and later with its biases summed and its gates i, o,
///   f, c reordered; PyTorch `LSTM` with `proj_size`. Hochreiter and Schmidhuber 1997; Gers, Schraudolph and
///   Schmidhuber 2002; Sak, Senior and Beaufays 2014.
public struct LSTM: RecurrentLayer {
  /// `lstm`
  public static let kind = "lstm"
  /// The settings.
  public static let fields: [Field<LSTM>] =
    [
      Field("units", \.units, "the number of units"),
      Field(
        "activation", \.activation, default: Activation(Tanh()), "the function `a` of the new candidate for c"),
      Field(
        "recurrent_activation", \.recurrentActivation, default: Activation(Sigmoid()),
        "the function `s` of the gates"),
      Field(
        "output_activation", \.outputActivation, default: Activation(Tanh()),
        "the function `t` of c in the output; Keras has `activation` here"),
      Field("use_bias", \.useBias, default: true, "whether `biases` are added"),
      Field(
        "input_forget", \.inputForget, default: false,
        "whether f is `1 - s(i)` instead of a gate of its own, which then has no columns"),
      Field("use_peepholes", \.usePeepholes, default: false, "whether the gates see c"),
      Field(
        "projection_size", \.projectionSize, default: 0, "the extent to which h is projected; 0 for no projection"),
      Field("clip", \.clip, default: .none, "the bound of what enters `s` and `a`"),
    ] + sequenceFields
  static let hasCell = true

  /// The number of units.
  public var units: Positive = 1
  /// The function of the new candidate for c.
  public var activation = Activation(Tanh())
  /// The function of the gates.
  public var recurrentActivation = Activation(Sigmoid())
  /// The function of c in the output.
  public var outputActivation = Activation(Tanh())
  /// Whether biases are added.
  public var useBias = true
  /// Whether the forget gate is what the input gate leaves.
  public var inputForget = false
  /// Whether the gates see c.
  public var usePeepholes = false
  /// The extent to which h is projected; 0 for none.
  public var projectionSize: ProjectionSize = 0
  /// The bound of what enters the activations of the gates and of the candidate.
  public var clip = GateBound.none
  /// How it goes over the sequence.
  public var sequence = SequenceOptions()

  /// A layer of one unit.
  public init() {}

  /// A layer of the given number of units, with Keras's defaults.
  public init(units: Positive) { self.units = units }

  var gateCount: Int { inputForget ? 3 : 4 }
  var projectedSize: Int { projectionSize.value }
  var outputSize: Int { projectedSize > 0 ? projectedSize : units.value }

  var gatedStep: GatedStep? {
    guard !inputForget, !usePeepholes, clip == .none, let gate = recurrentActivation.function,
      let candidate = activation.function, let output = outputActivation.function
    else { return nil }
    return GatedStep(.lstm, gate: gate, candidate: candidate, output: output)
  }

  func furtherParameters(_ type: DataType) -> [Parameter] {
    var parameters: [Parameter] = []
    if usePeepholes {
      parameters.append(Parameter("peepholes", TensorType(type, [.known((gateCount - 1) * units.value)])))
    }
    if projectionSize.value > 0 {
      let shape = [Dimension.known(units.value), .known(projectionSize.value)]
      parameters.append(Parameter("projection_kernel", TensorType(type, shape)))
    }
    return parameters
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
      step.run(
        gated, units: units, depth: outputSize, nextHidden: projectedSize > 0 ? step.recurrent : step.nextHidden,
        values)
      return project(step, values)
    }
    step.multiply(step.hidden, depth: outputSize, of: columns, to: step.recurrent, values)
    Addition.run(FloatType(step.type), step.gates, step.recurrent, to: step.gates, count: step.batch * columns)
    let peepholes =
      usePeepholes
      ? values.pointer(to: values.parameters[step.parameters + (useBias ? 3 : 2)], as: Scalar.self) : nil
    for row in 0..<step.batch {
      let gates = step.gates + row * columns
      // Where f is a gate of its own it follows i, and both are treated alike.
      let first = (gateCount - 2) * units
      let (candidate, last) = (gates + first, gates + first + units)
      let (cell, next) = (step.cell + row * units, step.nextCell + row * units)
      if let peepholes {
        for unit in 0..<first { gates[unit] += peepholes[unit] * cell[unit < units ? unit : unit - units] }
      }
      clip.apply(to: gates, count: first + units)
      recurrentActivation.apply(step.type, to: gates, count: first)
      activation.apply(step.type, to: candidate, count: units)
      for unit in 0..<units {
        let forget = inputForget ? 1 - gates[unit] : gates[units + unit]
        next[unit] = forget * cell[unit] + gates[unit] * candidate[unit]
      }
      if let peepholes {
        for unit in 0..<units { last[unit] += peepholes[first + unit] * next[unit] }
      }
      clip.apply(to: last, count: units)
      recurrentActivation.apply(step.type, to: last, count: units)
      // i is used up, and its place takes t(c).
      gates.update(from: next, count: units)
      outputActivation.apply(step.type, to: gates, count: units)
      let output = (projectedSize > 0 ? step.recurrent : step.nextHidden) + row * units
      for unit in 0..<units { output[unit] = last[unit] * gates[unit] }
    }
    project(step, values)
  }

  /// With a projection, the new h of what stands in the place of the recurrent share.
  private func project<Scalar: ComputingScalar>(_ step: RecurrentStep<Scalar>, _ values: borrowing LayerValues) {
    guard projectedSize > 0 else { return }
    step.multiply(
      step.recurrent, depth: units.value, by: values.parameters.count / sequence.directionCount - 1, of: projectedSize,
      to: step.nextHidden, values)
  }
}
