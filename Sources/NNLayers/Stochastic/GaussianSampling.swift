public import NNFormat
import NNKernels

/// A sample of normal distributions, `y = mean + exp(log_variance / 2) · n`; in a run without a seed the mean.
///
/// | value   | shape | notes                                                      |
/// |---------|-------|------------------------------------------------------------|
/// | input 0 | any   | the means, f32 or f64                                      |
/// | input 1 | same  | the logarithms of the variances, same element type         |
/// | output  | same  | same element type                                          |
///
/// n is a draw of the standard normal distribution for each element, in row-major order and in the element type
/// (`spec/numerics.md`); each step is rounded. It is what a variational auto-encoder has between encoder and decoder.
///
/// - Source: D. P. Kingma and M. Welling, "Auto-encoding variational Bayes", 2013; the `Sampling` layer of Keras's example of a
///   variational auto-encoder.
public struct GaussianSampling: Layer {
  /// `gaussian_sampling`
  public static let kind = "gaussian_sampling"
  /// The output may lie where the means lie.
  public static let aliasing = Aliasing.inPlace

  /// The layer, which has no settings.
  public init() {}

  /// The type of both inputs.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    guard inputs.count == 2 else {
      throw ModelError(
        LayerProblem.inputCount(kind: Self.kind, expected: "two inputs", found: inputs.count))
    }
    try inputs[0].requireFloat(index: 0)
    return [try inputs[0].joined(with: inputs[1], index: 1)]
  }

  /// The standard deviations.
  public func scratchSize(for inputs: [TensorType]) -> Int {
    guard let input = inputs.first, let shape = try? input.knownShape() else { return 0 }
    return shape.count * input.dataType.byteSize
  }

  /// The mean, and a draw times the deviation if the run has a seed.
  public func forward(_ values: borrowing LayerValues) {
    let mean = values.inputs[0]
    guard var random = values.random else {
      let source = values.address(of: mean)
      let target = values.mutableAddress(of: values.outputs[0])
      guard source != UnsafeRawPointer(target) else { return }
      return target.copyMemory(from: source, byteCount: mean.shape.count * mean.dataType.byteSize)
    }
    switch FloatType(mean.dataType) {
    case .f32: sample(values, &random, of: Float.self)
    case .f64: sample(values, &random, of: Double.self)
    }
  }

  private func sample<Scalar: RandomScalar & TensorScalar>(
    _ values: borrowing LayerValues, _ random: inout RandomStream, of: Scalar.Type
  ) {
    let mean = values.elements(of: values.inputs[0], as: Scalar.self)
    let logarithm = values.elements(of: values.inputs[1], as: Scalar.self)
    let y = values.mutableElements(of: values.outputs[0], as: Scalar.self)
    let deviation = values.scratch.assumingMemoryBound(to: Scalar.self)
    for index in 0..<mean.count { deviation[index] = logarithm[index] / 2 }
    Elementwise.exponential.run(
      FloatType(values.inputs[0].dataType), from: deviation, to: deviation, count: mean.count)
    for index in 0..<mean.count { y[index] = mean[index] + deviation[index] * Scalar.normal(&random) }
  }
}

extension TensorType {
  /// What is known of two inputs that must have one type.
  ///
  /// - Throws: ``LayerProblem/badInput(index:expected:found:)`` for the second if no value is of both types.
  func joined(with other: TensorType, index: Int) throws(ModelError) -> TensorType {
    var joined = self
    let wrong = ModelError(LayerProblem.badInput(index: index, expected: "like input 0, \(self)", found: other))
    guard dataType == other.dataType, rank == other.rank else { throw wrong }
    for axis in 0..<rank {
      switch (shape[axis], other.shape[axis]) {
      case (.known(let own), .known(let another)): guard own == another else { throw wrong }
      case (_, .known), (.unknown, _): joined.shape[axis] = other.shape[axis]
      case (.known, _), (.symbol, _): break
      }
    }
    return joined
  }
}
