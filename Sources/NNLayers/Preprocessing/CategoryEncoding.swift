public import NNFormat
import NNKernels

/// Writes categories as vectors of one number a category.
///
/// | value  | shape                                   | notes                                                     |
/// |--------|-----------------------------------------|-----------------------------------------------------------|
/// | input  | any for one_hot, else rank 1 or more    | integers of any type, 0 to `num_tokens` - 1               |
/// | weights | the input's                            | elements of `dtype`; for count only, may be left out      |
/// | output | one_hot: input + `[num_tokens]`         | elements of `dtype`; 1 at the category, else 0            |
/// | output | multi_hot: input without its last extent + `[num_tokens]` | 1 for each category that is among the last axis, else 0 |
/// | output | count: the same                         | how often each category is among the last axis, or the sum of its weights |
///
/// Keras's one_hot drops a last extent of 1 first; a graph writes that out, as `reshape`. A category beyond the last is an error that
/// names it. Weights are added in order, beginning with 0.
///
/// - Source: Keras 3 and Keras 2 `CategoryEncoding`; ONNX `OneHot` with values 0 and 1 along the last axis.
public struct CategoryEncoding: Layer {
  /// `category_encoding`
  public static let kind = "category_encoding"
  /// The settings.
  public static let fields: [Field<CategoryEncoding>] = [
    Field("num_tokens", \.numTokens, "how many categories there are"),
    Field("output_mode", \.outputMode, default: .multiHot, "what is written for a category"),
    Field("dtype", \.dtype, default: .f32, "the element type of the output"),
  ]

  /// What is written for a category.
  public enum OutputMode: String, FieldChoice {
    /// A vector for each category.
    case oneHot = "one_hot"
    /// A vector for each row, with ones at its categories.
    case multiHot = "multi_hot"
    /// A vector for each row, with the number of each category.
    case count
  }

  /// How many categories there are.
  public var numTokens: Positive = 1
  /// What is written for a category.
  public var outputMode = OutputMode.multiHot
  /// The element type of the output.
  public var dtype = FloatChoice.f32

  /// A layer of one category.
  public init() {}

  /// A layer of the given settings.
  public init(numTokens: Positive, outputMode: OutputMode = .multiHot, dtype: FloatChoice = .f32) {
    self.numTokens = numTokens
    self.outputMode = outputMode
    self.dtype = dtype
  }

  /// The input's extents, for rows without the last, and the number of categories.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    guard let input = inputs.first, inputs.count == 1 || inputs.count == 2 && outputMode == .count else {
      throw ModelError(
        LayerProblem.inputCount(
          kind: Self.kind, expected: outputMode == .count ? "one input, and weights" : "one input",
          found: inputs.count))
    }
    try input.requireInteger(index: 0)
    guard outputMode == .oneHot || input.rank > 0 else {
      throw ModelError(LayerProblem.badInput(index: 0, expected: "of rank 1 or more", found: input))
    }
    if inputs.count == 2 {
      guard inputs[1].dataType == dtype.dataType, TensorType.agree(inputs[1].shape, input.shape) else {
        throw ModelError(
          LayerProblem.badInput(
            index: 1, expected: "\(TensorType(dtype.dataType, input.shape))", found: inputs[1]))
      }
    }
    let leading = outputMode == .oneHot ? input.shape : Array(input.shape.dropLast())
    return [TensorType(dtype.dataType, leading + [.known(numTokens.value)])]
  }

  /// The vectors.
  public func forward(_ values: borrowing LayerValues) throws(ModelError) {
    try IntegerElements(values.inputs[0], in: values).require(below: numTokens.value, input: 0)
    switch dtype {
    case .f32: run(values, Float.self)
    case .f64: run(values, Double.self)
    }
  }

  private func run<Scalar: ComputingScalar>(_ values: borrowing LayerValues, _ type: Scalar.Type) {
    let output = values.outputs[0]
    let categories = IntegerElements(values.inputs[0], in: values)
    let weights = values.inputs.count == 2 ? values.pointer(to: values.inputs[1], as: type) : nil
    let y = values.mutablePointer(to: output, as: type)
    y.update(repeating: 0, count: output.shape.count)
    let shape = values.inputs[0].shape
    let width = outputMode == .oneHot ? 1 : shape[shape.rank - 1]
    guard width > 0 else { return }
    for index in 0..<categories.count {
      guard let category = categories[index] else { continue }
      let place = index / width * numTokens.value + category
      y[place] = outputMode == .count ? y[place] + (weights.map { $0[index] } ?? 1) : 1
    }
  }
}
