package import NNFormat
package import NNKernels

/// An element type in which layers compute: `Float` or `Double`. Typed loops are written once over it.
package protocol ComputingScalar: TensorScalar, BinaryFloatingPoint {
  /// The same type as the kernels name it.
  static var floatType: FloatType { get }
}

extension Float: ComputingScalar {
  /// f32
  package static var floatType: FloatType { .f32 }
}

extension Double: ComputingScalar {
  /// f64
  package static var floatType: FloatType { .f64 }
}

extension ComputingScalar {
  /// `max(x, y)` as `spec/numerics.md` has it: a NaN in `self` stays.
  @inline(__always)
  package func atLeast(_ bound: Self) -> Self { self > bound || isNaN ? self : bound }

  /// `min(x, y)` as `spec/numerics.md` has it: a NaN in `self` stays.
  @inline(__always)
  package func atMost(_ bound: Self) -> Self { self < bound || isNaN ? self : bound }
}

extension LayerValues {
  /// The working memory as elements, from the given one on.
  @inline(__always)
  package func scratch<Scalar: ComputingScalar>(as type: Scalar.Type, from start: Int = 0) -> UnsafeMutablePointer<
    Scalar
  > {
    scratch.assumingMemoryBound(to: type) + start
  }

  /// The first element of an input or parameter.
  @inline(__always)
  package func pointer<Scalar: ComputingScalar>(to value: LayerValue, as type: Scalar.Type) -> UnsafePointer<Scalar> {
    address(of: value).assumingMemoryBound(to: type)
  }

  /// The first element of an output.
  @inline(__always)
  package func mutablePointer<Scalar: ComputingScalar>(
    to value: LayerValue, as type: Scalar.Type
  ) -> UnsafeMutablePointer<Scalar> {
    mutableAddress(of: value).assumingMemoryBound(to: type)
  }
}

/// The bytes of so many elements; the greatest number where they cannot be counted, which no memory has.
package func byteCount(_ elements: Int..., of type: DataType) -> Int {
  var total = 0
  for count in elements {
    let (size, overflow) = count.multipliedReportingOverflow(by: type.byteSize)
    let (sum, sumOverflow) = total.addingReportingOverflow(size)
    guard !overflow, !sumOverflow else { return .max }
    total = sum
  }
  return total
}
