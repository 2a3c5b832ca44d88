public import NNFormat
package import NNKernels

/// The rectifier: `y = max(x, 0)`, or with settings `y = min(x, max_value)` above the threshold and a slope below it.
///
/// | value  | shape | notes             |
/// |--------|-------|-------------------|
/// | input  | any   | f32 or f64        |
/// | output | same  | same element type |
///
/// With t the threshold and a the slope: `p = x where x > t, else 0` (for t = 0 `max(x, 0)`), `p = min(max(p, 0), max_value)`, and
/// where a is not 0 `y = p - a · max(t - x, 0)`, each step rounded; with a slope alone it is `leaky_relu`. A NaN stays one
/// (Keras gives 0 for it where there is a threshold), and -0 becomes 0 without a slope.
///
/// - Source: Keras 3 and Keras 2 `ReLU` and `relu`, all settings; ONNX `Relu`, `Clip` from 0.
public struct ReLU: ElementwiseLayer, FunctionLayer {
  /// `relu`
  public static let kind = "relu"
  /// The settings.
  public static let fields: [Field<ReLU>] = [
    Field("max_value", \.maxValue, default: .infinity, "the greatest result; Infinity for none"),
    Field("negative_slope", \.negativeSlope, default: 0, "the slope below the threshold"),
    Field("threshold", \.threshold, default: 0, "what the input must exceed to pass"),
  ]

  /// The greatest result.
  public var maxValue = Ceiling.infinity
  /// The slope below the threshold.
  public var negativeSlope: Amount = 0
  /// What the input must exceed to pass.
  public var threshold: Amount = 0

  /// The layer without slope, threshold and greatest result.
  public init() {}

  /// A layer of the given settings.
  public init(maxValue: Ceiling = .infinity, negativeSlope: Amount = 0, threshold: Amount = 0) {
    self.maxValue = maxValue
    self.negativeSlope = negativeSlope
    self.threshold = threshold
  }

  /// The function; nil where the settings need several steps.
  package var function: Elementwise? {
    switch (maxValue.value, negativeSlope.value, threshold.value) {
    case (.infinity, 0, 0): .relu
    case (let most, 0, 0): .clip(from: 0, to: most)
    case (.infinity, let slope, 0): .leakyReLU(slope: slope)
    case (.infinity, 0, let threshold): .threshold(threshold, otherwise: 0)
    default: nil
    }
  }

  /// The formula, each step rounded.
  public func apply(_ type: DataType, from x: UnsafeRawPointer, to y: UnsafeMutableRawPointer, count: Int) {
    if let function {
      return function.run(FloatType(type), from: x, to: y, count: count)
    }
    switch FloatType(type) {
    case .f32: run(x.assumingMemoryBound(to: Float.self), y.assumingMemoryBound(to: Float.self), count)
    case .f64: run(x.assumingMemoryBound(to: Double.self), y.assumingMemoryBound(to: Double.self), count)
    }
  }

  private func run<Scalar: ComputingScalar>(
    _ x: UnsafePointer<Scalar>, _ y: UnsafeMutablePointer<Scalar>, _ count: Int
  ) {
    let (most, slope, threshold) = (Scalar(maxValue.value), Scalar(negativeSlope.value), Scalar(threshold.value))
    for index in 0..<count {
      let value = x[index]
      let passed = value <= threshold ? 0 : value
      let bounded = passed.atLeast(0).atMost(most)
      y[index] = slope == 0 ? bounded : bounded - slope * (threshold - value).atLeast(0)
    }
  }
}
