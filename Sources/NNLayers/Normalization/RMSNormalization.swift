public import NNFormat
import NNKernels

/// Divides the elements along some axes by the root of their mean square, then scales each:
/// `y = x / sqrt(mean(x²) + epsilon) · gamma`.
///
/// | value   | shape                  | notes                                              |
/// |---------|------------------------|----------------------------------------------------|
/// | input   | rank 1 or more         | f32 or f64, the axes of fixed extents              |
/// | output  | same                   | same element type                                  |
/// | `gamma` | the extents along axes | in ascending order; absent where `scale` is false  |
///
/// The mean is a sum over the squares as one list, in row-major order, by the pairwise rule. The order of the roundings is Keras's
/// (`spec/numerics.md`): `(x·(1 / sqrt(mean + epsilon)))·gamma`.
///
/// - Source: Keras 3 `RMSNormalization`, whose parameter is called `scale`; ONNX `RMSNormalization` (opset 23); Zhang, Sennrich,
///   *Root Mean Square Layer Normalization*, 2019.
public struct RMSNormalization: ThreadedLayer {
  /// `rms_normalization`
  public static let kind = "rms_normalization"
  /// The settings.
  public static let fields: [Field<RMSNormalization>] = [
    Field(
      "axes", \.axes, default: [-1],
      "the axes that are normalised together; negative ones count from the last, which is -1"),
    Field("epsilon", \.epsilon, default: 0.000001, "what is added to the mean of the squares"),
    Field("scale", \.scale, default: true, "whether `gamma` is a factor"),
  ]
  /// The output may lie where the input lies.
  public static let aliasing = Aliasing.inPlace

  /// The axes that are normalised together.
  public var axes: [Axis] = [-1]
  /// What is added to the mean of the squares.
  public var epsilon: Finite = 0.000001
  /// Whether `gamma` is a factor.
  public var scale = true

  /// The layer over the last axis, with Keras's defaults.
  public init() {}

  /// A layer of the given settings.
  public init(axes: [Axis], epsilon: Finite = 0.000001, scale: Bool = true) {
    self.axes = axes
    self.epsilon = epsilon
    self.scale = scale
  }

  /// One number for each element along the axes.
  public func parameters(for inputs: [TensorType]) throws(ModelError) -> [Parameter] {
    let (input, extents) = try NormalizedAxes.checked(inputs, axes, Self.kind)
    return scale ? [Parameter("gamma", TensorType(input.dataType, extents.map(Dimension.known)))] : []
  }

  /// The input's type.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    [try NormalizedAxes.checked(inputs, axes, Self.kind).input]
  }

  /// What one thread needs.
  public func scratchSize(for inputs: [TensorType]) -> Int { scratchSize(for: inputs, threads: 1) }

  /// The squares of one group of elements for each thread, and a copy of them where they do not lie one behind the other.
  package func scratchSize(for inputs: [TensorType], threads: Int) -> Int {
    guard let output = try? outputs(for: inputs).first else { return 0 }
    return output.dataType == .f32
      ? GroupsAlongAxes<MeanSquareRule<Float>>.scratchSize(output, axes, threads: threads)
      : GroupsAlongAxes<MeanSquareRule<Double>>.scratchSize(output, axes, threads: threads)
  }

  /// The formula, each step rounded.
  public func forward(_ values: borrowing LayerValues) {
    switch FloatType(values.inputs[0].dataType) {
    case .f32: run(values, Float.self)
    case .f64: run(values, Double.self)
    }
  }

  private func run<Scalar: ComputingScalar>(_ values: borrowing LayerValues, _ type: Scalar.Type) {
    let gamma = scale ? values.pointer(to: values.parameters[0], as: type) : nil
    GroupsAlongAxes.run(MeanSquareRule(epsilon: Scalar(epsilon.value), gamma: gamma), values, along: axes)
  }
}

/// A mean square of 1, then a factor for each element.
private struct MeanSquareRule<Scalar: ComputingScalar>: GroupRule {
  let epsilon: Scalar
  let gamma: UnsafePointer<Scalar>?

  static var usesTerms: Bool { true }

  func normalize(
    _ x: UnsafePointer<Scalar>, to y: UnsafeMutablePointer<Scalar>, count: Int, terms: UnsafeMutablePointer<Scalar>
  ) {
    for k in 0..<count { terms[k] = x[k] * x[k] }
    let inverse = Statistics.inverseRoot(Statistics.reduce(.mean, terms, count: count) + epsilon)
    guard let gamma else {
      for k in 0..<count { y[k] = x[k] * inverse }
      return
    }
    for k in 0..<count { y[k] = x[k] * inverse * gamma[k] }
  }
}
