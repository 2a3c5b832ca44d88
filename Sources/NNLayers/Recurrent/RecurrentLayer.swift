import NNFormat
import NNKernels

/// A layer that goes over the steps of a sequence with a state: what one kind says of itself. The walk over the steps,
/// the types and the outputs are shared.
protocol RecurrentLayer: SequenceLayer, ProductLayer {
  /// How many gates a step computes, each of `units` columns of the parameters.
  var gateCount: Int { get }
  /// The number of units.
  var units: Positive { get }
  /// The extent of the state that is also the output.
  var outputSize: Int { get }
  /// Whether `biases` are added to the inputs' share.
  var useBias: Bool { get }
  /// The parameters of one direction behind `kernel`, `recurrent_kernel` and `biases`.
  func furtherParameters(_ type: DataType) -> [Parameter]
  /// The columns of a projection, the last parameter of each direction; 0 where there is none.
  var projectedSize: Int { get }
  /// The kernel of the product with `recurrent_kernel` and all that follows it; nil with settings that it does not know.
  var gatedStep: GatedStep? { get }
  /// Computes the states after one step.
  func advance<Scalar: ComputingScalar>(_ step: RecurrentStep<Scalar>, _ values: borrowing LayerValues)
}

extension RecurrentLayer {
  var outputSize: Int { units.value }
  var projectedSize: Int { 0 }
  var gatedStep: GatedStep? { nil }
  func furtherParameters(_ type: DataType) -> [Parameter] { [] }

  /// The gates' columns. `checked` has made sure that they can be counted.
  var columns: Int { gateCount * units.value }

  // Types

  func recurrentParameters(for inputs: [TensorType]) throws(ModelError) -> [Parameter] {
    let depth = try checked(inputs)
    let type = inputs[0].dataType
    let columns = Dimension.known(columns)
    var parameters = [
      Parameter("kernel", TensorType(type, [.known(depth), columns])),
      Parameter("recurrent_kernel", TensorType(type, [.known(outputSize), columns])),
    ]
    if useBias { parameters.append(Parameter("biases", TensorType(type, [columns]))) }
    return parametersOfDirections(parameters + furtherParameters(type))
  }

  func recurrentOutputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    _ = try checked(inputs)
    let (type, batch, time) = (inputs[0].dataType, inputs[0].shape[0], inputs[0].shape[1])
    let last = Dimension.known(sequence.outputParts * outputSize)
    let output = TensorType(type, sequence.returnSequences ? [batch, time, last] : [batch, last])
    var outputs = [TensorType](repeating: output, count: sequence.outputCount)
    if sequence.returnState {
      for _ in 0..<sequence.directionCount { outputs += states(type, batch) }
    }
    return outputs
  }

  private func states(_ type: DataType, _ batch: Dimension) -> [TensorType] {
    let output = TensorType(type, [batch, .known(outputSize)])
    return Self.hasCell ? [output, TensorType(type, [batch, .known(units.value)])] : [output]
  }

  /// Checks the inputs and gives the extent of the first one's last dimension.
  private func checked(_ inputs: [TensorType]) throws(ModelError) -> Int {
    try checkCount(of: inputs)
    let input = inputs[0]
    try input.requireFloat(index: 0)
    guard input.rank == 3, let depth = input.shape[2].value else {
      throw ModelError(
        LayerProblem.badInput(
          index: 0, expected: "of three dimensions, batch, time and features, the last one fixed", found: input))
    }
    try sequence.check()
    // No product of extents that follows is larger than one of these, of parameters or of working memory.
    let size = max(units.value, outputSize)
    for extent in [depth, size, input.shape[0].value ?? 1, RecurrentMemory.rowsAtOnce] {
      _ = try Shape([extent, 16, size])
    }
    try checkSequence(inputs, states: states(input.dataType, input.shape[0]))
    return depth
  }

  /// The kernels, and what projects h.
  package func weights(for inputs: [TensorType]) -> [WeightMatrix] {
    guard let count = try? parameters(for: inputs).count else { return [] }
    let steps = inputs[0].shape[1].value ?? 0
    return stride(from: 0, to: count, by: count / sequence.directionCount).flatMap { first in
      let recurrent = first + 1
      let projection = first + count / sequence.directionCount - 1
      return [
        WeightMatrix(first, columns: columns),
        gatedStep.map { step in
          let packing = GatedStep.Packing(depth: outputSize, units: units.value, gates: step.kind.gateCount)
          return WeightMatrix(recurrent, gates: packing, steps: steps)
        } ?? WeightMatrix(recurrent, columns: columns),
      ] + (projectedSize > 0 ? [WeightMatrix(projection, columns: projectedSize)] : [])
    }
  }

  // Sizes

  func recurrentScratchSize(for inputs: [TensorType]) -> Int {
    guard (try? checked(inputs)) != nil, let shape = try? inputs[0].knownShape() else { return 0 }
    return RecurrentMemory(self, shape).count * inputs[0].dataType.byteSize
  }

  /// One for each column of each step's matrix products.
  func recurrentMultiplyAdds(for inputs: [TensorType]) -> Int? {
    guard (try? checked(inputs)) != nil, let shape = try? inputs[0].knownShape() else { return nil }
    var count = sequence.directionCount
    // Cannot overflow: `checked` has made sure that sixteen times as much can be counted of each term.
    let step = (shape[2] + outputSize) * columns + units.value * projectedSize
    for factor in [shape[0], shape[1], step] {
      let (product, overflow) = count.multipliedReportingOverflow(by: factor)
      guard !overflow else { return nil }
      count = product
    }
    return count
  }
}

extension TensorType {
  /// Demands the element type and, as far as they are known, the extents of another type.
  func require(
    _ wanted: TensorType, index: Int, or alternative: String = ""
  ) throws(ModelError) {
    let fits =
      dataType == wanted.dataType && rank == wanted.rank
      && zip(shape, wanted.shape).allSatisfy { own, other in
        guard let own = own.value, let other = other.value else { return true }
        return own == other
      }
    guard fits else {
      throw ModelError(LayerProblem.badInput(index: index, expected: "\(wanted)\(alternative)", found: self))
    }
  }
}
