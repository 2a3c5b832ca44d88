import CNNKernels

/// Powers of numbers.
package enum Power {
  /// Writes `x[i]` to the power `y[i]` to `result`, which may be the memory of `x` or `y`.
  ///
  /// Special cases are those of IEEE 754's `pow`; `spec/numerics.md` gives the arithmetic.
  package static func run(
    _ type: FloatType, _ x: UnsafeRawPointer, _ y: UnsafeRawPointer, to result: UnsafeMutableRawPointer,
    count: Int, variant: KernelVariant = .current
  ) {
    precondition(count >= 0)
    variant.withKernels(type) { $0.power(x, y, result, count) }
  }
}
