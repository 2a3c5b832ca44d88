package import NNFormat
import NNKernels
package import NNLayers
import Synchronization

/// The parameters of a network, ready for the kernels: where they lie in the file if that is possible, else widened or moved
/// once. Nodes that share a tensor share its memory, and so do all plans.
package struct LoadedParameters: Sendable {
  /// A tensor in the element type of a computation.
  package struct Key: Hashable, Sendable {
    package let tensor: String
    package let dataType: DataType

    package init(tensor: String, dataType: DataType) {
      self.tensor = tensor
      self.dataType = dataType
    }
  }

  private var regions: [Key: ByteRegion] = [:]
  private let packed = PackedWeights()

  package init(_ graph: CheckedGraph, _ tensors: NamedTensors) throws(ModelError) {
    for node in graph.nodes {
      for name in node.scales.values {
        if let tensor = tensors[name] { regions[Key(tensor: name, dataType: .f32)] = tensor.bytes.aligned(to: 4) }
      }
      let matrices = node.layer.roles.product?.weights(for: node.inputs) ?? []
      for (index, parameter) in node.parameters.enumerated() {
        guard let name = node.node.tensorName(for: parameter.role), let tensor = tensors[name] else {
          continue
        }
        let key = Key(
          tensor: name,
          dataType: LoadedParameters.dataType(of: tensor.dataType, for: node, index, matrices)
            ?? parameter.type.dataType)
        guard regions[key] == nil else { continue }
        regions[key] = try located(.tensor(name)) { () throws(ModelError) in
          try LoadedParameters.region(of: tensor, as: key.dataType)
        }
      }
    }
  }

  /// The bytes of a parameter, at a multiple of the element's size.
  package subscript(key: Key) -> ByteRegion? { regions[key] }

  /// The element type in which the kernels take a parameter that they widen themselves; nil for others.
  package static func dataType(
    of stored: DataType, for node: CheckedGraph.CheckedNode, _ index: Int, _ matrices: [WeightMatrix]
  ) -> DataType? {
    guard matrices.contains(where: { $0.parameter == index }), index < node.parameters.count,
      WeightType(stored: stored, computing: node.parameters[index].type.dataType) != nil
    else { return nil }
    return stored
  }

  /// The weights of a product, packed when a plan first needs them so.
  package func packed(
    _ key: Key, _ packing: WeightPacking, computing: DataType
  ) throws(ModelError) -> ByteRegion? {
    guard let region = regions[key], let weights = WeightType(stored: key.dataType, computing: computing) else {
      return nil
    }
    return try packed.region(key, packing) { () throws(ModelError) in
      let memory = try AlignedMemory(count: packing.byteCount(FloatType(computing), weights))
      region.withUnsafeBytes { bytes in
        guard let base = bytes.baseAddress else { return }
        packing.pack(FloatType(computing), weights, from: base, to: memory.base)
      }
      return memory.region
    }
  }

  /// The bytes of all weights that are packed.
  package var packedByteCount: Int { packed.byteCount }

  private static func region(of tensor: Tensor, as wanted: DataType) throws(ModelError) -> ByteRegion {
    let bytes = tensor.bytes.aligned(to: tensor.dataType.byteSize)
    guard tensor.dataType != wanted else { return bytes }
    switch (tensor.dataType, wanted) {
    case (.f16, .f32): return try cast(bytes, .f16ToF32, tensor.shape.count, 4)
    case (.bf16, .f32): return try cast(bytes, .bf16ToF32, tensor.shape.count, 4)
    case (.f32, .f64): return try cast(bytes, .f32ToF64, tensor.shape.count, 8)
    case (.f16, .f64), (.bf16, .f64):
      let single = try cast(bytes, tensor.dataType == .f16 ? .f16ToF32 : .bf16ToF32, tensor.shape.count, 4)
      return try cast(single, .f32ToF64, tensor.shape.count, 8)
    default: throw ModelError(RuntimeProblem.wrongDataType(expected: wanted, found: tensor.dataType))
    }
  }

  private static func cast(
    _ bytes: ByteRegion, _ cast: FloatCast, _ count: Int, _ size: Int
  ) throws(ModelError) -> ByteRegion {
    let memory = try AlignedMemory(count: count * size)
    bytes.withUnsafeBytes { source in
      if let base = source.baseAddress { cast.run(from: base, to: memory.base, count: count) }
    }
    return memory.region
  }
}

/// Weights that plans have packed, each once.
private final class PackedWeights: Sendable {
  private struct Key: Hashable {
    let weights: LoadedParameters.Key
    let packing: WeightPacking
  }

  private let regions = Mutex<[Key: ByteRegion]>([:])

  var byteCount: Int { regions.withLock { $0.values.reduce(0) { $0 + $1.count } } }

  func region(
    _ weights: LoadedParameters.Key, _ packing: WeightPacking, make: () throws(ModelError) -> ByteRegion
  ) throws(ModelError) -> ByteRegion {
    let key = Key(weights: weights, packing: packing)
    if let region = regions.withLock({ $0[key] }) { return region }
    // Outside of the lock: packing takes a while, and other weights need not wait.
    let made = try make()
    return regions.withLock { regions in
      if let region = regions[key] { return region }
      regions[key] = made
      return made
    }
  }
}
