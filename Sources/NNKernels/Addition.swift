import CNNKernels

/// Sums of vectors.
package enum Addition {
  /// Writes `x[i] + y[i]` to `result`, which may be the memory of `x` or `y`.
  package static func run(
    _ type: FloatType, _ x: UnsafeRawPointer, _ y: UnsafeRawPointer, to result: UnsafeMutableRawPointer,
    count: Int, variant: KernelVariant = .current
  ) {
    precondition(count >= 0)
    variant.withKernels(type) { $0.add(x, y, result, count) }
  }

  /// Adds `row[columns]` to each row of `x[rows, columns]`; `result` may be the memory of `x`.
  package static func run(
    _ type: FloatType, rows: Int, columns: Int, _ x: UnsafeRawPointer, row: UnsafeRawPointer,
    to result: UnsafeMutableRawPointer, variant: KernelVariant = .current
  ) {
    precondition(rows >= 0 && columns >= 0)
    variant.withKernels(type) { $0.add_row(x, row, result, rows, columns) }
  }
}
