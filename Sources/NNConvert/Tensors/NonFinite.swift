import NNFormat

extension Tensor {
  /// How many elements are NaN or infinite.
  var nonFiniteCount: Int {
    func count<Bits: FixedWidthInteger & BitwiseCopyable>(_ exponent: Bits) -> Int {
      bytes.withUnsafeBytes { bytes in
        var found = 0
        for offset in stride(from: 0, to: bytes.count, by: MemoryLayout<Bits>.size) {
          // All bits of the exponent are set.
          if bytes.loadUnaligned(fromByteOffset: offset, as: Bits.self) & exponent == exponent { found += 1 }
        }
        return found
      }
    }
    return switch dataType {
    case .f16: count(0x7C00 as UInt16)
    case .bf16: count(0x7F80 as UInt16)
    case .f32: count(0x7F80_0000 as UInt32)
    case .f64: count(0x7FF0_0000_0000_0000 as UInt64)
    default: 0
    }
  }
}
