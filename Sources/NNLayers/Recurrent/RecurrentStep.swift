import NNFormat
import NNKernels

/// One step of one direction, for every row of the batch: the memory that a kind reads and writes.
struct RecurrentStep<Scalar: ComputingScalar> {
  /// The element type.
  let type: DataType
  /// The number of rows.
  let batch: Int
  /// Where the direction's parameters begin among all.
  let parameters: Int
  /// The inputs' share of the gates with its bias, `[batch, columns]`. A kind may write over it.
  let gates: UnsafeMutablePointer<Scalar>
  /// As much room as `gates`, for what the state contributes.
  let recurrent: UnsafeMutablePointer<Scalar>
  /// The first state before the step, `[batch, outputSize]`.
  let hidden: UnsafeMutablePointer<Scalar>
  /// The first state after the step.
  let nextHidden: UnsafeMutablePointer<Scalar>
  /// The second state before the step, `[batch, units]`, of a kind that has one.
  let cell: UnsafeMutablePointer<Scalar>
  /// The second state after the step.
  let nextCell: UnsafeMutablePointer<Scalar>
  /// The kernel of the whole step, if there is one.
  let gated: GatedStep?
}

extension RecurrentStep {
  /// Does the step with its kernel.
  func run(
    _ gated: GatedStep, units: Int, depth: Int, bias: UnsafeRawPointer? = nil,
    nextHidden: UnsafeMutablePointer<Scalar>, _ values: borrowing LayerValues
  ) {
    let type = FloatType(type)
    let weights = ProductWeights(
      values, values.parameters[parameters + 1], computing: type, stride: units * gated.kind.gateCount)
    let work = UnitsOfStep(
      step: self, kernel: gated, type: type, units: units, depth: depth,
      weights: GatedStep.Weights(
        weights.address, type: weights.stored, isPacked: weights.isPacked, scales: weights.scales), bias: bias,
      nextHidden: nextHidden)
    let products = units.multipliedClamped(by: gated.kind.gateCount).multipliedClamped(by: depth)
    // A few rows wait for the weights, not for the arithmetic.
    let cost = max(
      products.multipliedClamped(by: batch), products.multipliedClamped(by: weights.stored.byteSize(type)))
    values.crew.divide(
      work, count: units, least: GatedStep.unitsOfPart, multiple: GatedStep.unitsOfPart, cost: cost, partsPerThread: 1)
  }

  /// Writes the product of a state with a parameter, the `recurrent_kernel` unless another is named.
  ///
  /// - Parameters:
  ///   - part: The columns that are computed; all by default.
  ///   - stride: The columns of the parameter, and of the result.
  func multiply(
    _ state: UnsafeMutablePointer<Scalar>, depth: Int, by parameter: Int = 1, columns part: Range<Int>? = nil,
    of stride: Int, bias: UnsafePointer<Scalar>? = nil, to result: UnsafeMutablePointer<Scalar>,
    _ values: borrowing LayerValues
  ) {
    let part = part ?? 0..<stride
    let type = FloatType(type)
    let weights = ProductWeights(values, values.parameters[parameters + parameter], computing: type, stride: stride)
    DividedProduct(type: type, rows: batch, columns: part.count, depth: depth, resultStride: stride).run(
      values.crew, input: state, weights: weights.from(column: part.lowerBound, type),
      bias: bias.map { $0 + part.lowerBound }, result: result + part.lowerBound)
  }
}

/// The units of a step.
private struct UnitsOfStep<Scalar: ComputingScalar>: DividedWork {
  let step: RecurrentStep<Scalar>
  let kernel: GatedStep
  let type: FloatType
  let units: Int
  let depth: Int
  let weights: GatedStep.Weights
  let bias: UnsafeRawPointer?
  let nextHidden: UnsafeMutablePointer<Scalar>

  func run(_ part: Range<Int>, part number: Int) {
    kernel.run(
      type, rows: step.batch, units: units, of: part, depth: depth, gates: step.gates, hidden: step.hidden,
      weights: weights, bias: bias, cell: step.cell, nextCell: step.nextCell, nextHidden: nextHidden)
  }
}

/// Where the working memory of a recurrent layer has what, counted in elements from its start.
struct RecurrentMemory {
  /// With fewer rows than this in a batch, the inputs' share of several steps is computed at once.
  static let rowsAtOnce = 128

  /// For how many steps the inputs' share of the gates is computed at once.
  let steps: Int
  let recurrent: Int
  let hidden: Int
  let nextHidden: Int
  let cell: Int
  let nextCell: Int
  let count: Int

  /// The memory for an input `[batch, time, features]` that passed the checks of `layer`.
  init(_ layer: some RecurrentLayer, _ x: Shape) {
    let (batch, time) = (x[0], x[1])
    let (columns, size) = (layer.columns, layer.outputSize)
    steps = max(1, min(time, RecurrentMemory.rowsAtOnce / max(batch, 1)))
    recurrent = steps * batch * columns
    hidden = recurrent + batch * columns
    nextHidden = hidden + batch * size
    cell = nextHidden + batch * size
    nextCell = cell + (Swift.type(of: layer).hasCell ? batch * layer.units.value : 0)
    count = nextCell + (nextCell - cell)
  }
}
