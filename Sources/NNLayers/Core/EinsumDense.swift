public import NNFormat
import NNKernels

/// A dense layer over any axes: sums of products of the input and a kernel, as an equation says, and a bias.
///
/// | value     | shape                             | notes                                                    |
/// |-----------|-----------------------------------|----------------------------------------------------------|
/// | input     | as the equation's first term      | f32 or f64                                               |
/// | output    | as the term behind the arrow      | same element type                                        |
/// | `weights` | as the equation's second term     | extents that are the kernel's alone from `output_shape`  |
/// | `biases`  | the extents that `bias_axes` names | in the output's order; absent where it names none       |
///
/// `output_shape` lists the output's extents behind the first, without those that `...` stands for; -1 stands for one that the input
/// has. Each element is an inner product over the letters that the output lacks, in row-major order as they stand in the kernel's
/// term (`spec/numerics.md`); the bias is added afterwards. Keras's bias has extents of 1 between named ones, which are dropped here.
/// Keras's `TimeDistributed` around a dense layer is `dense` itself, which works on the last axis of any rank.
///
/// - Source: Keras 3 and Keras 2 `EinsumDense` without activation; NumPy `np.einsum(equation, x, weights) + biases`.
public struct EinsumDense: Layer, ProductLayer {
  /// `einsum_dense`
  public static let kind = "einsum_dense"
  /// The settings.
  public static let fields: [Field<EinsumDense>] = [
    Field("equation", \.equation, "the letters of input, kernel and output: 'abc,cd->abd'"),
    Field(
      "output_shape", \.outputShape,
      "the output's extents behind the first, without those of '...'; -1 for one that the input has"),
    Field("bias_axes", \.biasAxes, default: [], "the letters of the output along which there is a bias"),
  ]

  /// The letters of input, kernel and output.
  public var equation = EinsumEquation.dense
  /// The output's extents behind the first, without those of `...`.
  public var outputShape: [Int] = []
  /// The letters along which there is a bias.
  public var biasAxes: EinsumLetters = []

  /// A layer over the last of two axes.
  public init() {}

  /// A layer of the given settings.
  public init(equation: EinsumEquation, outputShape: [Int], biasAxes: EinsumLetters = []) {
    self.equation = equation
    self.outputShape = outputShape
    self.biasAxes = biasAxes
  }

  /// `weights` and, where there is a bias, `biases`.
  public func parameters(for inputs: [TensorType]) throws(ModelError) -> [Parameter] {
    let extents = try checked(inputs)
    let type = inputs[0].dataType
    let weights = Parameter("weights", TensorType(type, equation.kernel.map { extents[$0] ?? .unknown }))
    let biases = biasLabels.map { extents[$0] ?? .unknown }
    return biases.isEmpty ? [weights] : [weights, Parameter("biases", TensorType(type, biases))]
  }

  /// The extents behind the arrow.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    let extents = try checked(inputs)
    var shape: [Dimension] = []
    for label in equation.output {
      if label == EinsumEquation.rest {
        shape += restExtents(inputs[0])
      } else {
        shape.append(extents[label] ?? .unknown)
      }
    }
    return [TensorType(inputs[0].dataType, shape)]
  }

  /// The letters of the bias, in the output's order.
  private var biasLabels: [UInt8] { equation.output.filter { biasAxes.contains($0) } }

  private func restExtents(_ input: TensorType) -> ArraySlice<Dimension> {
    guard let start = equation.input.firstIndex(of: EinsumEquation.rest) else { return [] }
    return input.shape[start..<start + input.rank - equation.input.count + 1]
  }

  private func checked(_ inputs: [TensorType]) throws(ModelError) -> [UInt8: Dimension] {
    let input = try inputs.single(for: Self.kind)
    try input.requireFloat(index: 0)
    let hasRest = equation.input.contains(EinsumEquation.rest)
    let rank = equation.input.count - (hasRest ? 1 : 0)
    guard hasRest ? input.rank >= rank : input.rank == rank else {
      throw ModelError(
        LayerProblem.badInput(index: 0, expected: "of rank \(rank)\(hasRest ? " or more" : "")", found: input))
    }
    var extents: [UInt8: Dimension] = [:]
    for (index, label) in equation.input.enumerated() where label != EinsumEquation.rest {
      let isBehind = (equation.input.firstIndex(of: EinsumEquation.rest) ?? .max) < index
      extents[label] = input.shape[isBehind ? input.rank - equation.input.count + index : index]
    }
    try addOutput(&extents)
    for label in equation.kernel + biasLabels where extents[label]?.value == nil {
      throw ModelError(
        LayerProblem.badInput(
          index: 0, expected: "of a fixed extent '\(letter(label))' of '\(equation.text)'", found: input))
    }
    if let wrong = biasAxes.labels.first(where: { $0 == EinsumEquation.rest || !equation.output.contains($0) }) {
      throw bad("the output of '\(equation.text)' has no letter '\(letter(wrong))'", "bias_axes")
    }
    return extents
  }

  private func addOutput(_ extents: inout [UInt8: Dimension]) throws(ModelError) {
    let labels = equation.output.dropFirst().filter { $0 != EinsumEquation.rest }
    guard labels.count == outputShape.count else {
      throw bad(
        "'\(equation.text)' needs the extents of \(labels.count) letters behind the first, found \(outputShape.count)",
        "output_shape")
    }
    for (label, extent) in zip(labels, outputShape) {
      if let known = extents[label] {
        guard extent == -1 || known.value == nil || known.value == extent, extent >= -1 else {
          throw bad("'\(letter(label))' is \(known) in the input, and \(extent) here", "output_shape")
        }
        if extent >= 0 { extents[label] = .known(extent) }
      } else {
        guard extent >= 0 else {
          throw bad("'\(letter(label))' is the kernel's alone and needs an extent, found \(extent)", "output_shape")
        }
        extents[label] = .known(extent)
      }
    }
  }

  private func letter(_ label: UInt8) -> String { String(decoding: [label], as: UTF8.self) }

  private func bad(_ reason: String, _ field: String) -> ModelError {
    ModelError(LayerProblem.badSetting(reason: reason), at: .field(field))
  }

  /// Input, kernel and output where their axes have another order than the matrix product wants.
  public func scratchSize(for inputs: [TensorType]) -> Int {
    guard let input = try? inputs.first?.knownShape(), let output = try? outputs(for: inputs)[0].knownShape(),
      let kernel = try? parameters(for: inputs)[0].type.knownShape()
    else { return 0 }
    return EinsumPlan(equation, input: input, kernel: kernel, output: output)
      .scratchSize(FloatType(inputs[0].dataType))
  }

  /// The weights, where the letters of the columns are the last ones.
  package func weights(for inputs: [TensorType]) -> [WeightMatrix] {
    guard equation.kernel.suffix(equation.columns.count).elementsEqual(equation.columns),
      let shape = try? parameters(for: inputs)[0].type.knownShape()
    else { return [] }
    let columns = shape.count(of: shape.rank - equation.columns.count..<shape.rank)
    return [WeightMatrix(0, columns: columns)]
  }

  /// One for each element of the output and each of its inner sum.
  public func multiplyAdds(for inputs: [TensorType]) -> Int? {
    guard let output = try? outputs(for: inputs)[0].knownShape(), let input = try? inputs[0].knownShape() else {
      return nil
    }
    let depth = EinsumTerm(labels: equation.input, shape: input).count(equation.depth)
    let (count, overflow) = output.count.multipliedReportingOverflow(by: depth)
    return overflow ? nil : count
  }

  /// The sums, and the bias.
  public func forward(_ values: borrowing LayerValues) {
    switch FloatType(values.inputs[0].dataType) {
    case .f32: run(values, Float.self)
    case .f64: run(values, Double.self)
    }
  }

  private func run<Scalar: ComputingScalar>(_ values: borrowing LayerValues, _ type: Scalar.Type) {
    let plan = EinsumPlan(
      equation, input: values.inputs[0].shape, kernel: values.parameters[0].shape, output: values.outputs[0].shape)
    let y = values.mutablePointer(to: values.outputs[0], as: type)
    plan.run(
      Scalar.floatType, values.address(of: values.inputs[0]),
      ProductWeights(values, values.parameters[0], computing: Scalar.floatType, stride: plan.columns), to: y,
      scratch: values.scratch, on: values.crew)
    guard values.parameters.count == 2 else { return }
    plan.addBias(values.pointer(to: values.parameters[1], as: type), named: biasAxes, to: y)
  }
}

extension EinsumEquation {
  /// The equation of a dense layer over the last axis of any rank.
  public static let dense = EinsumEquation(
    input: [rest, 97], kernel: [97, 98], output: [rest, 98], text: "...a,ab->...b")

  private init(input: [UInt8], kernel: [UInt8], output: [UInt8], text: String) {
    self.text = text
    self.input = input
    self.kernel = kernel
    self.output = output
    shared = []
    rows = [EinsumEquation.rest]
    depth = [97]
    columns = [98]
  }
}
