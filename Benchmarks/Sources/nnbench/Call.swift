import NNFormat
import NNRuntime

/// One network and one input, called again and again.
struct Call {
  private let network: Network
  private let input: Tensor
  private let batch: Int

  init(path: String, bytes: [UInt8], batch: Int) throws {
    network = try Network(contentsOfFile: path)
    input = try Call.tensor(bytes, for: network, batch: batch)
    self.batch = batch
  }

  /// The input of the network, whose first extent is the batch.
  static func tensor(_ bytes: [UInt8], for network: Network, batch: Int) throws -> Tensor {
    let type = network.inputs[0].type
    return try Tensor(
      type.dataType, Shape([batch] + type.shape.dropFirst().compactMap(\.value)), bytes: ByteRegion(bytes))
  }

  func measure(seconds: Double) throws {
    let result = try network(input)
    let forward = try network.prepared(for: input.shape)
    let target = UnsafeMutableRawBufferPointer.allocate(byteCount: result.bytes.count, alignment: 64)
    defer { target.deallocate() }
    let prepared = try input.bytes.withUnsafeBytes { source in
      switch input.dataType {
      case .f64:
        let (x, y) = (source.bindMemory(to: Double.self), target.bindMemory(to: Double.self))
        return try median(seconds / 2) { try forward(x, into: y) }
      default:
        let (x, y) = (source.bindMemory(to: Float.self), target.bindMemory(to: Float.self))
        return try median(seconds / 2) { try forward(x, into: y) }
      }
    }
    let tensors = try median(seconds / 2) { _ = try network(input) }
    let same = try Tensor(result.dataType, result.shape, bytes: ByteRegion(target)) == result
    print(
      """
      {"prepared_ns": \(prepared), "tensor_ns": \(tensors), "same": \(same), "output": "\(result.hexadecimal)"}
      """)
  }

  /// The median time of one call in nanoseconds, over samples of at least 20 us each.
  private func median(_ seconds: Double, _ call: () throws -> Void) throws -> Double {
    let clock = ContinuousClock()
    for _ in 0..<3 { try call() }
    let once = try clock.measure { try call() }.nanoseconds
    let calls = max(1, Int(20_000 / max(once, 1)))
    var samples: [Double] = []
    let end = clock.now + .seconds(seconds)
    while clock.now < end || samples.count < 5 {
      let time = try clock.measure { for _ in 0..<calls { try call() } }
      samples.append(time.nanoseconds / Double(calls))
    }
    samples.sort()
    return samples[samples.count / 2]
  }
}
