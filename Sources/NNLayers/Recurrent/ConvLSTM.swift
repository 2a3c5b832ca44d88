public import NNFormat
import NNKernels

/// A long short-term memory whose products are convolutions: for each step of a sequence `c = s(f) * c + s(i) * a(g)`
/// and `h = s(o) * a(c)`, with the gates i, f, g and o of `(x ∗ kernel + biases) + h ∗ recurrent_kernel`. The functions
/// are `recurrent_activation` (s) and `activation` (a).
///
/// | value                       | shape                                    | notes                                         |
/// |-----------------------------|------------------------------------------|-----------------------------------------------|
/// | input                       | `[batch, time, spatial..., in]`          | f32 or f64; 1, 2 or 3 spatial dimensions      |
/// | h, c                        | `[batch, windows..., filters]`           | with `initial_state`, those of each direction |
/// | mask                        | `[batch, time]` or `[batch]`             | `mask` `steps`: bool; `lengths`: i32 or i64   |
/// | output                      | `[batch, time, windows..., filters]`     | without `return_sequences` no `time`          |
/// | last h, c                   | `[batch, windows..., filters]`           | with `return_state`, those of each direction  |
/// | `kernel`                    | `[kernel_size..., in, 4 * filters]`      | gates in the order i, f, g, o                 |
/// | `recurrent_kernel`          | `[kernel_size..., filters, 4 * filters]` | filters as those of `kernel`                  |
/// | `biases`                    | `[4 * filters]`                          | absent where `use_bias` is false              |
/// | `backward_kernel`           | as `kernel`                              | of the second direction of `bidirectional`    |
/// | `backward_recurrent_kernel` | as `recurrent_kernel`                    | likewise                                      |
/// | `backward_biases`           | as `biases`                              | likewise                                      |
///
/// With the data format `channels_first` the channels of inputs, states and outputs stand before the spatial
/// dimensions, and the kernels are the same. `strides`, `dilation_rate` and `padding` are of the convolution of the
/// input, as in `convolution`; that of h has the padding `same` and neither strides nor gaps, so that the extents stay.
/// Outputs stand at the place of their step unless `reversed_output`; masks, lengths and two directions are as in `lstm`, and
/// `concat` puts the channels of one direction behind those of the other, in both data formats.
///
/// - Source: Keras 3 `ConvLSTM1D`, `ConvLSTM2D`, `ConvLSTM3D` (their gates i, f, c, o), which take strides or a
///   dilation rate, not both; Keras's `go_backwards` with sequences is `backward` with `reversed_output`. Keras 3
///   `Bidirectional`, which concatenates along the last axis also where channels come first: `merge_mode` `none`, and
///   `concatenate`. Shi et al. 2015, arXiv 1506.04214, there with peepholes.
public struct ConvLSTM: SequenceLayer, ProductLayer {
  /// How the input is extended by zeros.
  public enum Padding: String, FieldChoice {
    /// Not at all.
    case valid
    /// So that there are `ceil(extent / stride)` windows; an odd position more stands at the end.
    case same
  }

  /// `conv_lstm`
  public static let kind = "conv_lstm"
  /// The settings.
  public static let fields: [Field<ConvLSTM>] =
    [
      Field("filters", \.filters, "the number of the output's channels"),
      Field("kernel_size", \.kernelSize, "the extents of both windows; their number is that of the spatial dimensions"),
      Field("strides", \.strides, default: [], "the distances of the windows over the input; 1 where none are given"),
      Field(
        "dilation_rate", \.dilationRate, default: [],
        "the distances of the positions of a window over the input; 1 where none are given"),
      Field("padding", \.padding, default: .valid, "how the input is extended by zeros"),
      Field("data_format", \.dataFormat, default: .channelsLast, "where the channels stand"),
      Field(
        "activation", \.activation, default: Activation(Tanh()),
        "the function `a` of the new candidate for c, and of c in the output"),
      Field(
        "recurrent_activation", \.recurrentActivation, default: Activation(Sigmoid()), "the function `s` of the gates"),
      Field("use_bias", \.useBias, default: true, "whether `biases` are added"),
    ] + sequenceFields
  static let hasCell = true

  /// The number of the output's channels.
  public var filters: Positive = 1
  /// The extents of both windows.
  public var kernelSize: WindowSize = [1]
  /// The distances of the windows over the input; 1 where none are given.
  public var strides: [Positive] = []
  /// The distances of the positions of a window over the input; 1 where none are given.
  public var dilationRate: [Positive] = []
  /// How the input is extended by zeros.
  public var padding = Padding.valid
  /// Where the channels stand.
  public var dataFormat = DataFormat.channelsLast
  /// The function of the new candidate for c, and of c in the output.
  public var activation = Activation(Tanh())
  /// The function of the gates.
  public var recurrentActivation = Activation(Sigmoid())
  /// Whether biases are added.
  public var useBias = true
  /// How it goes over the sequence.
  public var sequence = SequenceOptions()

  /// A layer of one filter that sees one position of one spatial dimension.
  public init() {}

  /// A layer of the given number of filters over windows of the given extents.
  public init(filters: Positive, kernelSize: WindowSize) {
    self.filters = filters
    self.kernelSize = kernelSize
  }

  /// The window over the input of a step.
  private var inputSettings: WindowSettings {
    WindowSettings(
      sizeField: "kernel_size", size: kernelSize, strides: strides, dilation: dilationRate,
      padding: padding == .same ? .same : .valid)
  }

  /// The window over h.
  private var stateSettings: WindowSettings {
    WindowSettings(sizeField: "kernel_size", size: kernelSize, padding: .same)
  }

  // Types

  /// Checks the inputs and gives the number of channels and the type of a state.
  private func checked(_ inputs: [TensorType]) throws(ModelError) -> (channels: Int, state: TensorType) {
    try checkCount(of: inputs)
    let input = inputs[0]
    try input.requireFloat(index: 0)
    let rank = kernelSize.rank + 3
    // A step is like the input of a convolution.
    let step = Array(input.shape.prefix(1)) + input.shape.dropFirst(2)
    guard input.rank == rank, let channels = step[dataFormat.channelAxis(rank: rank - 1)].value else {
      let parts =
        dataFormat == .channelsLast ? "[n, time, spatial..., channels]" : "[n, time, channels, spatial...]"
      throw ModelError(
        LayerProblem.badInput(
          index: 0, expected: "of rank \(rank), \(parts), with a fixed number of channels", found: input))
    }
    try inputSettings.check()
    try sequence.check()
    let spatial = try inputSettings.outputs(Array(step[dataFormat.spatialAxes(rank: rank - 1)]))
    // No product of extents that follows is larger than one of these, of parameters or of working memory.
    for extent in [channels, filters.value] { _ = try Shape(kernelSize.extents + [extent, 16, filters.value]) }
    _ = try Shape(spatial.map { $0.value ?? 1 } + [64, filters.value])
    let state = SpatialType(
      input.dataType, dataFormat, batch: input.shape[0], spatial: spatial, channels: .known(filters.value)
    ).type
    try checkSequence(inputs, states: [state, state])
    return (channels, state)
  }

  /// `kernel`, `recurrent_kernel` and, where there is a bias, `biases`.
  public func parameters(for inputs: [TensorType]) throws(ModelError) -> [Parameter] {
    let (channels, state) = try checked(inputs)
    let columns = 4 * filters.value
    let kernel = try Shape(kernelSize.extents + [channels, columns])
    let recurrent = try Shape(kernelSize.extents + [filters.value, columns])
    let biases = Parameter("biases", TensorType(state.dataType, [.known(columns)]))
    return parametersOfDirections(
      [
        Parameter("kernel", TensorType(state.dataType, kernel)),
        Parameter("recurrent_kernel", TensorType(state.dataType, recurrent)),
      ] + (useBias ? [biases] : []))
  }

  /// The kernels.
  package func weights(for inputs: [TensorType]) -> [WeightMatrix] {
    guard let count = try? parameters(for: inputs).count else { return [] }
    return stride(from: 0, to: count, by: count / sequence.directionCount).flatMap { first in
      [first, first + 1].map { WeightMatrix($0, columns: 4 * filters.value) }
    }
  }

  /// The output, then the states.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    let state = try checked(inputs).state
    var output = state
    let axis = dataFormat.channelAxis(rank: state.rank)
    output.shape[axis] = .known(sequence.outputParts * filters.value)
    if sequence.returnSequences { output.shape.insert(inputs[0].shape[1], at: 1) }
    let states = sequence.returnState ? Array(repeating: state, count: 2 * sequence.directionCount) : []
    return Array(repeating: output, count: sequence.outputCount) + states
  }

  // Sizes

  /// The convolutions of a step of one row, for an input of the shape `x` and a state of the extents `windows`.
  private func steps(_ type: DataType, _ x: Shape, windows: ArraySlice<Int>) throws(ModelError) -> ConvLSTMSteps {
    let axes = dataFormat.spatialAxes(rank: x.rank - 1)
    let columns = 4 * filters.value
    return ConvLSTMSteps(
      input: ConvolutionProduct(
        type: FloatType(type), format: dataFormat,
        window: try inputSettings.window(x.dimensions[axes.lowerBound + 1..<axes.upperBound + 1]), samples: 1,
        channels: x[dataFormat.channelAxis(rank: x.rank - 1) + 1], groups: 1, filters: columns),
      state: ConvolutionProduct(
        type: FloatType(type), format: dataFormat, window: try stateSettings.window(windows), samples: 1,
        channels: filters.value, groups: 1, filters: columns))
  }

  private func steps(for inputs: [TensorType]) -> (steps: ConvLSTMSteps, shape: Shape)? {
    guard let state = try? checked(inputs).state.knownShape(), let shape = try? inputs[0].knownShape(),
      let steps = try? steps(
        inputs[0].dataType, shape, windows: state.dimensions[dataFormat.spatialAxes(rank: state.rank)])
    else { return nil }
    return (steps, shape)
  }

  /// The states and the gates of a row, and what its convolutions ask for.
  public func scratchSize(for inputs: [TensorType]) -> Int { steps(for: inputs)?.steps.byteCount ?? 0 }

  /// One for each gate's element and each term of both of its inner products, in each step.
  public func multiplyAdds(for inputs: [TensorType]) -> Int? {
    guard let (steps, shape) = steps(for: inputs), let input = steps.input.multiplyAdds,
      let state = steps.state.multiplyAdds
    else { return nil }
    var (count, overflow) = input.addingReportingOverflow(state)
    for factor in [shape[0], shape[1], sequence.directionCount] where !overflow {
      (count, overflow) = count.multipliedReportingOverflow(by: factor)
    }
    return overflow ? nil : count
  }

  /// Row after row and in each step after step, each operation rounded.
  ///
  /// - Throws: ``LayerProblem/badElement(input:position:found:expected:)`` for a length that is negative or beyond the last step.
  public func forward(_ values: borrowing LayerValues) throws(ModelError) {
    try checkLengths(values)
    let x = values.inputs[0]
    let output = values.outputs[0].shape
    let start = dataFormat.firstSpatialAxis + (sequence.returnSequences ? 1 : 0)
    let steps = try steps(
      x.dataType, x.shape, windows: output.dimensions[start..<start + kernelSize.rank])
    switch FloatType(x.dataType) {
    case .f32: run(Float.self, steps, values)
    case .f64: run(Double.self, steps, values)
    }
  }
}
