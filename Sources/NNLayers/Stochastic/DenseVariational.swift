public import NNFormat
import NNKernels

/// A fully connected layer whose weights are normal distributions: `y = x · (m + s · n) + (bm + bs · bn)`.
///
/// | value            | shape          | notes                                             |
/// |------------------|----------------|---------------------------------------------------|
/// | input            | `[..., in]`    | rank 1 or more, f32 or f64                        |
/// | output           | `[..., units]` | same element type                                 |
/// | `weights_mean`   | `[in, units]`  | m                                                 |
/// | `weights_stddev` | `[in, units]`  | s, the standard deviations themselves             |
/// | `biases_mean`    | `[units]`      | bm; absent where `use_bias` is false              |
/// | `biases_stddev`  | `[units]`      | bs; absent where `use_bias` is false              |
///
/// A run with a seed draws all weights once, row-major, and then all biases, for all rows of its input alike; n and bn are
/// draws of the standard normal distribution in the element type (`spec/numerics.md`). A run without one uses the means, and
/// has the bits of `dense`. The deviations are stored as they are: where a framework trains rho with s = log(1 + exp(rho)), an
/// importer computes s.
///
/// - Source: C. Blundell and others, "Weight uncertainty in neural networks", 2015; TensorFlow Probability
///   `DenseReparameterization`.
public struct DenseVariational: Layer {
  /// `dense_variational`
  public static let kind = "dense_variational"
  /// The settings.
  public static let fields: [Field<DenseVariational>] = [
    Field("units", \.units, "the extent of the output's last dimension"),
    Field("use_bias", \.useBias, default: true, "whether biases are added"),
  ]

  /// The extent of the output's last dimension.
  public var units: Positive = 1
  /// Whether biases are added.
  public var useBias = true

  /// A layer of one unit with a bias.
  public init() {}

  /// A layer of the given settings.
  public init(units: Positive, useBias: Bool = true) {
    self.units = units
    self.useBias = useBias
  }

  /// Means and deviations of the weights and, where there is a bias, of the biases.
  public func parameters(for inputs: [TensorType]) throws(ModelError) -> [Parameter] {
    let (input, depth) = try checked(inputs)
    let weights = TensorType(input.dataType, [.known(depth), .known(units.value)])
    let biases = TensorType(input.dataType, [.known(units.value)])
    let ofWeights = [Parameter("weights_mean", weights), Parameter("weights_stddev", weights)]
    return useBias ? ofWeights + [Parameter("biases_mean", biases), Parameter("biases_stddev", biases)] : ofWeights
  }

  /// The input's extents but for the last, which is `units`.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    let (input, _) = try checked(inputs)
    return [TensorType(input.dataType, input.shape.dropLast() + [.known(units.value)])]
  }

  private func checked(_ inputs: [TensorType]) throws(ModelError) -> (input: TensorType, depth: Int) {
    let input = try inputs.single(for: Self.kind)
    try input.requireFloat(index: 0)
    guard let depth = input.shape.last?.value else {
      throw ModelError(
        LayerProblem.badInput(index: 0, expected: "of rank 1 or more with a fixed last extent", found: input))
    }
    return (input, depth)
  }

  /// The drawn weights and biases.
  public func scratchSize(for inputs: [TensorType]) -> Int {
    guard let input = inputs.first, let shape = try? input.knownShape(), let depth = shape.dimensions.last,
      let weights = try? TensorType(input.dataType, [.known(depth), .known(units.value)]).knownShape()
    else { return 0 }
    guard let sizes = sizes(input.dataType, weights: weights.count) else { return .max }
    return sizes.weights + sizes.biases
  }

  /// The bytes of weights and biases, in whole cache lines; nil if they cannot be counted.
  private func sizes(_ type: DataType, weights: Int) -> (weights: Int, biases: Int)? {
    let limit = Int.max / 64
    guard weights < limit, units.value < limit else { return nil }
    return ((weights * type.byteSize + 63) & ~63, (units.value * type.byteSize + 63) & ~63)
  }

  /// One for each element of the output and each of its inner sum.
  public func multiplyAdds(for inputs: [TensorType]) -> Int? {
    Dense(units: units, useBias: useBias).multiplyAdds(for: inputs)
  }

  /// Draws the weights if the run has a seed; then the matrix product, and the bias.
  public func forward(_ values: borrowing LayerValues) {
    let output = values.outputs[0]
    let mean = values.parameters[0]
    let type = FloatType(output.dataType)
    var weights = values.address(of: mean)
    var biases = useBias ? values.address(of: values.parameters[2]) : nil
    if let sizes = sizes(output.dataType, weights: mean.shape.count), var random = values.random {
      // Scratch has room for both, one after the other.
      draw(values, 0, to: values.scratch, type, &random)
      weights = UnsafeRawPointer(values.scratch)
      if useBias {
        draw(values, 2, to: values.scratch + sizes.weights, type, &random)
        biases = UnsafeRawPointer(values.scratch + sizes.weights)
      }
    }
    MatrixProduct.run(
      type, rows: output.shape.count / units.value, columns: units.value, depth: mean.shape[0],
      a: values.address(of: values.inputs[0]), b: weights, bias: biases,
      result: values.mutableAddress(of: output))
  }

  private func draw(
    _ values: borrowing LayerValues, _ parameter: Int, to result: UnsafeMutableRawPointer, _ type: FloatType,
    _ random: inout RandomStream
  ) {
    switch type {
    case .f32: draw(values, parameter, to: result.assumingMemoryBound(to: Float.self), &random)
    case .f64: draw(values, parameter, to: result.assumingMemoryBound(to: Double.self), &random)
    }
  }

  private func draw<Scalar: RandomScalar & TensorScalar>(
    _ values: borrowing LayerValues, _ parameter: Int, to result: UnsafeMutablePointer<Scalar>,
    _ random: inout RandomStream
  ) {
    let mean = values.elements(of: values.parameters[parameter], as: Scalar.self)
    let deviation = values.elements(of: values.parameters[parameter + 1], as: Scalar.self)
    for index in 0..<mean.count { result[index] = mean[index] + deviation[index] * Scalar.normal(&random) }
  }
}
