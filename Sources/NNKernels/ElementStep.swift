import CNNKernels

/// A step of a chain of element-wise steps over a matrix, as it follows a matrix product or stands alone.
///
/// A step computes each element by itself and rounds once (or as its function says), so that a chain gives the bits of its
/// steps one after another over the whole matrix.
package struct ElementStep {
  /// The other matrix of a step; it must not overlap the result.
  package struct Operand {
    let address: UnsafeRawPointer
    let rowStride: Int
    let columnStride: Int

    /// As many rows and columns as the result has, `rowStride` elements from one row to the next.
    package static func matrix(_ address: UnsafeRawPointer, rowStride: Int) -> Operand {
      Operand(address: address, rowStride: rowStride, columnStride: 1)
    }

    /// One row, which belongs to every row of the result.
    package static func row(_ address: UnsafeRawPointer) -> Operand {
      Operand(address: address, rowStride: 0, columnStride: 1)
    }

    /// One column, which belongs to every column of the result; its elements lie `stride` apart.
    package static func column(_ address: UnsafeRawPointer, stride: Int = 1) -> Operand {
      Operand(address: address, rowStride: stride, columnStride: 0)
    }

    /// One number.
    package static func number(_ address: UnsafeRawPointer) -> Operand {
      Operand(address: address, rowStride: 0, columnStride: 0)
    }
  }

  // The only property: memory of steps is memory of these.
  private let step: nnk_step

  private init(_ operation: nnk_operation, _ operand: Operand) {
    precondition(operand.rowStride >= 0)
    step = nnk_step(
      operation: operation, function: NNK_LINEAR, alpha: 0, beta: 0, operand: operand.address,
      row_stride: operand.rowStride, column_stride: operand.columnStride)
  }

  private init(_ function: Elementwise) {
    let (code, alpha, beta) = function.code
    step = nnk_step(
      operation: NNK_APPLY, function: code, alpha: alpha, beta: beta, operand: nil, row_stride: 0, column_stride: 0)
  }

  /// The step over the part of a matrix that begins at the given row and column.
  package func moved(_ type: FloatType, row: Int, column: Int) -> ElementStep {
    guard let operand = step.operand else { return self }
    let offset = row * Int(step.row_stride) + column * Int(step.column_stride)
    var moved = step
    moved.operand = operand + offset * type.byteSize
    return ElementStep(moved)
  }

  private init(_ step: nnk_step) {
    self.step = step
  }

  /// `function(x)`.
  package static func apply(_ function: Elementwise) -> ElementStep { ElementStep(function) }
  /// `x + operand`.
  package static func add(_ operand: Operand) -> ElementStep { ElementStep(NNK_ADD, operand) }
  /// `x * operand`.
  package static func multiply(_ operand: Operand) -> ElementStep { ElementStep(NNK_MULTIPLY, operand) }
  /// `x - operand`.
  package static func subtract(_ operand: Operand) -> ElementStep { ElementStep(NNK_SUBTRACT, operand) }
}

extension UnsafeBufferPointer<ElementStep> {
  /// No steps.
  package static var none: Self { Self(start: nil, count: 0) }

  /// The steps as C reads them.
  var codes: UnsafePointer<nnk_step>? {
    baseAddress.map { UnsafeRawPointer($0).assumingMemoryBound(to: nnk_step.self) }
  }
}

/// Chains of element-wise steps over a matrix, in pieces that stay in the first cache.
package enum ElementChain {
  /// Writes the steps of `x[rows, columns]` to `result`, which may be `x`.
  ///
  /// Strides count elements from one row to the next and default to dense rows. The operands begin with the element that
  /// belongs to row 0 and column 0; `x` and `result` with that of `firstRow` and `firstColumn`, so that a part of a matrix
  /// is a call with the same steps.
  package static func run(
    _ type: FloatType, rows: Int, columns: Int, steps: UnsafeBufferPointer<ElementStep>,
    from x: UnsafeRawPointer, stride: Int? = nil, to result: UnsafeMutableRawPointer, resultStride: Int? = nil,
    firstRow: Int = 0, firstColumn: Int = 0, variant: KernelVariant = .current
  ) {
    precondition(rows >= 0 && columns >= 0 && firstRow >= 0 && firstColumn >= 0)
    var elements = nnk_elements(
      steps: steps.codes, step_count: steps.count, row: firstRow, column: firstColumn, rows: rows, columns: columns,
      x: x, x_stride: stride ?? columns, result: result, result_stride: resultStride ?? columns)
    variant.withKernels(type) { $0.epilogue(&elements) }
  }
}
