import NNFormat
import NNKernels

/// The arithmetic that the normalisations share: `spec/numerics.md`, "Normalisation".
enum Statistics {
  /// About what normalising an element costs, in multiplications.
  static let cost = 8

  /// `1 / sqrt(x)` in two roundings.
  @inline(__always)
  static func inverseRoot<Scalar: ComputingScalar>(_ x: Scalar) -> Scalar { 1 / x.squareRoot() }

  /// A sum, mean or variance of elements that lie one behind the other.
  @inline(__always)
  static func reduce<Scalar: ComputingScalar>(
    _ reduction: Reduction, _ x: UnsafePointer<Scalar>, count: Int
  ) -> Scalar {
    var result: Scalar = 0
    withUnsafeMutablePointer(to: &result) {
      reduction.run(Scalar.floatType, outer: 1, axis: count, from: x, to: $0)
    }
    return result
  }

  /// Mean, and the inverse of the standard deviation with epsilon.
  @inline(__always)
  static func moments<Scalar: ComputingScalar>(
    of x: UnsafePointer<Scalar>, count: Int, epsilon: Scalar
  ) -> (mean: Scalar, inverse: Scalar) {
    (reduce(.mean, x, count: count), inverseRoot(reduce(.variance, x, count: count) + epsilon))
  }

  /// `x·f + (-mean·f + beta)` with `f = inverse·gamma`, where a missing gamma or beta leaves its step out; `y` may be `x`.
  @inline(__always)
  static func standardize<Scalar: ComputingScalar>(
    _ x: UnsafePointer<Scalar>, to y: UnsafeMutablePointer<Scalar>, count: Int, mean: Scalar, inverse: Scalar,
    gamma: UnsafePointer<Scalar>?, beta: UnsafePointer<Scalar>?
  ) {
    switch (gamma, beta) {
    case (let gamma?, let beta?):
      for k in 0..<count {
        let factor = inverse * gamma[k]
        y[k] = x[k] * factor + (-mean * factor + beta[k])
      }
    case (let gamma?, nil):
      for k in 0..<count {
        let factor = inverse * gamma[k]
        y[k] = x[k] * factor + -mean * factor
      }
    case (nil, let beta?):
      for k in 0..<count { y[k] = x[k] * inverse + (-mean * inverse + beta[k]) }
    case (nil, nil):
      let offset = -mean * inverse
      for k in 0..<count { y[k] = x[k] * inverse + offset }
    }
  }
}
