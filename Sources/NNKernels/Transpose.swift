import CNNKernels

/// The transpose of a matrix.
package enum Transpose {
  /// Writes `x[rows, columns]` turned to `result[columns, rows]`, which must not overlap it. Strides count elements from one row
  /// to the next.
  package static func run(
    _ type: FloatType, rows: Int, columns: Int, from x: UnsafeRawPointer, stride: Int,
    to result: UnsafeMutableRawPointer, resultStride: Int, variant: KernelVariant = .current
  ) {
    precondition(rows >= 0 && columns >= 0 && stride >= 0 && resultStride >= 0)
    variant.withKernels(type) { $0.transpose(x, stride, result, resultStride, rows, columns) }
  }
}
