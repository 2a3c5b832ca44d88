import CNNKernels

/// The product of two row-major matrices, with a bias or without, and element-wise steps behind it.
///
/// An inner sum is one chain of fused multiply-adds for each run of 256 terms, the runs' sums are added in order, and the
/// bias last, in a rounding of its own. Neither tiles nor the batch size change a bit.
package enum MatrixProduct {
  /// Writes `a[rows, depth] · b[depth, columns] · scales[columns] + bias[columns]`, and the steps of it, to
  /// `result[rows, columns]`.
  ///
  /// Strides count elements from one row to the next, so that a tile of the result is a call with moved pointers; they
  /// default to dense rows. `result` must not overlap the other operands.
  ///
  /// - Parameters:
  ///   - b: May be nil where `packed` is given, and is not read then.
  ///   - bType: How the elements of `b` are stored; narrow ones need `type` f32.
  ///   - bTransposed: Whether `b` is `[columns, depth]`.
  ///   - packed: What ``pack(_:columns:depth:b:bStride:bType:bTransposed:to:variant:)`` made of `b`. It pays from about
  ///     nine rows on; for fewer, `b` as it lies is as fast.
  ///   - scales: Factors of the columns of the sums, rounded once, as weights of type `i8` have them.
  ///   - steps: What follows the bias, while the result is in cache. Operands begin with the element of this call's row 0
  ///     and column 0.
  @inline(__always)
  package static func run(
    _ type: FloatType, rows: Int, columns: Int, depth: Int,
    a: UnsafeRawPointer, aStride: Int? = nil, b: UnsafeRawPointer?, bStride: Int? = nil,
    bType: WeightType = .same, bTransposed: Bool = false, packed: UnsafeRawPointer? = nil,
    scales: UnsafeRawPointer? = nil, bias: UnsafeRawPointer? = nil,
    steps: UnsafeBufferPointer<ElementStep> = .none, result: UnsafeMutableRawPointer, resultStride: Int? = nil,
    variant: KernelVariant = .current
  ) {
    run(
      type, rows: rows, columns: columns, depth: depth, a: a, aStride: aStride ?? depth, b: b,
      bStride: bStride ?? (bTransposed ? depth : columns), bType: bType, bTransposed: bTransposed, packed: packed,
      scales: scales, bias: bias, steps: steps, result: result, resultStride: resultStride ?? columns,
      chosen: variant)
  }

  /// The bytes of a packed right side.
  package static func packedByteCount(
    _ type: FloatType, columns: Int, depth: Int, bType: WeightType = .same, variant: KernelVariant = .current
  ) -> Int {
    precondition(columns >= 0 && depth >= 0)
    return variant.withKernels(type) { $0.packed_size(columns, depth, bType.code) }
  }

  /// Packs `b[depth, columns]`, or `b[columns, depth]` where it is transposed, in the order in which `run` reads it.
  ///
  /// Only the same variant can read it, so it belongs into memory and not into a file. Memory that starts at a multiple
  /// of 64 bytes is fastest. The part that begins with a column, a multiple of `tileColumns`, starts `packedOffset` bytes
  /// on, so that threads can share a product by its columns.
  ///
  /// - Parameter packed: Memory of `packedByteCount` bytes.
  package static func pack(
    _ type: FloatType, columns: Int, depth: Int, b: UnsafeRawPointer, bStride: Int? = nil, bType: WeightType = .same,
    bTransposed: Bool = false, to packed: UnsafeMutableRawPointer, variant: KernelVariant = .current
  ) {
    precondition(columns >= 0 && depth >= 0)
    precondition(type == .f32 || bType == .same, "narrow weights are for arithmetic in f32")
    var packing = nnk_packing(
      columns: columns, depth: depth, b: b, b_stride: bStride ?? (bTransposed ? depth : columns), b_type: bType.code,
      b_transposed: bTransposed)
    variant.withKernels(type) { $0.pack_b(&packing, packed) }
  }

  /// The columns of which a packed right side has one panel.
  package static func tileColumns(_ type: FloatType, variant: KernelVariant = .current) -> Int {
    variant.withKernels(type) { $0.tile_columns() }
  }

  /// Where in a packed right side the part begins that starts with `column`, a multiple of `tileColumns`, in bytes.
  package static func packedOffset(_ type: FloatType, column: Int, depth: Int, bType: WeightType = .same) -> Int {
    column * depth * bType.byteSize(type)
  }

  private static func run(
    _ type: FloatType, rows: Int, columns: Int, depth: Int,
    a: UnsafeRawPointer, aStride: Int, b: UnsafeRawPointer?, bStride: Int, bType: WeightType, bTransposed: Bool,
    packed: UnsafeRawPointer?, scales: UnsafeRawPointer?, bias: UnsafeRawPointer?,
    steps: UnsafeBufferPointer<ElementStep>, result: UnsafeMutableRawPointer, resultStride: Int,
    chosen: KernelVariant
  ) {
    precondition(rows >= 0 && columns >= 0 && depth >= 0)
    precondition(
      aStride >= depth && bStride >= (bTransposed ? depth : columns) && resultStride >= columns)
    precondition(b != nil || packed != nil, "a product needs its right side, packed or not")
    precondition(type == .f32 || bType == .same, "narrow weights are for arithmetic in f32")
    var product = nnk_product(
      rows: rows, columns: columns, depth: depth, a: a, a_stride: aStride, b: b, b_stride: bStride,
      b_type: bType.code, b_transposed: bTransposed, packed_b: packed, scales: scales, bias: bias,
      steps: steps.codes, step_count: steps.count, result: result, result_stride: resultStride)
    chosen.withKernels(type) { $0.product(&product) }
  }
}
