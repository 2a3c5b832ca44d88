import CNNKernels

/// A cast between floating-point types: exact when it widens, rounded once to nearest with ties to even when it narrows.
///
/// Overflow gives infinity. A NaN keeps its sign and the leading bits of its payload; a narrowed NaN becomes quiet.
package enum FloatCast: Hashable, Sendable {
  case f16ToF32
  case bf16ToF32
  case f32ToF64
  case f32ToF16
  case f32ToBF16
  case f64ToF32
  case f64ToF16
  case f64ToBF16

  /// Casts `count` elements of `source` to `result`, which must not overlap.
  package func run(from source: UnsafeRawPointer, to result: UnsafeMutableRawPointer, count: Int) {
    precondition(count >= 0)
    switch self {
    case .f16ToF32: nnk_f16_to_f32(source, result, count)
    case .bf16ToF32: nnk_bf16_to_f32(source, result, count)
    case .f32ToF64: nnk_f32_to_f64(source, result, count)
    case .f32ToF16: nnk_f32_to_f16(source, result, count)
    case .f32ToBF16: nnk_f32_to_bf16(source, result, count)
    case .f64ToF32: nnk_f64_to_f32(source, result, count)
    case .f64ToF16: nnk_f64_to_f16(source, result, count)
    case .f64ToBF16: nnk_f64_to_bf16(source, result, count)
    }
  }
}
