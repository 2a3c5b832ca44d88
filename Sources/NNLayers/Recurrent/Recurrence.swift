import NNFormat
import NNKernels

extension RecurrentLayer {
  /// Walks over the steps in each direction and writes the outputs.
  func runRecurrence(_ values: borrowing LayerValues) throws(ModelError) {
    try checkLengths(values)
    for direction in 0..<sequence.directionCount {
      switch FloatType(values.inputs[0].dataType) {
      case .f32: pass(Float.self, direction, values)
      case .f64: pass(Double.self, direction, values)
      }
    }
  }

  private func pass<Scalar: ComputingScalar>(
    _ scalar: Scalar.Type, _ direction: Int, _ values: borrowing LayerValues
  ) {
    let x = values.inputs[0]
    let (batch, time) = (x.shape[0], x.shape[1])
    let gated = gatedStep
    let memory = RecurrentMemory(self, x.shape)
    let base = values.scratch.assumingMemoryBound(to: scalar)
    var (hidden, nextHidden) = (base + memory.hidden, base + memory.nextHidden)
    var (cell, nextCell) = (base + memory.cell, base + memory.nextCell)
    start(hidden, outputSize, state: 0, direction, values)
    if Self.hasCell { start(cell, units.value, state: 1, direction, values) }

    let isBackward = sequence.direction == .backward || direction == 1
    let parameters = direction * (values.parameters.count / sequence.directionCount)
    var first = 0
    for taken in 0..<time {
      let position = isBackward ? time - 1 - taken : taken
      if taken.isMultiple(of: memory.steps) {
        let count = min(memory.steps, time - taken)
        first = isBackward ? position - count + 1 : position
        project(to: base, first, count, memory, parameters, values)
      }
      let step = RecurrentStep(
        type: x.dataType, batch: batch, parameters: parameters,
        gates: base + (position - first) * batch * columns, recurrent: base + memory.recurrent, hidden: hidden,
        nextHidden: nextHidden, cell: cell, nextCell: nextCell, gated: gated)
      advance(step, values)
      for row in 0..<batch {
        let isCounted = counts(row, position, values)
        if !isCounted {
          (nextHidden + row * outputSize).update(from: hidden + row * outputSize, count: outputSize)
          if Self.hasCell {
            (nextCell + row * units.value).update(from: cell + row * units.value, count: units.value)
          }
        }
        if sequence.returnSequences {
          let line = row * time + (sequence.reversedOutput ? taken : position)
          let output = isCounted || !sequence.zeroesMasked ? nextHidden + row * outputSize : nil
          write(output, line: line, size: outputSize, direction, values)
        }
      }
      swap(&hidden, &nextHidden)
      swap(&cell, &nextCell)
    }
    if !sequence.returnSequences {
      for row in 0..<batch {
        write(hidden + row * outputSize, line: row, size: outputSize, direction, values)
      }
    }
    if sequence.returnState {
      let output = stateOutput(direction)
      values.mutableElements(of: values.outputs[output], as: scalar).baseAddress?
        .update(from: hidden, count: batch * outputSize)
      if Self.hasCell {
        values.mutableElements(of: values.outputs[output + 1], as: scalar).baseAddress?
          .update(from: cell, count: batch * units.value)
      }
    }
  }

  /// A state before the first step: an input, or 0.
  private func start<Scalar: ComputingScalar>(
    _ target: UnsafeMutablePointer<Scalar>, _ size: Int, state: Int, _ direction: Int,
    _ values: borrowing LayerValues
  ) {
    let count = values.inputs[0].shape[0] * size
    guard sequence.initialState else {
      target.update(repeating: 0, count: count)
      return
    }
    let source = values.inputs[stateInput(direction) + state]
    target.update(from: values.address(of: source).assumingMemoryBound(to: Scalar.self), count: count)
  }

  /// The inputs' share of the gates for some steps, `[steps, batch, columns]`.
  private func project<Scalar: ComputingScalar>(
    to gates: UnsafeMutablePointer<Scalar>, _ first: Int, _ count: Int, _ memory: RecurrentMemory,
    _ parameters: Int, _ values: borrowing LayerValues
  ) {
    let x = values.inputs[0]
    let type = FloatType(x.dataType)
    let (batch, time, depth) = (x.shape[0], x.shape[1], x.shape[2])
    let source = values.address(of: x).assumingMemoryBound(to: Scalar.self)
    let weights = ProductWeights(values, values.parameters[parameters], computing: type, stride: columns)
    let biases = useBias ? values.address(of: values.parameters[parameters + 2]) : nil
    if memory.steps == 1 {
      return DividedProduct(type: type, rows: batch, columns: columns, depth: depth, inputStride: time * depth).run(
        values.crew, input: source + first * depth, weights: weights, bias: biases, result: gates)
    }
    let product = DividedProduct(
      type: type, rows: count, columns: columns, depth: depth, resultStride: batch * columns)
    for row in 0..<batch {
      product.run(
        values.crew, input: source + (row * time + first) * depth, weights: weights, bias: biases,
        result: gates + row * columns)
    }
  }
}
