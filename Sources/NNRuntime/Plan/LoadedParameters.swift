package import NNFormat
import NNKernels
package import NNLayers

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

  package init(_ graph: CheckedGraph, _ tensors: NamedTensors) throws(ModelError) {
    for node in graph.nodes {
      for parameter in node.parameters {
        guard let name = node.node.tensorName(for: parameter.role), let tensor = tensors[name] else {
          continue
        }
        let key = Key(tensor: name, dataType: parameter.type.dataType)
        guard regions[key] == nil else { continue }
        regions[key] = try located(.tensor(name)) { () throws(ModelError) in
          try LoadedParameters.region(of: tensor, as: key.dataType)
        }
      }
    }
  }

  /// The bytes of a parameter, at a multiple of the element's size.
  package subscript(key: Key) -> ByteRegion? { regions[key] }

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
