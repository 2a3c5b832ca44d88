public import NNFormat
import NNKernels

/// Divides each element by a power of what its neighbours among the channels hold:
/// `y = x / (bias + alpha / size · sum(x²))^beta`, the sum over `size` channels around its own.
///
/// | value  | shape          | notes             |
/// |--------|----------------|-------------------|
/// | input  | rank 1 or more | f32 or f64        |
/// | output | same           | same element type |
///
/// The window reaches `(size - 1) / 2` channels back and `size / 2` ahead, both rounded down, and ends where the channels end. Its
/// squares are added in order; `alpha / size` is divided in f64 and rounded; the power is that of `spec/numerics.md`. The declared
/// precision holds for windows of up to 8 channels, since the sum's error grows with them.
///
/// - Source: ONNX `LRN`; Krizhevsky, Sutskever, Hinton, *ImageNet Classification with Deep Convolutional Neural Networks*, 2012.
public struct LocalResponseNormalization: Layer {
  /// `local_response_normalization`
  public static let kind = "local_response_normalization"
  /// The settings.
  public static let fields: [Field<LocalResponseNormalization>] = [
    Field("size", \.size, "how many channels are summed"),
    Field("axis", \.axis, default: 1, "the axis of the channels; negative ones count from the last, which is -1"),
    Field("alpha", \.alpha, default: 0.0001, "the factor of the mean square"),
    Field("beta", \.beta, default: 0.75, "the exponent"),
    Field("bias", \.bias, default: 1, "what the power is taken of where all is 0"),
  ]
  /// Each step is rounded.
  public static let precision = Precision.rounding(f32: 8, f64: 8)
  /// The output may lie where the input lies.
  public static let aliasing = Aliasing.inPlace

  /// How many channels are summed.
  public var size: Positive = 1
  /// The axis of the channels.
  public var axis: Axis = 1
  /// The factor of the mean square.
  public var alpha: Finite = 0.0001
  /// The exponent.
  public var beta: Finite = 0.75
  /// What the power is taken of where all is 0.
  public var bias: Finite = 1

  /// The layer over single channels, with ONNX's defaults.
  public init() {}

  /// A layer of the given settings.
  public init(size: Positive, axis: Axis = 1, alpha: Finite = 0.0001, beta: Finite = 0.75, bias: Finite = 1) {
    self.size = size
    self.axis = axis
    self.alpha = alpha
    self.beta = beta
    self.bias = bias
  }

  /// The input's type.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    let input = try inputs.single(for: Self.kind)
    try input.requireFloat(index: 0)
    _ = try axis.resolved(rank: input.rank)
    return [input]
  }

  /// Bases and exponents for all channels of one sample.
  public func scratchSize(for inputs: [TensorType]) -> Int {
    guard let input = try? outputs(for: inputs).first, let shape = try? input.knownShape() else { return 0 }
    let (_, channels, inner) = axis.split(shape)
    return byteCount(channels * inner, channels * inner, of: input.dataType)
  }

  /// The formula, each step rounded.
  public func forward(_ values: borrowing LayerValues) {
    switch FloatType(values.inputs[0].dataType) {
    case .f32: run(values, Float.self)
    case .f64: run(values, Double.self)
    }
  }

  private func run<Scalar: ComputingScalar>(_ values: borrowing LayerValues, _ type: Scalar.Type) {
    let shape = values.inputs[0].shape
    guard shape.count > 0 else { return }
    let (outer, channels, inner) = axis.split(shape)
    let count = channels * inner
    let bases = values.scratch(as: type)
    let exponents = values.scratch(as: type, from: count)
    exponents.update(repeating: Scalar(beta.value), count: count)
    for sample in 0..<outer {
      let x = values.pointer(to: values.inputs[0], as: type) + sample * count
      let y = values.mutablePointer(to: values.outputs[0], as: type) + sample * count
      for channel in 0..<channels { fill(bases + channel * inner, x, channel, channels, inner) }
      NNKernels.Power.run(Scalar.floatType, bases, exponents, to: bases, count: count)
      for k in 0..<count { y[k] = x[k] / bases[k] }
    }
  }

  /// Writes what the power is taken of, for one channel.
  private func fill<Scalar: ComputingScalar>(
    _ bases: UnsafeMutablePointer<Scalar>, _ x: UnsafePointer<Scalar>, _ channel: Int, _ channels: Int, _ inner: Int
  ) {
    let first = channel - min(channel, (size.value - 1) / 2)
    let last = channel + min(channels - 1 - channel, size.value / 2)
    for k in 0..<inner {
      let square = x[first * inner + k] * x[first * inner + k]
      bases[k] = square
    }
    for other in first + 1..<last + 1 {
      let row = x + other * inner
      for k in 0..<inner { bases[k] = bases[k] + row[k] * row[k] }
    }
    let (factor, bias) = (Scalar(alpha.value / Double(size.value)), Scalar(bias.value))
    for k in 0..<inner { bases[k] = bias + factor * bases[k] }
  }
}
