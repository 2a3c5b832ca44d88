public import NNFormat
import NNKernels

/// Gives the elements along some axes mean 0 and variance 1, then scales and shifts each:
/// `y = (x - mean(x)) / sqrt(variance(x) + epsilon) · gamma + beta`.
///
/// | value   | shape                  | notes                                            |
/// |---------|------------------------|--------------------------------------------------|
/// | input   | rank 1 or more         | f32 or f64, the axes of fixed extents            |
/// | output  | same                   | same element type                                |
/// | `gamma` | the extents along axes | in ascending order; absent where `scale` is false |
/// | `beta`  | the same               | absent where `center` is false                   |
///
/// Mean and variance are sums over the elements as one list, in row-major order, by the pairwise rule, whatever the axes are. The
/// order of the roundings is Keras's (`spec/numerics.md`): `x·f + (-mean·f + beta)` with `f = (1 / sqrt(variance + epsilon))·gamma`,
/// which loses digits where the mean is large beside the deviation.
///
/// - Source: Keras 3 and Keras 2 `LayerNormalization`; ONNX `LayerNormalization` (epsilon 1e-5, all axes from its `axis` on);
///   Ba, Kiros, Hinton, *Layer Normalization*, 2016.
public struct LayerNormalization: ThreadedLayer {
  /// `layer_normalization`
  public static let kind = "layer_normalization"
  /// The settings.
  public static let fields: [Field<LayerNormalization>] = [
    Field(
      "axes", \.axes, default: [-1],
      "the axes that are normalised together; negative ones count from the last, which is -1"),
    Field("epsilon", \.epsilon, default: 0.001, "what is added to the variance"),
    Field("center", \.center, default: true, "whether `beta` is added"),
    Field("scale", \.scale, default: true, "whether `gamma` is a factor"),
  ]
  /// The output may lie where the input lies.
  public static let aliasing = Aliasing.inPlace

  /// The axes that are normalised together.
  public var axes: [Axis] = [-1]
  /// What is added to the variance.
  public var epsilon: Finite = 0.001
  /// Whether `beta` is added.
  public var center = true
  /// Whether `gamma` is a factor.
  public var scale = true

  /// The layer over the last axis, with Keras's defaults.
  public init() {}

  /// A layer of the given settings.
  public init(axes: [Axis], epsilon: Finite = 0.001, center: Bool = true, scale: Bool = true) {
    self.axes = axes
    self.epsilon = epsilon
    self.center = center
    self.scale = scale
  }

  /// One number for each element along the axes.
  public func parameters(for inputs: [TensorType]) throws(ModelError) -> [Parameter] {
    let (input, extents) = try NormalizedAxes.checked(inputs, axes, Self.kind)
    let type = TensorType(input.dataType, extents.map(Dimension.known))
    return ((scale ? ["gamma"] : []) + (center ? ["beta"] : [])).map { Parameter($0, type) }
  }

  /// The input's type.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    [try NormalizedAxes.checked(inputs, axes, Self.kind).input]
  }

  /// What one thread needs.
  public func scratchSize(for inputs: [TensorType]) -> Int { scratchSize(for: inputs, threads: 1) }

  /// One group of elements for each thread, where they do not lie one behind the other.
  package func scratchSize(for inputs: [TensorType], threads: Int) -> Int {
    guard let output = try? outputs(for: inputs).first else { return 0 }
    return output.dataType == .f32
      ? GroupsAlongAxes<Standardization<Float>>.scratchSize(output, axes, threads: threads)
      : GroupsAlongAxes<Standardization<Double>>.scratchSize(output, axes, threads: threads)
  }

  /// The formula, each step rounded.
  public func forward(_ values: borrowing LayerValues) {
    switch FloatType(values.inputs[0].dataType) {
    case .f32: run(values, Float.self)
    case .f64: run(values, Double.self)
    }
  }

  private func run<Scalar: ComputingScalar>(_ values: borrowing LayerValues, _ type: Scalar.Type) {
    let rule = Standardization(
      epsilon: Scalar(epsilon.value), gamma: scale ? values.pointer(to: values.parameters[0], as: type) : nil,
      beta: center ? values.pointer(to: values.parameters[scale ? 1 : 0], as: type) : nil)
    GroupsAlongAxes.run(rule, values, along: axes)
  }
}

/// Mean 0 and variance 1, then a factor and an offset for each element.
private struct Standardization<Scalar: ComputingScalar>: GroupRule {
  let epsilon: Scalar
  let gamma: UnsafePointer<Scalar>?
  let beta: UnsafePointer<Scalar>?

  static var usesTerms: Bool { false }

  func normalize(
    _ x: UnsafePointer<Scalar>, to y: UnsafeMutablePointer<Scalar>, count: Int, terms: UnsafeMutablePointer<Scalar>
  ) {
    let (mean, inverse) = Statistics.moments(of: x, count: count, epsilon: epsilon)
    Statistics.standardize(x, to: y, count: count, mean: mean, inverse: inverse, gamma: gamma, beta: beta)
  }
}
