import NNFormat
import NNRuntime

/// One network and one input, called again and again.
struct Call {
  /// The result.
  let expected: Tensor
  private let network: Network
  private let prepared: PreparedNetwork
  private let input: Tensor

  init(_ network: Network, _ input: Tensor) throws {
    self.network = network
    self.input = input
    prepared = try network.prepared(for: input.shape)
    expected = try network(input)
  }

  /// Whether a call with buffers gives the bits of a call with tensors.
  func waysAgree() throws -> Bool {
    try withBuffers { x, y in
      try prepared([x], into: [y])
      return try Tensor(expected.dataType, expected.shape, bytes: ByteRegion(y)) == expected
    }
  }

  /// The times of calls that take a tensor and give a new one.
  func tensors(seconds: Double) throws -> Times {
    try Times(measuring: seconds) { _ = try network(input) }
  }

  /// The times of calls on the caller's own buffers.
  func buffers(seconds: Double) throws -> Times {
    try withBuffers { x, y in
      switch input.dataType {
      case .f64:
        let (x, y) = (x.bindMemory(to: Double.self), y.bindMemory(to: Double.self))
        return try Times(measuring: seconds) { try prepared(x, into: y) }
      default:
        let (x, y) = (x.bindMemory(to: Float.self), y.bindMemory(to: Float.self))
        return try Times(measuring: seconds) { try prepared(x, into: y) }
      }
    }
  }

  private func withBuffers<Result>(
    _ body: (UnsafeRawBufferPointer, UnsafeMutableRawBufferPointer) throws -> Result
  ) throws -> Result {
    let target = UnsafeMutableRawBufferPointer.allocate(byteCount: expected.bytes.count, alignment: 64)
    defer { target.deallocate() }
    return try input.bytes.withUnsafeBytes { try body($0, target) }
  }
}
