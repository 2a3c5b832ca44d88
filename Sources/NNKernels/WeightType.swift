import CNNKernels

/// How the elements of a matrix product's right side are stored.
///
/// The narrow ones are for arithmetic in f32, into which they widen exactly, in registers or in the first cache.
package enum WeightType: Hashable, Sendable {
  /// As the arithmetic's type.
  case same
  case f16
  case bf16
  /// Integers, which are multiplied as they are; the sum is then multiplied by the column's scale.
  case i8

  var code: nnk_b_type {
    switch self {
    case .same: NNK_B_SAME
    case .f16: NNK_B_F16
    case .bf16: NNK_B_BF16
    case .i8: NNK_B_I8
    }
  }

  /// The bytes of one element beside arithmetic in `type`.
  package func byteSize(_ type: FloatType) -> Int {
    switch self {
    case .same: type.byteSize
    case .f16, .bf16: 2
    case .i8: 1
    }
  }
}
