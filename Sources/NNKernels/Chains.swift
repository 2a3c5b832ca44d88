import CNNKernels

/// Inner products side by side, one for each column, as a depthwise convolution has them.
///
/// Their terms are added in the order and the runs of ``MatrixProduct``, and the bias last.
package enum Chains {
  /// Writes `Σ_k x[k][c / repeat] · weights[k * columns + c] + bias[c]` to `result[c]`, for each of `columns`.
  ///
  /// - Parameter x: As many addresses of rows as there are terms; a row has `columns / repeat` elements.
  /// - Precondition: `columns` is a multiple of `repeat`, and `result` overlaps nothing else.
  package static func run(
    _ type: FloatType, terms: Int, columns: Int, repeat times: Int = 1, x: UnsafePointer<UnsafeRawPointer>,
    weights: UnsafeRawPointer, bias: UnsafeRawPointer? = nil, result: UnsafeMutableRawPointer,
    variant: KernelVariant = .current
  ) {
    precondition(terms >= 0 && columns >= 0 && times > 0)
    var chains = nnk_chains(
      terms: terms, columns: columns, repeat: times, x: x, weights: weights, bias: bias, result: result)
    variant.withKernels(type) { $0.chains(&chains) }
  }
}
