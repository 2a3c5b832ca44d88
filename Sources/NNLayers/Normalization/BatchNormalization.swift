public import NNFormat
import NNKernels

/// Shifts and scales each channel by what training has measured: `y = (x - moving_mean) / sqrt(moving_variance + epsilon) · gamma + beta`.
///
/// | value             | shape           | notes                                  |
/// |-------------------|-----------------|----------------------------------------|
/// | input             | rank 1 or more  | f32 or f64, the axis of fixed extent   |
/// | output            | same            | same element type                      |
/// | `gamma`           | `[channels]`    | absent where `scale` is false          |
/// | `beta`            | `[channels]`    | absent where `center` is false         |
/// | `moving_mean`     | `[channels]`    |                                        |
/// | `moving_variance` | `[channels]`    |                                        |
///
/// The order of the roundings is Keras's: `x·f + (-moving_mean·f + beta)` with `f = (1 / sqrt(moving_variance + epsilon))·gamma`
/// (`spec/numerics.md`). ONNX's `BatchNormalization` has epsilon 1e-5 and the channels at axis 1.
///
/// - Source: Keras 3 and Keras 2 `BatchNormalization` at inference; ONNX `BatchNormalization` with `training_mode` 0.
public struct BatchNormalization: Layer {
  /// `batch_normalization`
  public static let kind = "batch_normalization"
  /// The settings.
  public static let fields: [Field<BatchNormalization>] = [
    Field("axis", \.axis, default: -1, "the axis of the channels; negative ones count from the last, which is -1"),
    Field("epsilon", \.epsilon, default: 0.001, "what is added to the variance"),
    Field("center", \.center, default: true, "whether `beta` is added"),
    Field("scale", \.scale, default: true, "whether `gamma` is a factor"),
  ]
  /// The output may lie where the input lies.
  public static let aliasing = Aliasing.inPlace

  /// The axis of the channels.
  public var axis: Axis = -1
  /// What is added to the variance.
  public var epsilon: Finite = 0.001
  /// Whether `beta` is added.
  public var center = true
  /// Whether `gamma` is a factor.
  public var scale = true

  /// The layer over the last axis, with Keras's defaults.
  public init() {}

  /// A layer of the given settings.
  public init(axis: Axis, epsilon: Finite = 0.001, center: Bool = true, scale: Bool = true) {
    self.axis = axis
    self.epsilon = epsilon
    self.center = center
    self.scale = scale
  }

  /// One number a channel for each.
  public func parameters(for inputs: [TensorType]) throws(ModelError) -> [Parameter] {
    let (input, channels) = try checked(inputs)
    let type = TensorType(input.dataType, [.known(channels)])
    let optional = (scale ? ["gamma"] : []) + (center ? ["beta"] : [])
    return (optional + ["moving_mean", "moving_variance"]).map { Parameter($0, type) }
  }

  /// The input's type.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    [try checked(inputs).input]
  }

  private func checked(_ inputs: [TensorType]) throws(ModelError) -> (input: TensorType, channels: Int) {
    let input = try inputs.single(for: Self.kind)
    try input.requireFloat(index: 0)
    let axis = try axis.resolved(rank: input.rank)
    return (input, try input.fixedExtents(along: [axis], index: 0)[0])
  }

  /// A factor and an offset for each channel.
  public func scratchSize(for inputs: [TensorType]) -> Int {
    guard let (input, channels) = try? checked(inputs) else { return 0 }
    return byteCount(channels, channels, of: input.dataType)
  }

  /// The formula, each step rounded.
  public func forward(_ values: borrowing LayerValues) {
    switch FloatType(values.inputs[0].dataType) {
    case .f32: run(values, Float.self)
    case .f64: run(values, Double.self)
    }
  }

  private func run<Scalar: ComputingScalar>(_ values: borrowing LayerValues, _ type: Scalar.Type) {
    let input = values.inputs[0]
    guard input.shape.count > 0 else { return }
    let (outer, channels, inner) = axis.split(input.shape)
    let x = values.pointer(to: input, as: type)
    let y = values.mutablePointer(to: values.outputs[0], as: type)
    let factors = values.scratch(as: type)
    let offsets = values.scratch(as: type, from: channels)
    let count = values.parameters.count
    prepare(
      gamma: values.pointer(to: values.parameters[0], as: type),
      beta: values.pointer(to: values.parameters[scale ? 1 : 0], as: type),
      mean: values.pointer(to: values.parameters[count - 2], as: type),
      variance: values.pointer(to: values.parameters[count - 1], as: type), factors, offsets, channels)
    let work = ScaledChannels(x: x, y: y, factors: factors, offsets: offsets, channels: channels, inner: inner)
    values.crew.divide(
      work, count: inner == 1 ? outer : outer * channels,
      cost: input.shape.count.multipliedClamped(by: Statistics.cost))
  }

  /// Whether the channels are the last axis, so that the layer multiplies by one row and adds another.
  package func normalizesLastAxis(rank: Int) -> Bool { rank > 0 && (axis.index == -1 || axis.index == rank - 1) }

  /// Writes the row of factors and behind it that of offsets, from the parameters in their order.
  package func writeRows(
    _ type: DataType, _ parameters: [UnsafeRawPointer], channels: Int, to rows: UnsafeMutableRawPointer
  ) {
    func write<Scalar: ComputingScalar>(_ scalar: Scalar.Type) {
      let values = parameters.map { $0.assumingMemoryBound(to: scalar) }
      let rows = rows.assumingMemoryBound(to: scalar)
      prepare(
        gamma: values[0], beta: values[scale ? 1 : 0], mean: values[values.count - 2],
        variance: values[values.count - 1], rows, rows + channels, channels)
    }
    switch FloatType(type) {
    case .f32: write(Float.self)
    case .f64: write(Double.self)
    }
  }

  private func prepare<Scalar: ComputingScalar>(
    gamma: UnsafePointer<Scalar>, beta: UnsafePointer<Scalar>, mean: UnsafePointer<Scalar>,
    variance: UnsafePointer<Scalar>, _ factors: UnsafeMutablePointer<Scalar>,
    _ offsets: UnsafeMutablePointer<Scalar>, _ channels: Int
  ) {
    let epsilon = Scalar(epsilon.value)
    for k in 0..<channels {
      let inverse = Statistics.inverseRoot(variance[k] + epsilon)
      factors[k] = scale ? inverse * gamma[k] : inverse
      offsets[k] = center ? -mean[k] * factors[k] + beta[k] : -mean[k] * factors[k]
    }
  }
}

/// Elements with a factor and an offset for each channel: rows of one element of each channel, or else runs of one channel.
private struct ScaledChannels<Scalar: ComputingScalar>: DividedWork {
  let x: UnsafePointer<Scalar>
  let y: UnsafeMutablePointer<Scalar>
  let factors: UnsafePointer<Scalar>
  let offsets: UnsafePointer<Scalar>
  let channels: Int
  let inner: Int

  func run(_ units: Range<Int>, part: Int) {
    for unit in units {
      if inner == 1 {
        let start = unit * channels
        for k in 0..<channels { y[start + k] = x[start + k] * factors[k] + offsets[k] }
      } else {
        let (factor, offset) = (factors[unit % channels], offsets[unit % channels])
        for k in unit * inner..<(unit + 1) * inner { y[k] = x[k] * factor + offset }
      }
    }
  }
}
