import NNFormat
public import NNKernels

/// Adds noise in a run with a seed, `y = x + stddev · n`, and is the identity in a run without: `y = x`.
///
/// | value  | shape | notes             |
/// |--------|-------|-------------------|
/// | input  | any   | f32 or f64        |
/// | output | same  | same element type |
///
/// n is a draw of the standard normal distribution for each element, in row-major order and in the element type
/// (`spec/numerics.md`).
///
/// - Source: Keras 3 and Keras 2 `GaussianNoise`.
public struct GaussianNoise: NoiseLayer {
  /// `gaussian_noise`
  public static let kind = "gaussian_noise"
  /// The settings.
  public static let fields: [Field<GaussianNoise>] = [
    Field("stddev", \.stddev, "the standard deviation of the noise")
  ]

  /// The standard deviation of the noise.
  public var stddev: Amount = 1.0

  /// A layer that adds noise of deviation 1.
  public init() {}

  /// A layer that adds noise of the given deviation.
  public init(stddev: Amount) {
    self.stddev = stddev
  }

  /// Adds a draw to each element.
  public func sample(_ values: borrowing LayerValues, _ random: inout RandomStream) {
    switch FloatType(values.outputs[0].dataType) {
    case .f32: sample(values, &random, of: Float.self)
    case .f64: sample(values, &random, of: Double.self)
    }
  }

  private func sample<Scalar: RandomScalar & TensorScalar>(
    _ values: borrowing LayerValues, _ random: inout RandomStream, of: Scalar.Type
  ) {
    let x = values.elements(of: values.inputs[0], as: Scalar.self)
    let y = values.mutableElements(of: values.outputs[0], as: Scalar.self)
    let deviation = Scalar(stddev.value)
    for index in 0..<x.count { y[index] = x[index] + deviation * Scalar.normal(&random) }
  }
}
