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
  var byteCount: Int { product + max(input.scratchByteCount, state.scratchByteCount) }
}

extension ConvLSTM {
  /// Walks over the steps of each row and writes the outputs.
  func run<Scalar: RecurrentScalar>(
    _ scalar: Scalar.Type, _ steps: ConvLSTMSteps, _ values: borrowing LayerValues
  ) {
    let x = values.inputs[0]
    let (batch, time, size) = (x.shape[0], x.shape[1], steps.size)
    let source = values.address(of: x).assumingMemoryBound(to: scalar)
    let target = values.mutableAddress(of: values.outputs[0]).assumingMemoryBound(to: scalar)
    let stepSize = steps.input.window.inputs * steps.input.channels
    let biases = useBias ? values.address(of: values.parameters[2]) : nil
    let gates = values.scratch.assumingMemoryBound(to: scalar)
    let recurrent = (values.scratch + steps.recurrent).assumingMemoryBound(to: scalar)
    let hidden = (values.scratch + steps.hidden).assumingMemoryBound(to: scalar)
    let cell = (values.scratch + steps.cell).assumingMemoryBound(to: scalar)
    for row in 0..<batch {
      start(hidden, size, state: 0, row, values)
      start(cell, size, state: 1, row, values)
      for taken in 0..<time {
        let position = direction == .backward ? time - 1 - taken : taken
        steps.input.run(
          input: source + (row * time + position) * stepSize, kernel: values.address(of: values.parameters[0]),
          bias: biases, result: gates, scratch: values.scratch + steps.product)
        steps.state.run(
          input: hidden, kernel: values.address(of: values.parameters[1]), bias: nil, result: recurrent,
          scratch: values.scratch + steps.product)
        Addition.run(steps.state.type, gates, recurrent, to: gates, count: 4 * size)
        advance(x.dataType, steps, gates, hidden, cell)
        if returnSequences {
          (target + (row * time + (reversedOutput ? taken : position)) * size).update(from: hidden, count: size)
        }
      }
      if !returnSequences { (target + row * size).update(from: hidden, count: size) }
      if returnState {
        give(hidden, size, output: 1, row, values)
        give(cell, size, output: 2, row, values)
      }
    }
  }

  /// A state of a row before the first step: of an input, or 0.
  private func start<Scalar: RecurrentScalar>(
    _ target: UnsafeMutablePointer<Scalar>, _ size: Int, state: Int, _ row: Int, _ values: borrowing LayerValues
  ) {
    guard initialState else {
      target.update(repeating: 0, count: size)
      return
    }
    let source = values.address(of: values.inputs[1 + state]).assumingMemoryBound(to: Scalar.self)
    target.update(from: source + row * size, count: size)
  }

  /// Writes a state of a row after the last step.
  private func give<Scalar: RecurrentScalar>(
    _ state: UnsafeMutablePointer<Scalar>, _ size: Int, output: Int, _ row: Int, _ values: borrowing LayerValues
  ) {
    let target = values.mutableAddress(of: values.outputs[output]).assumingMemoryBound(to: Scalar.self)
    (target + row * size).update(from: state, count: size)
  }

  /// Replaces the states by those after a step.
  private func advance<Scalar: RecurrentScalar>(
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
