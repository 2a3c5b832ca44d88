import NNFormat
import NNKernels

/// The convolutions of a step of one row, and where the working memory has what, counted in bytes from its start.
struct ConvLSTMSteps {
  /// The convolution of the input, with all gates as its filters.
  let input: ConvolutionProduct
  /// The convolution of h.
  let state: ConvolutionProduct

  /// The elements of a state.
  var size: Int { state.window.outputs * state.channels }
  private var stateSize: Int { aligned(size * state.type.byteSize) }
  private var gatesSize: Int { aligned(4 * size * state.type.byteSize) }
  /// What h contributes to the gates; the gates are at the start.
  var recurrent: Int { gatesSize }
  var hidden: Int { 2 * gatesSize }
  var cell: Int { hidden + stateSize }
  /// What the convolutions may use.
  var product: Int { cell + stateSize }
  /// The type of the kernels is not known before a run; a narrow one may need more.
  var byteCount: Int {
    let types: [WeightType] = state.type == .f32 ? [.same, .f16] : [.same]
    return product + types.map { max(input.scratchByteCount($0), state.scratchByteCount($0)) }.reduce(0, max)
  }
}

extension ConvolutionProduct.Weights {
  /// A parameter that is a kernel.
  init(_ values: borrowing LayerValues, _ kernel: LayerValue, computing type: FloatType, bias: UnsafeRawPointer?) {
    self.init(
      kernel: values.address(of: kernel),
      type: WeightType(stored: kernel.dataType, computing: type == .f32 ? .f32 : .f64) ?? .same,
      scales: values.scales(of: kernel), bias: bias)
  }
}

extension ConvLSTM {
  /// Walks over the steps of each row in each direction and writes the outputs.
  func run<Scalar: ComputingScalar>(
    _ scalar: Scalar.Type, _ steps: ConvLSTMSteps, _ values: borrowing LayerValues
  ) {
    for direction in 0..<sequence.directionCount {
      for row in 0..<values.inputs[0].shape[0] { pass(scalar, steps, row, direction, values) }
    }
  }

  private func pass<Scalar: ComputingScalar>(
    _ scalar: Scalar.Type, _ steps: ConvLSTMSteps, _ row: Int, _ direction: Int, _ values: borrowing LayerValues
  ) {
    let x = values.inputs[0]
    let (time, size) = (x.shape[1], steps.size)
    let stepSize = steps.input.window.inputs * steps.input.channels
    let source = values.address(of: x).assumingMemoryBound(to: scalar) + row * time * stepSize
    let first = direction * (values.parameters.count / sequence.directionCount)
    let biases = useBias ? values.address(of: values.parameters[first + 2]) : nil
    let type = steps.state.type
    let kernel = ConvolutionProduct.Weights(values, values.parameters[first], computing: type, bias: biases)
    let recurrentKernel = ConvolutionProduct.Weights(
      values, values.parameters[first + 1], computing: type, bias: nil)
    let gates = values.scratch.assumingMemoryBound(to: scalar)
    let recurrent = (values.scratch + steps.recurrent).assumingMemoryBound(to: scalar)
    let hidden = (values.scratch + steps.hidden).assumingMemoryBound(to: scalar)
    let cell = (values.scratch + steps.cell).assumingMemoryBound(to: scalar)
    let isBackward = sequence.direction == .backward || direction == 1
    start(hidden, size, state: 0, row, direction, values)
    start(cell, size, state: 1, row, direction, values)
    for taken in 0..<time {
      let position = isBackward ? time - 1 - taken : taken
      let isCounted = counts(row, position, values)
      if isCounted {
        steps.input.run(
          input: source + position * stepSize, kernel, result: gates, scratch: values.scratch + steps.product)
        steps.state.run(
          input: hidden, recurrentKernel, result: recurrent, scratch: values.scratch + steps.product)
        Addition.run(type, gates, recurrent, to: gates, count: 4 * size)
        advance(x.dataType, steps, gates, hidden, cell)
      }
      if sequence.returnSequences {
        let line = row * time + (sequence.reversedOutput ? taken : position)
        give(isCounted || !sequence.zeroesMasked ? hidden : nil, line, steps, direction, values)
      }
    }
    if !sequence.returnSequences { give(hidden, row, steps, direction, values) }
    if sequence.returnState {
      for offset in 0...1 {
        let output = values.outputs[stateOutput(direction) + offset]
        (values.mutableAddress(of: output).assumingMemoryBound(to: scalar) + row * size)
          .update(from: offset == 0 ? hidden : cell, count: size)
      }
    }
  }

  /// A state of a row before the first step: of an input, or 0.
  private func start<Scalar: ComputingScalar>(
    _ target: UnsafeMutablePointer<Scalar>, _ size: Int, state: Int, _ row: Int, _ direction: Int,
    _ values: borrowing LayerValues
  ) {
    guard sequence.initialState else {
      target.update(repeating: 0, count: size)
      return
    }
    let source = values.inputs[stateInput(direction) + state]
    target.update(from: values.address(of: source).assumingMemoryBound(to: Scalar.self) + row * size, count: size)
  }

  /// Writes an output of a row, or zeros for none.
  private func give<Scalar: ComputingScalar>(
    _ output: UnsafeMutablePointer<Scalar>?, _ line: Int, _ steps: ConvLSTMSteps, _ direction: Int,
    _ values: borrowing LayerValues
  ) {
    let isLast = dataFormat == .channelsLast
    write(
      output, line: line, parts: isLast ? steps.state.window.outputs : 1, size: isLast ? filters.value : steps.size,
      direction, values)
  }

  /// Replaces the states by those after a step.
  private func advance<Scalar: ComputingScalar>(
    _ type: DataType, _ steps: ConvLSTMSteps, _ gates: UnsafeMutablePointer<Scalar>,
    _ hidden: UnsafeMutablePointer<Scalar>, _ cell: UnsafeMutablePointer<Scalar>
  ) {
    // The four gates lie side by side at each position, or with the channels first once for all of them.
    let lines = dataFormat == .channelsLast ? steps.state.window.outputs : 1
    let size = dataFormat == .channelsLast ? filters.value : steps.size
    for line in 0..<lines {
      let gates = gates + line * 4 * size
      let (candidate, last) = (gates + 2 * size, gates + 3 * size)
      let (hidden, cell) = (hidden + line * size, cell + line * size)
      recurrentActivation.apply(type, to: gates, count: 2 * size)
      activation.apply(type, to: candidate, count: size)
      recurrentActivation.apply(type, to: last, count: size)
      for index in 0..<size { cell[index] = gates[size + index] * cell[index] + gates[index] * candidate[index] }
      // i is used up, and its place takes a(c).
      gates.update(from: cell, count: size)
      activation.apply(type, to: gates, count: size)
      for index in 0..<size { hidden[index] = last[index] * gates[index] }
    }
  }
}
