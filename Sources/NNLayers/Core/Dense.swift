public import NNFormat
import NNKernels

/// A fully connected layer: `y = x · weights + biases`.
///
/// | value     | shape          | notes                              |
/// |-----------|----------------|------------------------------------|
/// | input     | `[..., in]`    | rank 1 or more, f32 or f64         |
/// | output    | `[..., units]` | same element type                  |
/// | `weights` | `[in, units]`  |                                    |
/// | `biases`  | `[units]`      | absent where `use_bias` is false   |
///
/// Each element is a chain of fused multiply-adds over `in`, ascending, in runs of 256 (`spec/numerics.md`); the bias is added
/// afterwards, rounded on its own.
///
/// - Source: Keras 3 `keras.layers.Dense` without activation; NumPy `np.dot(x, weights) + biases`; ONNX `Gemm`, `MatMul`.
public struct Dense: Layer, FusingProductLayer {
  /// `dense`
  public static let kind = "dense"
  /// The settings.
  public static let fields: [Field<Dense>] = [
    Field("units", \.units, "the extent of the output's last dimension"),
    Field("use_bias", \.useBias, default: true, "whether `biases` are added"),
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

  /// `weights` and, where there is a bias, `biases`.
  public func parameters(for inputs: [TensorType]) throws(ModelError) -> [Parameter] {
    let (input, depth) = try checked(inputs)
    let weights = Parameter("weights", TensorType(input.dataType, [.known(depth), .known(units.value)]))
    let biases = Parameter("biases", TensorType(input.dataType, [.known(units.value)]))
    return useBias ? [weights, biases] : [weights]
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

  /// One for each element of the output and each of its inner sum.
  public func multiplyAdds(for inputs: [TensorType]) -> Int? {
    guard let product = product(for: inputs) else { return nil }
    let (inner, innerOverflow) = product.rows.multipliedReportingOverflow(by: product.depth)
    let (count, overflow) = inner.multipliedReportingOverflow(by: units.value)
    return innerOverflow || overflow ? nil : count
  }

  private func product(for inputs: [TensorType]) -> (type: DataType, rows: Int, depth: Int)? {
    guard let input = inputs.first, let depth = input.shape.last?.value,
      let rows = try? TensorType(input.dataType, Array(input.shape.dropLast())).knownShape()
    else { return nil }
    return (input.dataType, rows.count, depth)
  }

  /// The first parameter.
  package func weights(for inputs: [TensorType]) -> [WeightMatrix] {
    [WeightMatrix(0, columns: units.value, rows: product(for: inputs)?.rows)]
  }

  /// The matrix product, and the bias.
  public func forward(_ values: borrowing LayerValues) {
    let (output, weights) = (values.outputs[0], values.parameters[0])
    let rows = output.shape.count / units.value
    let product = DividedProduct(
      type: FloatType(output.dataType), rows: rows, columns: units.value, depth: weights.shape[0])
    let bias = useBias ? values.address(of: values.parameters[1]) : nil
    values.withSteps(columns: units.value) { steps in
      product.run(
        values, input: values.address(of: values.inputs[0]), weights: weights, bias: bias, steps: steps,
        result: values.mutableAddress(of: output))
    }
  }
}
