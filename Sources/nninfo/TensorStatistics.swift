import Dispatch
import NNFormat
import NNTerminal

/// What `nninfo --tensors` says of one tensor's values.
struct TensorStatistics {
  let name: String
  let tensor: Tensor
  let moments: Moments
  /// Minimum and maximum of 64-bit integers, which doubles cannot hold.
  let exactRange: (minimum: JSONValue, maximum: JSONValue)?

  /// The statistics of all the nodes' tensors, in the order of the file.
  static func all(of model: Model) -> [TensorStatistics] {
    let entries = model.tensors.entries
    let progress = Progress("reading tensors", total: entries.reduce(0) { $0 + $1.tensor.bytes.count })
    defer { progress.finish() }
    return entries.map { TensorStatistics($0.name, $0.tensor, progress) }
  }

  private init(_ name: String, _ tensor: Tensor, _ progress: Progress) {
    self.name = name
    self.tensor = tensor
    let moments = TensorStatistics.moments(of: tensor, scale: 1, progress)
    self.moments =
      moments.betterScale.map { TensorStatistics.moments(of: tensor, scale: $0, progress) } ?? moments
    exactRange =
      switch tensor.dataType {
      case .i64: TensorStatistics.range(of: tensor, as: Int64.self)
      case .u64: TensorStatistics.range(of: tensor, as: UInt64.self)
      default: nil
      }
  }

  private static func range<Integer: TensorScalar & FixedWidthInteger>(
    of tensor: Tensor, as type: Integer.Type
  ) -> (JSONValue, JSONValue)? {
    tensor.bytes.withUnsafeBytes { bytes in
      var range: (least: Integer, largest: Integer)?
      for index in 0..<tensor.shape.count {
        let value = bytes.loadUnaligned(fromByteOffset: index * MemoryLayout<Integer>.size, as: Integer.self)
        range = range.map { (min($0.least, value), max($0.largest, value)) } ?? (value, value)
      }
      return range.map { (JSONValue($0.least), JSONValue($0.largest)) }
    }
  }

  /// Parts of fixed size are counted on all processors and joined in order: the result does not depend on how many there are.
  private static func moments(of tensor: Tensor, scale: Double, _ progress: Progress) -> Moments {
    let partSize = Moments.blockSize * 256
    let count = tensor.shape.count
    let partCount = (count + partSize - 1) / partSize
    let parts = [Moments](unsafeUninitializedCapacity: partCount) { buffer, initialized in
      buffer.initialize(repeating: Moments())
      initialized = partCount
      // Each position is written once, by one thread.
      nonisolated(unsafe) let results = buffer
      DispatchQueue.concurrentPerform(iterations: partCount) { position in
        let range = position * partSize..<min(position * partSize + partSize, count)
        results[position] = tensor.bytes.withUnsafeBytes { moments(of: $0, tensor.dataType, range, scale) }
        progress.advance(by: range.count * tensor.dataType.byteSize)
      }
    }
    return parts.reduce(into: Moments()) { $0.join($1) }
  }

  private static func moments(
    of bytes: UnsafeRawBufferPointer, _ type: DataType, _ range: Range<Int>, _ scale: Double
  ) -> Moments {
    switch type {
    case .f16: moments(of: bytes, range, scale) { (bits: UInt16) in double(half: bits) }
    case .bf16: moments(of: bytes, range, scale) { Double(Float(bitPattern: UInt32($0 as UInt16) << 16)) }
    case .f32: moments(of: bytes, range, scale) { Double($0 as Float) }
    case .f64: moments(of: bytes, range, scale) { (value: Double) in value }
    case .i8: moments(of: bytes, range, scale) { Double($0 as Int8) }
    case .i16: moments(of: bytes, range, scale) { Double($0 as Int16) }
    case .i32: moments(of: bytes, range, scale) { Double($0 as Int32) }
    case .i64: moments(of: bytes, range, scale) { Double($0 as Int64) }
    case .u8, .bool: moments(of: bytes, range, scale) { Double($0 as UInt8) }
    case .u16: moments(of: bytes, range, scale) { Double($0 as UInt16) }
    case .u32: moments(of: bytes, range, scale) { Double($0 as UInt32) }
    case .u64: moments(of: bytes, range, scale) { Double($0 as UInt64) }
    }
  }

  @inline(__always)
  private static func moments<Element: BitwiseCopyable>(
    of bytes: UnsafeRawBufferPointer, _ range: Range<Int>, _ scale: Double, _ double: (Element) -> Double
  ) -> Moments {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: Moments.blockSize) { buffer in
      var moments = Moments()
      for start in stride(from: range.lowerBound, to: range.upperBound, by: Moments.blockSize) {
        let count = min(Moments.blockSize, range.upperBound - start)
        moments.join(
          Moments(count: count, scale: scale, buffer) { index in
            double(
              bytes.loadUnaligned(
                fromByteOffset: (start + index) * MemoryLayout<Element>.size, as: Element.self))
          })
      }
      return moments
    }
  }

  /// The value of a half-precision number, given its bits.
  private static func double(half bits: UInt16) -> Double {
    let magnitude = bits & 0x7FFF
    // Moved into a single's place, the exponent is 112 too small; multiplying corrects normal and subnormal numbers alike.
    let value: Float =
      magnitude < 0x7C00
      ? Float(bitPattern: UInt32(magnitude) << 13) * 0x1p112 : magnitude == 0x7C00 ? .infinity : .nan
    return Double(bits < 0x8000 ? value : -value)
  }
}
