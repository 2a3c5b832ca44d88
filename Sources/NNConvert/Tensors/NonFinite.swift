import NNFormat

extension Tensor {
  /// How many elements are NaN or infinite.
  var nonFiniteCount: Int {
    func count<Bits: FixedWidthInteger & BitwiseCopyable>(_ exponent: Bits) -> Int {
      bytes.withUnsafeBytes { bytes in
        let size = MemoryLayout<Bits>.size
        guard let base = bytes.baseAddress, bytes.count >= size else { return 0 }
        var found = 0
        // Without a branch, and with places that are known to be inside, so that it goes many at a time.
        for index in 0..<bytes.count / size {
          // All bits of the exponent are set.
          let bits = base.loadUnaligned(fromByteOffset: index &* size, as: Bits.self)
          found &+= bits & exponent == exponent ? 1 : 0
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
