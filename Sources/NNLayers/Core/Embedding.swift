public import NNFormat
import NNKernels

/// Puts a row of a table in the place of each index: `y[..., :] = embeddings[x[...], :]`.
///
/// | value        | shape                     | notes                                     |
/// |--------------|---------------------------|-------------------------------------------|
/// | input        | any                       | integers of any type, 0 to `input_dim` - 1 |
/// | output       | input + `[output_dim]`    | elements of `dtype`                       |
/// | `embeddings` | `[input_dim, output_dim]` | elements of `dtype`                       |
///
/// An index beyond the table is an error that names it. Keras's `mask_zero` only makes a mask for other layers: a graph writes it
/// out, as a comparison of the indices with 0 that is an input of those layers.
///
/// - Source: Keras 3 and Keras 2 `Embedding`; ONNX `Gather` along axis 0 without negative indices; NumPy `embeddings[x]`.
public struct Embedding: Layer, ProductLayer {
  /// `embedding`
  public static let kind = "embedding"
  /// The settings.
  public static let fields: [Field<Embedding>] = [
    Field("input_dim", \.inputDim, "how many rows the table has"),
    Field("output_dim", \.outputDim, "how long a row is"),
    Field("dtype", \.dtype, default: .f32, "the element type of table and output"),
  ]

  /// How many rows the table has.
  public var inputDim: Positive = 1
  /// How long a row is.
  public var outputDim: Positive = 1
  /// The element type of table and output.
  public var dtype = FloatChoice.f32

  /// A table of one number.
  public init() {}

  /// A table of the given extents.
  public init(inputDim: Positive, outputDim: Positive, dtype: FloatChoice = .f32) {
    self.inputDim = inputDim
    self.outputDim = outputDim
    self.dtype = dtype
  }

  /// The table.
  public func parameters(for inputs: [TensorType]) throws(ModelError) -> [Parameter] {
    [Parameter("embeddings", TensorType(dtype.dataType, [.known(inputDim.value), .known(outputDim.value)]))]
  }

  /// The input's extents and a row's.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    let input = try inputs.single(for: Self.kind)
    try input.requireInteger(index: 0)
    return [TensorType(dtype.dataType, input.shape + [.known(outputDim.value)])]
  }

  /// The table: a row of it is a product with a vector that is 1 at the index, else 0.
  package func weights(for inputs: [TensorType]) -> [WeightMatrix] { [WeightMatrix(0, columns: outputDim.value)] }

  /// Copies the rows, or widens them.
  public func forward(_ values: borrowing LayerValues) throws(ModelError) {
    let indices = IntegerElements(values.inputs[0], in: values)
    try indices.require(below: inputDim.value, input: 0)
    let type = FloatType(dtype.dataType)
    let rows = RowsOfTable(
      indices: indices, type: type, columns: outputDim.value,
      table: ProductWeights(values, values.parameters[0], computing: type, stride: outputDim.value),
      result: values.mutableAddress(of: values.outputs[0]))
    values.crew.divide(
      rows, count: indices.count, cost: indices.count.multipliedClamped(by: outputDim.value * type.byteSize))
  }
}

/// The rows of a table that indices name, which were checked.
private struct RowsOfTable: DividedWork {
  let indices: IntegerElements
  let type: FloatType
  let columns: Int
  let table: ProductWeights
  let result: UnsafeMutableRawPointer

  func run(_ places: Range<Int>, part: Int) {
    for place in places {
      guard let row = indices[place] else { continue }
      let target = result + place * columns * type.byteSize
      let source = table.from(row: row, type).address
      switch table.stored {
      case .same: target.copyMemory(from: source, byteCount: columns * type.byteSize)
      case .f16: FloatCast.f16ToF32.run(from: source, to: target, count: columns)
      case .bf16: FloatCast.bf16ToF32.run(from: source, to: target, count: columns)
      case .i8: scale(source.assumingMemoryBound(to: Int8.self), to: target.assumingMemoryBound(to: Float.self))
      }
    }
  }

  private func scale(_ row: UnsafePointer<Int8>, to target: UnsafeMutablePointer<Float>) {
    guard let scales = table.scales?.assumingMemoryBound(to: Float.self) else { return }
    for column in 0..<columns { target[column] = Float(row[column]) * scales[column] }
  }
}
