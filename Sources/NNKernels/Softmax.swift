import CNNKernels

/// Softmax and its logarithm.
package enum Softmax {
  /// Writes the softmax over the middle axis of `x[outer, axis, inner]` to `result`, which may be the same memory.
  ///
  /// - Parameter logarithm: Whether the logarithm of softmax is wanted, `x - max - log(sum)`.
  package static func run(
    _ type: FloatType, outer: Int, axis: Int, inner: Int = 1, logarithm: Bool = false,
    from x: UnsafeRawPointer, to result: UnsafeMutableRawPointer, variant: KernelVariant = .current
  ) {
    precondition(outer >= 0 && axis >= 0 && inner >= 0)
    variant.withKernels(type) { $0.softmax(x, result, outer, axis, inner, logarithm) }
  }
}
