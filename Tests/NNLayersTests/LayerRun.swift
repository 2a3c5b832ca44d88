import NNFormat
import NNLayers
import NNTestSupport
import Testing

/// Runs one layer on memory of its own, with guards on both sides of every value.
struct LayerRun {
  let layer: any Layer
  var inputs: [Tensor]
  var parameters: [Tensor]
  /// What the outputs and the scratch memory hold before the run.
  var filling: UInt8 = 0x5A
  /// Whether the first output lies where the first input lies.
  var inPlace = false
  /// The seed of the run, and the place of the layer in its graph.
  var seed: UInt64?
  var position = 0

  /// The outputs. Also checks that nothing was written beside them, and that inputs and parameters are as before.
  func outputs(_ comment: Comment? = nil) throws -> [Tensor] {
    let types = inputs.map(\.type)
    let outputs = try layer.outputs(for: types)
    let shapes = try outputs.map { try #require(try $0.knownShape(), comment) }

    var blocks: [Guarded] = []
    func place(_ type: DataType, _ shape: Shape, _ block: Guarded) -> LayerValue {
      blocks.append(block)
      return LayerValue(type, shape, slot: blocks.count - 1)
    }
    let inputValues = inputs.map { place($0.dataType, $0.shape, Guarded(holding: $0)) }
    let parameterValues = parameters.map { place($0.dataType, $0.shape, Guarded(holding: $0)) }
    let outputValues = zip(outputs, shapes).enumerated().map { index, output in
      let (type, shape) = output
      let block =
        inPlace && index == 0
        ? blocks[0] : Guarded(count: shape.count * type.dataType.byteSize, filling: filling)
      return place(type.dataType, shape, block)
    }
    blocks.append(Guarded(count: layer.scratchSize(for: types), filling: filling))

    let addresses = UnsafeMutablePointer<UnsafeMutableRawPointer>.allocate(capacity: blocks.count)
    defer { addresses.deallocate() }
    for (slot, block) in blocks.enumerated() { (addresses + slot).initialize(to: block.start) }
    let seedPlace = UnsafeMutablePointer<UInt64?>.allocate(capacity: 1)
    defer { seedPlace.deallocate() }
    seedPlace.initialize(to: seed)
    try layer.forward(
      LayerValues(
        inputs: inputValues, parameters: parameterValues, outputs: outputValues,
        scratchSlot: blocks.count - 1,
        addresses: addresses, seed: seedPlace, position: position))

    let areGuarded = blocks.allSatisfy { $0.isGuarded }
    #expect(areGuarded, comment)
    for (value, tensor) in zip(inputValues + parameterValues, inputs + parameters)
    where !(inPlace && value.slot == 0) {
      let before = tensor.bytes.withUnsafeBytes { Array($0) }
      #expect(blocks[value.slot].bytes == before, comment)
    }
    return try outputValues.map {
      try Tensor($0.dataType, $0.shape, bytes: ByteRegion(blocks[$0.slot].bytes))
    }
  }
}

/// Memory, aligned to 64 bytes, with known bytes before and behind it.
private final class Guarded {
  private static let margin = 64
  private static let sign: UInt8 = 0xC3
  private let whole: UnsafeMutableRawBufferPointer

  init(count: Int, filling: UInt8) {
    whole = .allocate(byteCount: count + 2 * Guarded.margin, alignment: 64)
    whole.initializeMemory(as: UInt8.self, repeating: Guarded.sign)
    for index in Guarded.margin..<Guarded.margin + count { whole[index] = filling }
  }

  convenience init(holding tensor: Tensor) {
    self.init(count: tensor.bytes.count, filling: 0)
    tensor.bytes.withUnsafeBytes {
      start.copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(start), byteCount: $0.count)
    }
  }

  deinit { whole.deallocate() }

  var start: UnsafeMutableRawPointer {
    guard let base = whole.baseAddress else { preconditionFailure("the margins are memory") }
    return base + Guarded.margin
  }

  var bytes: [UInt8] { Array(whole[Guarded.margin..<whole.count - Guarded.margin]) }

  var isGuarded: Bool {
    whole.prefix(Guarded.margin).allSatisfy { $0 == Guarded.sign }
      && whole.suffix(Guarded.margin).allSatisfy { $0 == Guarded.sign }
  }
}
