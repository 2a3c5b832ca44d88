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
public struct RMSNormalization: Layer {
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

  /// The squares of one group of elements, and the group where its elements do not lie one behind the other.
  public func scratchSize(for inputs: [TensorType]) -> Int {
    guard let input = try? outputs(for: inputs).first, let shape = try? input.knownShape() else { return 0 }
    let count = AxisSet(axes, rank: shape.rank).count(in: shape)
    return byteCount(count, count, of: input.dataType)
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
    let gamma = scale ? values.pointer(to: values.parameters[0], as: type) : nil
    let epsilon = Scalar(epsilon.value)
    let axes = AxisSet(axes, rank: input.shape.rank)
    let squares = values.scratch(as: type)
    Statistics.forEachGroup(
      along: axes, of: input.shape, values.pointer(to: input, as: type),
      to: values.mutablePointer(to: values.outputs[0], as: type), scratch: squares + axes.count(in: input.shape)
    ) { x, y, count in
      for k in 0..<count { squares[k] = x[k] * x[k] }
      let inverse = Statistics.inverseRoot(Statistics.reduce(.mean, squares, count: count) + epsilon)
      guard let gamma else {
        for k in 0..<count { y[k] = x[k] * inverse }
        return
      }
      for k in 0..<count { y[k] = x[k] * inverse * gamma[k] }
    }
  }
}
