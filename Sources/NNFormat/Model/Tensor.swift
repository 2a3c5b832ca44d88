/// An array of numbers: element type, shape, and bytes in row-major order, little-endian.
///
/// The bytes may lie in a mapped file and are never changed: NaN payloads, infinities, -0 and subnormals survive everything.
public struct Tensor: Sendable, Equatable {
  /// The type of the elements.
  public let dataType: DataType
  /// The extents, outermost first.
  public let shape: Shape
  /// The elements, row-major and little-endian.
  public let bytes: ByteRegion
  /// The digest that the file it came from promises for the bytes, if any.
  package var promisedDigest: Digest?

  /// A tensor of the given bytes.
  ///
  /// - Throws: ``ModelProblem/wrongSize(needed:found:)`` if the number of bytes is not shape times element size, and
  ///   ``ModelProblem/notBool(_:)`` if a `bool` tensor holds a byte other than 0 and 1.
  public init(_ dataType: DataType, _ shape: Shape, bytes: ByteRegion) throws(ModelError) {
    let needed = shape.count * dataType.byteSize
    guard bytes.count == needed else {
      throw ModelError(ModelProblem.wrongSize(needed: needed, found: bytes.count))
    }
    if dataType == .bool, let wrong = bytes.withUnsafeBytes({ $0.first { $0 > 1 } }) {
      throw ModelError(ModelProblem.notBool(wrong))
    }
    self.init(unchecked: dataType, shape, bytes: bytes)
  }

  /// A tensor of the given elements, in row-major order.
  ///
  /// - Throws: ``ModelProblem/wrongSize(needed:found:)`` if there are not as many as the shape has.
  public init<Scalar: TensorScalar>(_ elements: [Scalar], _ shape: Shape) throws(ModelError) {
    let bytes = ByteRegion(count: elements.count * MemoryLayout<Scalar>.size) { target in
      elements.withUnsafeBytes { target.copyMemory(from: $0) }
    }
    try self.init(Scalar.dataType, shape, bytes: bytes)
  }

  /// A tensor of a shape whose bytes `fill` writes; they are zero at first.
  package init<E: Error>(
    _ dataType: DataType, _ shape: Shape, _ fill: (UnsafeMutableRawBufferPointer) throws(E) -> Void
  ) throws(E) {
    self.init(
      unchecked: dataType, shape,
      bytes: try ByteRegion(count: shape.count * dataType.byteSize) { (bytes) throws(E) in try fill(bytes) })
  }

  /// As many rows of another tensor, whose elements are known to be fine.
  init(part tensor: Tensor, bytes: ByteRegion, rows: Int) {
    dataType = tensor.dataType
    shape = Shape(rows: rows, of: tensor.shape)
    self.bytes = bytes
  }

  private init(unchecked dataType: DataType, _ shape: Shape, bytes: ByteRegion) {
    self.dataType = dataType
    self.shape = shape
    self.bytes = bytes
  }

  /// The type as graphs say it.
  public var type: TensorType { TensorType(dataType, shape) }

  /// The elements in row-major order.
  ///
  /// - Precondition: `Scalar` is the Swift type of ``dataType``.
  public func elements<Scalar: TensorScalar>(as type: Scalar.Type = Scalar.self) -> [Scalar] {
    precondition(
      Scalar.dataType == dataType, "the tensor holds \(dataType.rawValue), not \(Scalar.dataType.rawValue)")
    return bytes.withUnsafeBytes { source in
      Array(unsafeUninitializedCapacity: shape.count) { target, count in
        UnsafeMutableRawBufferPointer(target).copyMemory(from: source)
        count = shape.count
      }
    }
  }

  /// The same elements under another shape of the same count.
  ///
  /// - Throws: ``ModelProblem/wrongSize(needed:found:)`` if the counts differ.
  public func reshaped(_ shape: Shape) throws(ModelError) -> Tensor {
    try Tensor(dataType, shape, bytes: bytes)
  }

  /// Equal when type, shape and every bit are.
  public static func == (left: Tensor, right: Tensor) -> Bool {
    left.dataType == right.dataType && left.shape == right.shape && left.bytes == right.bytes
  }
}

/// A Swift type whose values are the elements of tensors of one ``DataType``.
public protocol TensorScalar: BitwiseCopyable, Sendable {
  /// The element type it stands for.
  static var dataType: DataType { get }
}

extension Float: TensorScalar {
  /// Single precision.
  public static var dataType: DataType { .f32 }
}
extension Double: TensorScalar {
  /// Double precision.
  public static var dataType: DataType { .f64 }
}
extension Int8: TensorScalar {
  /// 8-bit integers.
  public static var dataType: DataType { .i8 }
}
extension Int16: TensorScalar {
  /// 16-bit integers.
  public static var dataType: DataType { .i16 }
}
extension Int32: TensorScalar {
  /// 32-bit integers.
  public static var dataType: DataType { .i32 }
}
extension Int64: TensorScalar {
  /// 64-bit integers.
  public static var dataType: DataType { .i64 }
}
extension UInt8: TensorScalar {
  /// 8-bit unsigned integers.
  public static var dataType: DataType { .u8 }
}
extension UInt16: TensorScalar {
  /// 16-bit unsigned integers.
  public static var dataType: DataType { .u16 }
}
extension UInt32: TensorScalar {
  /// 32-bit unsigned integers.
  public static var dataType: DataType { .u32 }
}
extension UInt64: TensorScalar {
  /// 64-bit unsigned integers.
  public static var dataType: DataType { .u64 }
}
extension Bool: TensorScalar {
  /// Truth values of one byte.
  public static var dataType: DataType { .bool }
}
