import NNFormat
import NNKernels

/// A product of rows with a matrix of weights that the threads of a run divide among them: by rows where there are more of them than
/// columns, else by columns, so that what each of them reads whole is the smaller side. Neither changes a bit.
struct DividedProduct {
  let type: FloatType
  let rows: Int
  let columns: Int
  let depth: Int

  /// Writes `input · weights + bias` and the steps of it.
  func run(
    _ values: borrowing LayerValues, input: UnsafeRawPointer, weights: LayerValue, bias: UnsafeRawPointer?,
    steps: UnsafeBufferPointer<ElementStep> = .none, result: UnsafeMutableRawPointer
  ) {
    let stored = WeightType(stored: weights.dataType, computing: type == .f32 ? .f32 : .f64) ?? .same
    let address = values.address(of: weights)
    let scales = values.scales(of: weights)
    let tile = MatrixProduct.tileColumns(type)
    // A few rows wait for the weights, not for the arithmetic.
    let count = columns.multipliedClamped(by: depth)
    let cost = max(rows.multipliedClamped(by: count), count.multipliedClamped(by: stored.byteSize(type)))
    let byRows = rows > columns
    // Each part by rows makes the panels for itself where they are not packed.
    let least = byRows ? (weights.isPacked ? 16 : 128) : tile
    let work = PartsOfProduct(
      product: self, byRows: byRows, input: input, weights: address, stored: stored, isPacked: weights.isPacked,
      scales: scales, bias: bias, result: result, steps: steps)
    values.crew.divide(
      work, count: byRows ? rows : columns, least: least, multiple: byRows ? 1 : tile, cost: cost)
  }
}

/// The rows or the columns of a product.
private struct PartsOfProduct: DividedWork {
  let product: DividedProduct
  let byRows: Bool
  let input: UnsafeRawPointer
  let weights: UnsafeRawPointer
  let stored: WeightType
  let isPacked: Bool
  let scales: UnsafeRawPointer?
  let bias: UnsafeRawPointer?
  let result: UnsafeMutableRawPointer
  let steps: UnsafeBufferPointer<ElementStep>

  func run(_ units: Range<Int>, part: Int) {
    run(rows: byRows ? units : 0..<product.rows, columns: byRows ? 0..<product.columns : units)
  }

  private func run(rows: Range<Int>, columns: Range<Int>) {
    guard !rows.isEmpty, !columns.isEmpty else { return }
    let size = product.type.byteSize
    let first = columns.lowerBound
    let place =
      isPacked
      ? MatrixProduct.packedOffset(product.type, column: first, depth: product.depth, bType: stored)
      : first * stored.byteSize(product.type)
    withShiftedSteps(row: rows.lowerBound, column: first) { steps in
      MatrixProduct.run(
        product.type, rows: rows.count, columns: columns.count, depth: product.depth,
        a: input + rows.lowerBound * product.depth * size, b: isPacked ? nil : weights + place,
        bStride: product.columns, bType: stored, packed: isPacked ? weights + place : nil,
        scales: scales.map { $0 + first * size }, bias: bias.map { $0 + first * size }, steps: steps,
        result: result + (rows.lowerBound * product.columns + first) * size, resultStride: product.columns)
    }
  }

  /// The steps for a part of the result.
  private func withShiftedSteps(row: Int, column: Int, _ body: (UnsafeBufferPointer<ElementStep>) -> Void) {
    guard !steps.isEmpty, row > 0 || column > 0 else { return body(steps) }
    withUnsafeTemporaryAllocation(of: ElementStep.self, capacity: steps.count) { shifted in
      for index in steps.indices {
        shifted.initializeElement(at: index, to: steps[index].moved(product.type, row: row, column: column))
      }
      body(UnsafeBufferPointer(shifted))
    }
  }
}
