public import NNFormat
import NNKernels

/// Gives each channel of each sample mean 0 and variance 1, then scales and shifts it:
/// `y = (x - mean(x)) / sqrt(variance(x) + epsilon) · gamma + beta`.
///
/// | value   | shape          | notes                               |
/// |---------|----------------|-------------------------------------|
/// | input   | rank 2 or more | f32 or f64, the axis of fixed extent |
/// | output  | same           | same element type                   |
/// | `gamma` | `[channels]`   | absent where `scale` is false       |
/// | `beta`  | `[channels]`   | absent where `center` is false      |
///
/// It is group normalisation with a group for each channel, and has its bits.
///
/// - Source: ONNX `InstanceNormalization`, whose `scale` and `B` are gamma and beta; Ulyanov, Vedaldi, Lempitsky, *Instance
///   Normalization*, 2016.
public struct InstanceNormalization: ThreadedLayer {
  /// `instance_normalization`
  public static let kind = "instance_normalization"
  /// The settings.
  public static let fields: [Field<InstanceNormalization>] = [
    Field("axis", \.axis, default: 1, "the axis of the channels; negative ones count from the last, which is -1"),
    Field("epsilon", \.epsilon, default: 0.00001, "what is added to the variance"),
    Field("center", \.center, default: true, "whether `beta` is added"),
    Field("scale", \.scale, default: true, "whether `gamma` is a factor"),
  ]
  /// The output may lie where the input lies.
  public static let aliasing = Aliasing.inPlace

  /// The axis of the channels.
  public var axis: Axis = 1
  /// What is added to the variance.
  public var epsilon: Finite = 0.00001
  /// Whether `beta` is added.
  public var center = true
  /// Whether `gamma` is a factor.
  public var scale = true

  /// The layer with ONNX's defaults.
  public init() {}

  /// A layer of the given settings.
  public init(axis: Axis, epsilon: Finite = 0.00001, center: Bool = true, scale: Bool = true) {
    self.axis = axis
    self.epsilon = epsilon
    self.center = center
    self.scale = scale
  }

  /// One number a channel for each.
  public func parameters(for inputs: [TensorType]) throws(ModelError) -> [Parameter] {
    let (input, channels) = try ChannelGroups.checked(inputs, axis: axis, kind: Self.kind)
    let type = TensorType(input.dataType, [.known(channels)])
    return ((scale ? ["gamma"] : []) + (center ? ["beta"] : [])).map { Parameter($0, type) }
  }

  /// The input's type.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    [try ChannelGroups.checked(inputs, axis: axis, kind: Self.kind).input]
  }

  /// What one thread needs.
  public func scratchSize(for inputs: [TensorType]) -> Int { scratchSize(for: inputs, threads: 1) }

  /// One group of elements for each thread.
  package func scratchSize(for inputs: [TensorType], threads: Int) -> Int {
    guard let input = try? outputs(for: inputs).first, let shape = try? input.knownShape(), shape.count > 0 else {
      return 0
    }
    let channels = axis.split(shape).extent
    return ChannelGroups(shape, axis: axis, groups: channels).scratchSize(input.dataType, threads: threads)
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
    ChannelGroups(input.shape, axis: axis, groups: axis.split(input.shape).extent).normalize(
      values, epsilon: Scalar(epsilon.value),
      gamma: scale ? values.pointer(to: values.parameters[0], as: type) : nil,
      beta: center ? values.pointer(to: values.parameters[scale ? 1 : 0], as: type) : nil)
  }
}
