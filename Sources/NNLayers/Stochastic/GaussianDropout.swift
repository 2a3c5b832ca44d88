public import NNFormat
public import NNKernels

/// Multiplies by noise around 1 in a run with a seed, `y = x · (1 + sqrt(rate / (1 - rate)) · n)`; without one `y = x`.
///
/// | value  | shape | notes             |
/// |--------|-------|-------------------|
/// | input  | any   | f32 or f64        |
/// | output | same  | same element type |
///
/// n is a draw of the standard normal distribution for each element, in row-major order and in the element type
/// (`spec/numerics.md`). The root is taken in f64 and rounded to the element type.
///
/// - Source: Keras 3 and Keras 2 `GaussianDropout`; N. Srivastava and others, "Dropout", 2014, section 10.
public struct GaussianDropout: NoiseLayer {
  /// `gaussian_dropout`
  public static let kind = "gaussian_dropout"
  /// The settings.
  public static let fields: [Field<GaussianDropout>] = [
    Field("rate", \.rate, "the share that `dropout` of the same variance drops, below 1")
  ]

  /// The share that `dropout` of the same variance drops.
  public var rate: Share = 0.5

  /// A layer of the variance of dropping half.
  public init() {}

  /// A layer of the variance of dropping the given share.
  public init(rate: Share) {
    self.rate = rate
  }

  /// The input's type.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    let input = try inputs.single(for: Self.kind)
    try input.requireFloat(index: 0)
    try rate.requireBelowOne()
    return [input]
  }

  /// Multiplies each element by a draw.
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
    let deviation = Scalar((rate.value / (1 - rate.value)).squareRoot())
    for index in 0..<x.count { y[index] = x[index] * (1 + deviation * Scalar.normal(&random)) }
  }
}
