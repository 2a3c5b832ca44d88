package import NNFormat

/// The elements of a value of any integer type.
package struct IntegerElements {
  private let address: UnsafeRawPointer
  private let type: DataType
  private let shape: Shape

  /// The elements of an input.
  ///
  /// - Precondition: `requireInteger(index:)` succeeded for its type.
  package init(_ value: LayerValue, in values: borrowing LayerValues) {
    address = values.address(of: value)
    type = value.dataType
    shape = value.shape
  }

  /// How many there are.
  package var count: Int { shape.count }

  /// An element; nil for one that an `Int` cannot hold.
  @inline(__always)
  package subscript(index: Int) -> Int? {
    switch type {
    case .i8: Int(read(index, Int8.self))
    case .i16: Int(read(index, Int16.self))
    case .i32: Int(read(index, Int32.self))
    case .i64: Int(exactly: read(index, Int64.self))
    case .u8: Int(read(index, UInt8.self))
    case .u16: Int(read(index, UInt16.self))
    case .u32: Int(exactly: read(index, UInt32.self))
    case .u64: Int(exactly: read(index, UInt64.self))
    default: nil
    }
  }

  @inline(__always)
  private func read<Scalar: BitwiseCopyable>(_ index: Int, _ type: Scalar.Type) -> Scalar {
    address.load(fromByteOffset: index * MemoryLayout<Scalar>.size, as: type)
  }

  /// Demands that every element is from 0 to below a bound.
  ///
  /// - Throws: ``LayerProblem/badElement(input:position:found:expected:)`` with the first that is not.
  package func require(below bound: Int, input: Int) throws(ModelError) {
    for index in 0..<count {
      if let value = self[index], value >= 0, value < bound { continue }
      let found = self[index].map(String.init) ?? String(read(index, UInt64.self))
      throw ModelError(
        LayerProblem.badElement(
          input: input, position: shape.position(of: index), found: found,
          expected: bound == 1 ? "0" : "from 0 to \(bound - 1)"))
    }
  }
}

extension TensorType {
  /// Demands elements that are integers.
  package func requireInteger(index: Int) throws(ModelError) {
    switch dataType {
    case .i8, .i16, .i32, .i64, .u8, .u16, .u32, .u64: return
    default:
      throw ModelError(LayerProblem.badInput(index: index, expected: "of an integer type", found: self))
    }
  }
}

/// The element type of an output that does not follow from the inputs.
public enum FloatChoice: String, FieldChoice {
  /// IEEE 754 binary32.
  case f32
  /// IEEE 754 binary64.
  case f64

  /// The same as a type of elements.
  package var dataType: DataType { self == .f32 ? .f32 : .f64 }
}
