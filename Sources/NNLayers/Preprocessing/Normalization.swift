public import NNFormat
import NNKernels

/// Shifts and scales features by what a data set has: `y = (x - mean) / max(sqrt(variance), 1e-7)`.
///
/// | value      | shape                  | notes                                                      |
/// |------------|------------------------|------------------------------------------------------------|
/// | input      | any                    | f32 or f64, the axes of fixed extents                      |
/// | output     | same                   | same element type                                          |
/// | `mean`     | the extents along axes | in ascending order; a single value where there are no axes |
/// | `variance` | the same               |                                                            |
///
/// Where `invert` is true: `y = mean + x · max(sqrt(variance), 1e-7)`. Each step is rounded (`spec/numerics.md`).
///
/// - Source: Keras 3 and Keras 2 `Normalization`.
public struct Normalization: Layer {
  /// `normalization`
  public static let kind = "normalization"
  /// The settings.
  public static let fields: [Field<Normalization>] = [
    Field(
      "axes", \.axes, default: [-1],
      "the axes that have their own mean and variance; negative ones count from the last, which is -1"),
    Field("invert", \.invert, default: false, "whether the data set's scale is put back"),
  ]
  /// The output may lie where the input lies.
  public static let aliasing = Aliasing.inPlace

  /// The axes that have their own mean and variance.
  public var axes: [Axis] = [-1]
  /// Whether the data set's scale is put back.
  public var invert = false

  /// The layer over the last axis.
  public init() {}

  /// A layer of the given settings.
  public init(axes: [Axis], invert: Bool = false) {
    self.axes = axes
    self.invert = invert
  }

  /// Mean and variance of each feature.
  public func parameters(for inputs: [TensorType]) throws(ModelError) -> [Parameter] {
    let (input, extents) = try checked(inputs)
    let type = TensorType(input.dataType, extents.map(Dimension.known))
    return [Parameter("mean", type), Parameter("variance", type)]
  }

  /// The input's type.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    [try checked(inputs).input]
  }

  private func checked(_ inputs: [TensorType]) throws(ModelError) -> (input: TensorType, extents: [Int]) {
    let input = try inputs.single(for: Self.kind)
    try input.requireFloat(index: 0)
    let axes = try axes.resolved(rank: input.rank).sorted()
    return (input, try input.fixedExtents(along: axes, index: 0))
  }

  /// A deviation for each feature.
  public func scratchSize(for inputs: [TensorType]) -> Int {
    guard let (input, extents) = try? checked(inputs), let shape = try? Shape(extents) else { return 0 }
    return byteCount(shape.count, of: input.dataType)
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
    let x = values.pointer(to: values.inputs[0], as: type)
    let y = values.mutablePointer(to: values.outputs[0], as: type)
    let mean = values.pointer(to: values.parameters[0], as: type)
    let variance = values.pointer(to: values.parameters[1], as: type)
    let deviation = values.scratch(as: type)
    let features = values.parameters[0].shape.count
    for k in 0..<features { deviation[k] = variance[k].squareRoot().atLeast(Scalar(1e-7)) }
    let axes = AxisSet(axes, rank: shape.rank)
    let invert = invert
    axes.complement(rank: shape.rank).forEachRun(in: shape) { first, starts in
      for start in first..<first + starts {
        var feature = 0
        axes.forEachRun(in: shape, from: start) { offset, length in
          for k in 0..<length {
            let (m, d, v) = (mean[feature + k], deviation[feature + k], x[offset + k])
            y[offset + k] = invert ? m + v * d : (v - m) / d
          }
          feature += length
        }
      }
    }
  }
}
