public import NNFormat
import NNKernels

/// Gives each group of channels of each sample mean 0 and variance 1, then scales and shifts each channel:
/// `y = (x - mean(x)) / sqrt(variance(x) + epsilon) · gamma + beta`.
///
/// | value   | shape          | notes                                                        |
/// |---------|----------------|--------------------------------------------------------------|
/// | input   | rank 2 or more | f32 or f64, the axis of fixed extent, a multiple of `groups` |
/// | output  | same           | same element type                                            |
/// | `gamma` | `[channels]`   | absent where `scale` is false                                |
/// | `beta`  | `[channels]`   | absent where `center` is false                               |
///
/// Neighbouring channels make a group. Mean and variance are sums over its elements as one list, in row-major order, by the
/// pairwise rule. The order of the roundings is Keras's (`spec/numerics.md`): `x·f + (-mean·f + beta)` with
/// `f = (1 / sqrt(variance + epsilon))·gamma`.
///
/// - Source: Keras 3 and Keras 2 `GroupNormalization`, whose `groups` -1 is written out as the number of channels; ONNX
///   `GroupNormalization` of opset 21 (epsilon 1e-5, axis 1); Wu, He, *Group Normalization*, 2018.
public struct GroupNormalization: ThreadedLayer {
  /// `group_normalization`
  public static let kind = "group_normalization"
  /// The settings.
  public static let fields: [Field<GroupNormalization>] = [
    Field("groups", \.groups, default: 32, "how many groups the channels make"),
    Field("axis", \.axis, default: -1, "the axis of the channels; negative ones count from the last, which is -1"),
    Field("epsilon", \.epsilon, default: 0.001, "what is added to the variance"),
    Field("center", \.center, default: true, "whether `beta` is added"),
    Field("scale", \.scale, default: true, "whether `gamma` is a factor"),
  ]
  /// The output may lie where the input lies.
  public static let aliasing = Aliasing.inPlace

  /// How many groups the channels make.
  public var groups: Positive = 32
  /// The axis of the channels.
  public var axis: Axis = -1
  /// What is added to the variance.
  public var epsilon: Finite = 0.001
  /// Whether `beta` is added.
  public var center = true
  /// Whether `gamma` is a factor.
  public var scale = true

  /// The layer with Keras's defaults.
  public init() {}

  /// A layer of the given settings.
  public init(
    groups: Positive, axis: Axis = -1, epsilon: Finite = 0.001, center: Bool = true, scale: Bool = true
  ) {
    self.groups = groups
    self.axis = axis
    self.epsilon = epsilon
    self.center = center
    self.scale = scale
  }

  /// One number a channel for each.
  public func parameters(for inputs: [TensorType]) throws(ModelError) -> [Parameter] {
    let (input, channels) = try checked(inputs)
    let type = TensorType(input.dataType, [.known(channels)])
    return ((scale ? ["gamma"] : []) + (center ? ["beta"] : [])).map { Parameter($0, type) }
  }

  /// The input's type.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    [try checked(inputs).input]
  }

  private func checked(_ inputs: [TensorType]) throws(ModelError) -> (input: TensorType, channels: Int) {
    let (input, channels) = try ChannelGroups.checked(inputs, axis: axis, kind: Self.kind)
    guard channels.isMultiple(of: groups.value) else {
      throw ModelError(
        LayerProblem.badSetting(reason: "\(groups) groups do not divide \(channels) channels"), at: .field("groups"))
    }
    return (input, channels)
  }

  /// What one thread needs.
  public func scratchSize(for inputs: [TensorType]) -> Int { scratchSize(for: inputs, threads: 1) }

  /// One group of elements for each thread.
  package func scratchSize(for inputs: [TensorType], threads: Int) -> Int {
    guard let input = try? outputs(for: inputs).first, let shape = try? input.knownShape() else { return 0 }
    return ChannelGroups(shape, axis: axis, groups: groups.value).scratchSize(input.dataType, threads: threads)
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
    ChannelGroups(input.shape, axis: axis, groups: groups.value).normalize(
      values, epsilon: Scalar(epsilon.value),
      gamma: scale ? values.pointer(to: values.parameters[0], as: type) : nil,
      beta: center ? values.pointer(to: values.parameters[scale ? 1 : 0], as: type) : nil)
  }
}
