public import NNFormat
import NNKernels

/// The product of matrices: `y = x0 · x1`.
///
/// | value   | shape                     | notes                                                    |
/// |---------|---------------------------|----------------------------------------------------------|
/// | input 0 | `[batch..., rows, depth]` | rank 1 or more, f32 or f64                               |
/// | input 1 | `[batch..., depth, columns]` | rank 1 or more, the same element type                 |
/// | output  | `[batch..., rows, columns]` | same element type                                      |
///
/// As in NumPy the dimensions before the last two broadcast; an input of rank 1 is a row on the left and a column on the right,
/// and the output lacks that dimension. Inner products run as in `dense` (`spec/numerics.md`).
///
/// - Source: ONNX `MatMul`; NumPy `np.matmul`; Keras 3 `keras.ops.matmul`.
public struct MatMul: Layer {
  /// `matmul`
  public static let kind = "matmul"

  /// The layer, which has no settings.
  public init() {}

  /// The broadcast batch, the rows of the one and the columns of the other.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    let (left, right) = try inputs.pairOfFloats(for: Self.kind)
    try left.requireRank(1...Shape.maximumRank, index: 0)
    try right.requireRank(1...Shape.maximumRank, index: 1)
    let rows = left.shape.dropLast().suffix(1)
    let columns = right.rank == 1 ? [] : right.shape.suffix(1)
    let depth = right.shape[max(right.rank - 2, 0)]
    guard left.shape[left.rank - 1].unified(with: depth) != nil,
      let batch = Broadcast.shape(of: Array(left.shape.dropLast(2)), Array(right.shape.dropLast(2)))
    else {
      throw ModelError(
        LayerProblem.badInput(index: 1, expected: "of extents that a product of \(left) with it needs", found: right))
    }
    return [try TensorType(left.dataType, batch + rows + columns).countable()]
  }

  /// One for each element of the output and each of its inner sum.
  public func multiplyAdds(for inputs: [TensorType]) -> Int? {
    guard let size = size(of: inputs), let output = try? outputs(for: inputs).first?.knownShape() else { return nil }
    let (count, overflow) = output.count.multipliedReportingOverflow(by: size.depth)
    return overflow ? nil : count
  }

  private func size(of inputs: [TensorType]) -> (rows: Int, columns: Int, depth: Int)? {
    guard inputs.count == 2, let left = try? inputs[0].knownShape(), let right = try? inputs[1].knownShape() else {
      return nil
    }
    return MatMul.size(left, right)
  }

  /// The extents of one product; all rows of a batch are one matrix where they share the right matrix.
  private static func size(_ left: Shape, _ right: Shape) -> (rows: Int, columns: Int, depth: Int) {
    let first = right.rank <= 2 ? 0 : max(left.rank - 2, 0)
    return (
      left.count(of: first..<left.rank - 1), right.rank == 1 ? 1 : right[right.rank - 1], left[left.rank - 1]
    )
  }

  /// A product for each matrix of the batch, or one for all where they share the right matrix.
  public func forward(_ values: borrowing LayerValues) {
    let (left, right, output) = (values.inputs[0], values.inputs[1], values.outputs[0])
    let type = FloatType(output.dataType)
    let (rows, columns, depth) = MatMul.size(left.shape, right.shape)
    let a = values.address(of: left)
    let y = values.mutableAddress(of: output)
    let batch = BroadcastWalk.Operand(output.shape, droppingLast: left.shape.rank > 1 ? 2 : 1)
    let count = right.shape.rank > 2 ? output.shape.count(of: 0..<batch.rank) : 1
    guard output.shape.count > 0 else { return }
    guard count > 1 else {
      return DividedProduct(type: type, rows: rows, columns: columns, depth: depth).run(
        values, input: a, weights: right, bias: nil, result: y)
    }
    let products = BatchOfProducts(
      type: type, rows: rows, columns: columns, depth: depth, a: a, b: values.address(of: right), y: y,
      walk: BroadcastWalk(
        BroadcastWalk.Operand(left.shape, droppingLast: 2), BroadcastWalk.Operand(right.shape, droppingLast: 2),
        to: batch))
    values.crew.divide(
      products, count: count, cost: output.shape.count.multipliedClamped(by: depth))
  }
}

/// A product for each matrix of a batch.
private struct BatchOfProducts: DividedWork {
  let type: FloatType
  let rows: Int
  let columns: Int
  let depth: Int
  let a: UnsafeRawPointer
  let b: UnsafeRawPointer
  let y: UnsafeMutableRawPointer
  let walk: BroadcastWalk

  func run(_ products: Range<Int>, part: Int) {
    let size = type.byteSize
    for product in products {
      let places = walk.places(of: product)
      MatrixProduct.run(
        type, rows: rows, columns: columns, depth: depth, a: a + places.0 * rows * depth * size,
        b: b + places.1 * depth * columns * size, result: y + product * rows * columns * size)
    }
  }
}

extension [TensorType] {
  /// Two inputs of one element type, f32 or f64.
  func pairOfFloats(for kind: String) throws(ModelError) -> (TensorType, TensorType) {
    guard count == 2 else {
      throw ModelError(LayerProblem.inputCount(kind: kind, expected: "two inputs", found: count))
    }
    try self[0].requireFloat(index: 0)
    guard self[1].dataType == self[0].dataType else {
      throw ModelError(
        LayerProblem.badInput(index: 1, expected: "of \(self[0].dataType.rawValue), as input 0", found: self[1]))
    }
    return (self[0], self[1])
  }
}
