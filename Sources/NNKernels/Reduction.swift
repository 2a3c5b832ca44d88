import CNNKernels

/// A sum over one axis, or what is made of it.
///
/// Along a contiguous axis (`inner` is 1) sums follow NumPy's pairwise rule, else they run in order.
package enum Reduction: Hashable, Sendable {
  case sum
  case mean
  /// The mean of the squared distances from the mean, divided by the number of elements.
  case variance

  /// Reduces the middle axis of `x[outer, axis, inner]` to `result[outer, inner]`, which must not overlap `x`.
  ///
  /// The sum over an empty axis is 0, its mean and variance are NaN.
  package func run(
    _ type: FloatType, outer: Int, axis: Int, inner: Int = 1,
    from x: UnsafeRawPointer, to result: UnsafeMutableRawPointer, variant: KernelVariant = .current
  ) {
    precondition(outer >= 0 && axis >= 0 && inner >= 0)
    let code =
      switch self {
      case .sum: NNK_SUM
      case .mean: NNK_MEAN
      case .variance: NNK_VARIANCE
      }
    variant.withKernels(type) { $0.reduce(code, x, result, outer, axis, inner) }
  }
}
