public import NNFormat
import NNKernels

/// Inner products of two values along an axis of each, batch by batch: `y[b, i..., j...] = Σ_k x0[b, i..., k] * x1[b,
/// j..., k]`.
///
/// | value   | shape                 | notes                                                                |
/// |---------|-----------------------|----------------------------------------------------------------------|
/// | input 0 | `[batch, ...]`        | rank 2 or more, f32 or f64, depth along the first of `axes`          |
/// | input 1 | `[batch, ...]`        | rank 2 or more, the same element type, depth along the second        |
/// | output  | `[batch, i..., j...]` | the other extents of both in their order; `[batch, 1]` if none is left |
///
/// The axes are none of the batch. Inner products run as in `dense` (`spec/numerics.md`). With `normalize` each vector
/// along an axis is first multiplied by `min(1 / sqrt(s), 10000000)`, where `s` is the sum of its squares, added in
/// order.
///
/// - Source: Keras 3 and Keras 2 `Dot`; NumPy `np.einsum("bik,bjk->bij", x0, x1)`.
public struct Dot: Layer {
  /// `dot`
  public static let kind = "dot"
  /// The settings.
  public static let fields: [Field<Dot>] = [
    Field("axes", \.axes, "the axis of each input along which it runs; negative ones count from the last, which is -1"),
    Field("normalize", \.normalize, default: false, "whether the vectors are brought to length 1 first"),
  ]

  /// The axis of each input.
  public var axes: [Axis] = [-1, -1]
  /// Whether the vectors are brought to length 1 first.
  public var normalize = false

  /// The layer along the last axes.
  public init() {}

  /// The layer of the given settings.
  public init(axes: [Axis], normalize: Bool = false) {
    self.axes = axes
    self.normalize = normalize
  }

  /// The batch, and the other extents of both inputs.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    let (left, right) = try inputs.pairOfFloats(for: Self.kind)
    guard axes.count == 2 else {
      throw ModelError(
        LayerProblem.badSetting(reason: "it must name an axis of each of the two inputs, and names \(axes.count)"),
        at: .field("axes"))
    }
    try left.requireRank(2...Shape.maximumRank, index: 0)
    try right.requireRank(2...Shape.maximumRank, index: 1)
    let first = try [axes[0]].resolved(rank: left.rank, of: "input 0")[0]
    let second = try [axes[1]].resolved(rank: right.rank, of: "input 1")[0]
    guard first > 0, second > 0 else {
      throw ModelError(
        LayerProblem.badSetting(reason: "axis 0 is the batch, along which there are no products"), at: .field("axes"))
    }
    guard let batch = left.shape[0].unified(with: right.shape[0]),
      left.shape[first].unified(with: right.shape[second]) != nil
    else {
      throw ModelError(
        LayerProblem.badInput(
          index: 1,
          expected: "like input 0, \(left), in its batch and along axis \(second) as that along axis \(first)",
          found: right))
    }
    var rest = left.shape.enumerated().filter { $0.offset != 0 && $0.offset != first }.map(\.element)
    rest += right.shape.enumerated().filter { $0.offset != 0 && $0.offset != second }.map(\.element)
    return [try TensorType(left.dataType, [batch] + (rest.isEmpty ? [.known(1)] : rest)).countable()]
  }

  /// The extents, and where the parts of the scratch memory begin.
  private struct Layout {
    let type: FloatType
    let (batch, rows, columns, depth): (Int, Int, Int, Int)
    let left, right, end: Int

    init(_ dot: Dot, _ type: DataType, _ left: Shape, _ right: Shape) {
      self.type = FloatType(type)
      batch = left[0]
      let (first, second) = (dot.axes[0].number(rank: left.rank), dot.axes[1].number(rank: right.rank))
      depth = left[first]
      rows = left.count(of: 1..<first) * left.count(of: first + 1..<left.rank)
      columns = right.count(of: 1..<second) * right.count(of: second + 1..<right.rank)
      func aligned(_ size: Int) -> Int { (size + 63) & ~63 }
      self.left = aligned(StridedCopy.scratchSize)
      self.right = self.left + aligned(left.count * type.byteSize)
      end = self.right + aligned(right.count * type.byteSize)
    }
  }

  private func layout(for inputs: [TensorType]) -> Layout? {
    guard inputs.count == 2, let left = try? inputs[0].knownShape(), let right = try? inputs[1].knownShape(),
      (try? outputs(for: inputs)) != nil
    else { return nil }
    return Layout(self, inputs[0].dataType, left, right)
  }

  /// Room for both inputs as matrices.
  public func scratchSize(for inputs: [TensorType]) -> Int {
    // Beyond this the sum of the parts could overflow, and no memory holds them.
    let sizes = inputs.compactMap { (try? $0.knownShape())?.count }
    guard sizes.allSatisfy({ $0 <= Int.max / 64 }) else { return .max }
    return layout(for: inputs)?.end ?? 0
  }

  /// One for each element of the output and each of its inner sum.
  public func multiplyAdds(for inputs: [TensorType]) -> Int? {
    guard let layout = layout(for: inputs), let output = try? outputs(for: inputs).first?.knownShape() else {
      return nil
    }
    let (count, overflow) = output.count.multipliedReportingOverflow(by: layout.depth)
    return overflow ? nil : count
  }

  /// Brings the inputs into the form of matrices, and multiplies these.
  public func forward(_ values: borrowing LayerValues) {
    let (left, right, output) = (values.inputs[0], values.inputs[1], values.outputs[0])
    let layout = Layout(self, output.dataType, left.shape, right.shape)
    guard output.shape.count > 0 else { return }
    let a = values.scratch + layout.left
    let b = values.scratch + layout.right
    arrange(values, left, axis: axes[0], to: a, depthIsLast: true)
    arrange(values, right, axis: axes[1], to: b, depthIsLast: false)
    let (batch, rows, columns, depth) = (layout.batch, layout.rows, layout.columns, layout.depth)
    if normalize {
      switch layout.type {
      case .f32:
        shorten(values.crew, a.assumingMemoryBound(to: Float.self), batch * rows, depth, 1)
        shorten(values.crew, b.assumingMemoryBound(to: Float.self), batch, depth, columns)
      case .f64:
        shorten(values.crew, a.assumingMemoryBound(to: Double.self), batch * rows, depth, 1)
        shorten(values.crew, b.assumingMemoryBound(to: Double.self), batch, depth, columns)
      }
    }
    DividedProduct(type: layout.type, rows: rows, columns: columns, depth: depth).run(
      values.crew, count: batch, inputs: a, weights: ProductWeights(b, stride: columns),
      results: values.mutableAddress(of: output))
  }

  private func arrange(
    _ values: borrowing LayerValues, _ x: LayerValue, axis: Axis, to target: UnsafeMutableRawPointer, depthIsLast: Bool
  ) {
    let rank = x.shape.rank
    let number = axis.number(rank: rank)
    var copy = StridedCopy(scratch: values.scratch)
    copy.append(x.shape[0], stride: x.shape.count(of: 1..<rank))
    if !depthIsLast { copy.append(x.shape[number], stride: x.shape.count(of: number + 1..<rank)) }
    for other in 1..<rank where other != number {
      copy.append(x.shape[other], stride: x.shape.count(of: other + 1..<rank))
    }
    if depthIsLast { copy.append(x.shape[number], stride: x.shape.count(of: number + 1..<rank)) }
    copy.run(from: values.address(of: x), to: target, size: x.dataType.byteSize, on: values.crew)
  }

  /// Brings the vectors along the middle of `x[outer, depth, inner]` to length 1.
  private func shorten<Scalar: ComputingScalar>(
    _ crew: Crew, _ x: UnsafeMutablePointer<Scalar>, _ outer: Int, _ depth: Int, _ inner: Int
  ) {
    let vectors = ShortenedVectors(x: x, depth: depth, inner: inner)
    crew.divide(vectors, count: outer * inner, cost: (outer * inner).multipliedClamped(by: 4 * depth))
  }
}

/// Vectors along the middle of `x[outer, depth, inner]`.
private struct ShortenedVectors<Scalar: ComputingScalar>: DividedWork {
  let x: UnsafeMutablePointer<Scalar>
  let depth: Int
  let inner: Int

  func run(_ vectors: Range<Int>, part: Int) {
    for number in vectors {
      let vector = x + (number / inner * depth * inner + number % inner)
      var sum: Scalar = 0
      for index in 0..<depth {
        let square = vector[index * inner] * vector[index * inner]
        sum += square
      }
      let inverse = 1 / sum.squareRoot()
      let factor = inverse > 10_000_000 ? 10_000_000 : inverse
      for index in 0..<depth { vector[index * inner] *= factor }
    }
  }
}
