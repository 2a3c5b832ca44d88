import CNNKernels

/// The product of two row-major matrices, with a bias or without.
///
/// An inner sum is one chain of fused multiply-adds for each run of 256 terms, the runs' sums are added in order, and the
/// bias last, in a rounding of its own. Neither tiles nor the batch size change a bit.
package enum MatrixProduct {
  /// Writes `a[rows, depth] · b[depth, columns] + bias[columns]` to `result[rows, columns]`.
  ///
  /// Strides count elements from one row to the next, so that a tile of the result is a call with moved pointers; they
  /// default to dense rows. `result` must not overlap the other operands.
  ///
  /// - Parameter scratch: Memory of `scratchByteCount` bytes that no other call uses meanwhile; without it many rows take
  ///   a slower path to the same bits.
  @inline(__always)
  package static func run(
    _ type: FloatType, rows: Int, columns: Int, depth: Int,
    a: UnsafeRawPointer, aStride: Int? = nil, b: UnsafeRawPointer, bStride: Int? = nil,
    bias: UnsafeRawPointer? = nil, result: UnsafeMutableRawPointer, resultStride: Int? = nil,
    scratch: UnsafeMutableRawPointer? = nil, variant: KernelVariant = .current
  ) {
    run(
      type, rows: rows, columns: columns, depth: depth, a: a, aStride: aStride ?? depth, b: b,
      bStride: bStride ?? columns, bias: bias, result: result, resultStride: resultStride ?? columns,
      scratch: scratch, chosen: variant)
  }

  /// The bytes of scratch with which `run` is fastest; 0 where it needs none.
  package static func scratchByteCount(
    _ type: FloatType, rows: Int, columns: Int, depth: Int, variant: KernelVariant = .current
  ) -> Int {
    precondition(rows >= 0 && columns >= 0 && depth >= 0)
    return variant.withKernels(type) { $0.product_scratch(rows, columns, depth) }
  }

  private static func run(
    _ type: FloatType, rows: Int, columns: Int, depth: Int,
    a: UnsafeRawPointer, aStride: Int, b: UnsafeRawPointer, bStride: Int, bias: UnsafeRawPointer?,
    result: UnsafeMutableRawPointer, resultStride: Int, scratch: UnsafeMutableRawPointer?,
    chosen: KernelVariant
  ) {
    precondition(rows >= 0 && columns >= 0 && depth >= 0)
    precondition(aStride >= depth && bStride >= columns && resultStride >= columns)
    var product = nnk_product(
      rows: rows, columns: columns, depth: depth, a: a, a_stride: aStride, b: b, b_stride: bStride,
      bias: bias,
      result: result, result_stride: resultStride, scratch: scratch)
    chosen.withKernels(type) { $0.product(&product) }
  }
}
