import NNFormat
import NNKernels

/// A matrix of weights as the kernels of products take it.
struct ProductWeights {
  /// Where it lies.
  private(set) var address: UnsafeRawPointer
  /// How its elements are stored.
  let stored: WeightType
  /// Whether it is packed.
  let isPacked: Bool
  /// The scales of the columns of 8-bit integers.
  private(set) var scales: UnsafeRawPointer?
  /// The elements from one row to the next.
  let stride: Int

  /// A parameter whose rows have `stride` elements.
  init(_ values: borrowing LayerValues, _ weights: LayerValue, computing type: FloatType, stride: Int) {
    address = values.address(of: weights)
    stored = WeightType(stored: weights.dataType, computing: type == .f32 ? .f32 : .f64) ?? .same
    isPacked = weights.isPacked
    scales = values.scales(of: weights)
    self.stride = stride
  }

  /// A matrix of the arithmetic's type that a layer has computed.
  init(_ address: UnsafeRawPointer, stride: Int) {
    self.address = address
    stored = .same
    isPacked = false
    scales = nil
    self.stride = stride
  }

  /// The same matrix, copied somewhere else.
  func at(_ address: UnsafeRawPointer) -> ProductWeights {
    var copy = self
    copy.address = address
    return copy
  }

  /// The matrix that begins so many columns and rows further on; not of a packed one.
  func from(column: Int = 0, row: Int = 0, _ type: FloatType) -> ProductWeights {
    precondition(!isPacked, "the order of packed weights is the kernels' own")
    var part = self
    part.address += (row * stride + column) * stored.byteSize(type)
    part.scales = scales.map { $0 + column * type.byteSize }
    return part
  }
}

/// A product of rows with a matrix of weights that the threads of a run divide among them: by rows where there are more of them than
/// columns, else by columns, so that what each of them reads whole is the smaller side. Neither changes a bit.
struct DividedProduct {
  let type: FloatType
  let rows: Int
  let columns: Int
  let depth: Int
  /// The elements from one row of the input to the next.
  let inputStride: Int
  /// The elements from one row of the result to the next.
  let resultStride: Int

  /// A product; rows lie one behind another unless strides are given.
  init(type: FloatType, rows: Int, columns: Int, depth: Int, inputStride: Int? = nil, resultStride: Int? = nil) {
    self.type = type
    self.rows = rows
    self.columns = columns
    self.depth = depth
    self.inputStride = inputStride ?? depth
    self.resultStride = resultStride ?? columns
  }

  /// Writes `input · weights + bias` and the steps of it, with a parameter of `columns` columns.
  func run(
    _ values: borrowing LayerValues, input: UnsafeRawPointer, weights: LayerValue, bias: UnsafeRawPointer?,
    steps: UnsafeBufferPointer<ElementStep> = .none, result: UnsafeMutableRawPointer
  ) {
    let weights = ProductWeights(values, weights, computing: type, stride: columns)
    run(values.crew, input: input, weights: weights, bias: bias, steps: steps, result: result)
  }

  /// Writes `input · weights + bias` and the steps of it.
  func run(
    _ crew: Crew, input: UnsafeRawPointer, weights: ProductWeights, bias: UnsafeRawPointer? = nil,
    steps: UnsafeBufferPointer<ElementStep> = .none, result: UnsafeMutableRawPointer
  ) {
    let tile = MatrixProduct.tileColumns(type)
    // A few rows wait for the weights, not for the arithmetic.
    let count = columns.multipliedClamped(by: depth)
    let cost = max(rows.multipliedClamped(by: count), count.multipliedClamped(by: weights.stored.byteSize(type)))
    let byRows = rows > columns
    // Each part by rows makes the panels for itself where they are not packed.
    let least = byRows ? (weights.isPacked ? 16 : 128) : tile
    let work = PartsOfProduct(
      product: self, byRows: byRows, input: input, weights: weights, bias: bias, result: result, steps: steps)
    crew.divide(work, count: byRows ? rows : columns, least: least, multiple: byRows ? 1 : tile, cost: cost)
  }
}

extension DividedProduct {
  /// Writes a product for each of some inputs that lie one behind another, with as many matrices of weights likewise.
  func run(
    _ crew: Crew, count: Int, inputs: UnsafeRawPointer, weights: ProductWeights, results: UnsafeMutableRawPointer
  ) {
    let products = RowOfProducts(product: self, inputs: inputs, weights: weights, results: results)
    guard count < crew.threadCount else {
      let cost = count.multipliedClamped(by: rows).multipliedClamped(by: columns).multipliedClamped(by: depth)
      return crew.divide(products, count: count, cost: cost)
    }
    for index in 0..<count {
      let (input, weights, result) = products.operands(index)
      run(crew, input: input, weights: weights, result: result)
    }
  }
}

/// Products of one size, one behind another.
private struct RowOfProducts: DividedWork {
  let product: DividedProduct
  let inputs: UnsafeRawPointer
  let weights: ProductWeights
  let results: UnsafeMutableRawPointer

  func operands(_ index: Int) -> (UnsafeRawPointer, ProductWeights, UnsafeMutableRawPointer) {
    let size = product.type.byteSize
    return (
      inputs + index * product.rows * product.inputStride * size,
      weights.from(row: index * product.depth, product.type),
      results + index * product.rows * product.resultStride * size
    )
  }

  func run(_ indices: Range<Int>, part: Int) {
    for index in indices {
      let (input, weights, result) = operands(index)
      MatrixProduct.run(
        product.type, rows: product.rows, columns: product.columns, depth: product.depth, a: input,
        aStride: product.inputStride, b: weights.address, bStride: weights.stride, bType: weights.stored,
        scales: weights.scales, result: result, resultStride: product.resultStride)
    }
  }
}

/// The rows or the columns of a product.
private struct PartsOfProduct: DividedWork {
  let product: DividedProduct
  let byRows: Bool
  let input: UnsafeRawPointer
  let weights: ProductWeights
  let bias: UnsafeRawPointer?
  let result: UnsafeMutableRawPointer
  let steps: UnsafeBufferPointer<ElementStep>

  func run(_ units: Range<Int>, part: Int) {
    run(rows: byRows ? units : 0..<product.rows, columns: byRows ? 0..<product.columns : units)
  }

  private func run(rows: Range<Int>, columns: Range<Int>) {
    guard !rows.isEmpty, !columns.isEmpty else { return }
    let (size, stored) = (product.type.byteSize, weights.stored)
    let first = columns.lowerBound
    let place =
      weights.isPacked
      ? MatrixProduct.packedOffset(product.type, column: first, depth: product.depth, bType: stored)
      : first * stored.byteSize(product.type)
    withShiftedSteps(row: rows.lowerBound, column: first) { steps in
      MatrixProduct.run(
        product.type, rows: rows.count, columns: columns.count, depth: product.depth,
        a: input + rows.lowerBound * product.inputStride * size, aStride: product.inputStride,
        b: weights.isPacked ? nil : weights.address + place, bStride: weights.stride, bType: stored,
        packed: weights.isPacked ? weights.address + place : nil, scales: weights.scales.map { $0 + first * size },
        bias: bias.map { $0 + first * size }, steps: steps,
        result: result + (rows.lowerBound * product.resultStride + first) * size, resultStride: product.resultStride)
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
