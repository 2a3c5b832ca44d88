public import NNFormat
import NNKernels

/// Divides the elements along some axes by their norm: `y = x / norm(x)`.
///
/// | value  | shape          | notes                              |
/// |--------|----------------|------------------------------------|
/// | input  | rank 1 or more | f32 or f64                         |
/// | output | same           | same element type                  |
///
/// The norm of order 1 is the sum of the magnitudes, that of order 2 the root of the sum of the squares; the sums run over the
/// elements as one list, in row-major order, by the pairwise rule. Norms below epsilon count as epsilon, so that zeros stay
/// zeros. The order of the roundings is Keras's (`spec/numerics.md`): `x·min(1 / sqrt(sum), 1 / epsilon)` for order 2,
/// `x / max(sum, epsilon)` for order 1.
///
/// - Source: Keras 3 and Keras 2 `UnitNormalization` (order 2); Keras 3 `ops.normalize`; ONNX `LpNormalization`, whose `p` is the
///   order.
public struct UnitNormalization: ThreadedLayer {
  /// `unit_normalization`
  public static let kind = "unit_normalization"
  /// The settings.
  public static let fields: [Field<UnitNormalization>] = [
    Field(
      "axes", \.axes, default: [-1],
      "the axes that are normalised together; negative ones count from the last, which is -1"),
    Field("order", \.order, default: 2, "the order of the norm, 1 or 2"),
    Field("epsilon", \.epsilon, default: 1e-12, "the least norm"),
  ]
  /// The output may lie where the input lies.
  public static let aliasing = Aliasing.inPlace

  /// The axes that are normalised together.
  public var axes: [Axis] = [-1]
  /// The order of the norm, 1 or 2.
  public var order: Positive = 2
  /// The least norm.
  public var epsilon: Finite = 1e-12

  /// The layer over the last axis, with Keras's defaults.
  public init() {}

  /// A layer of the given settings.
  public init(axes: [Axis], order: Positive = 2, epsilon: Finite = 1e-12) {
    self.axes = axes
    self.order = order
    self.epsilon = epsilon
  }

  /// The input's type.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    let input = try inputs.single(for: Self.kind)
    try input.requireFloat(index: 0)
    _ = try NormalizedAxes.resolved(axes, rank: input.rank)
    guard order.value <= 2 else {
      throw ModelError(
        LayerProblem.badSetting(reason: "the order of the norm must be 1 or 2, found \(order)"), at: .field("order"))
    }
    return [input]
  }

  /// What one thread needs.
  public func scratchSize(for inputs: [TensorType]) -> Int { scratchSize(for: inputs, threads: 1) }

  /// The terms of one group of elements for each thread, and a copy of them where they do not lie one behind the other.
  package func scratchSize(for inputs: [TensorType], threads: Int) -> Int {
    guard let output = try? outputs(for: inputs).first else { return 0 }
    return output.dataType == .f32
      ? GroupsAlongAxes<UnitNormRule<Float>>.scratchSize(output, axes, threads: threads)
      : GroupsAlongAxes<UnitNormRule<Double>>.scratchSize(output, axes, threads: threads)
  }

  /// The formula, each step rounded.
  public func forward(_ values: borrowing LayerValues) {
    switch FloatType(values.inputs[0].dataType) {
    case .f32: run(values, Float.self)
    case .f64: run(values, Double.self)
    }
  }

  private func run<Scalar: ComputingScalar>(_ values: borrowing LayerValues, _ type: Scalar.Type) {
    let rule = UnitNormRule(
      isEuclidean: order.value == 2, least: Scalar(epsilon.value), greatest: Scalar(1 / epsilon.value))
    GroupsAlongAxes.run(rule, values, along: axes)
  }
}

/// A norm of 1.
private struct UnitNormRule<Scalar: ComputingScalar>: GroupRule {
  let isEuclidean: Bool
  let least: Scalar
  let greatest: Scalar

  static var usesTerms: Bool { true }

  func normalize(
    _ x: UnsafePointer<Scalar>, to y: UnsafeMutablePointer<Scalar>, count: Int, terms: UnsafeMutablePointer<Scalar>
  ) {
    if isEuclidean {
      for k in 0..<count { terms[k] = x[k] * x[k] }
      let factor = Statistics.inverseRoot(Statistics.reduce(.sum, terms, count: count)).atMost(greatest)
      for k in 0..<count { y[k] = x[k] * factor }
    } else {
      for k in 0..<count { terms[k] = x[k].magnitude }
      let norm = Statistics.reduce(.sum, terms, count: count).atLeast(least)
      for k in 0..<count { y[k] = x[k] / norm }
    }
  }
}
