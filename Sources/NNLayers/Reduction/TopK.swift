public import NNFormat
import NNKernels

/// The `k` greatest elements along an axis, greatest first, and their indices.
///
/// | value      | shape            | notes                       |
/// |------------|------------------|-----------------------------|
/// | input      | rank 1 or more   | f32 or f64                  |
/// | output 0   | `k` at the axis  | the elements, same type     |
/// | output 1   | `k` at the axis  | their indices, i64          |
///
/// With `largest` false it is the least elements, least first. Equal elements come by their index, lower ones first; -0
/// equals +0. A NaN is greater than any number, and the sign and payload of one do not matter.
///
/// - Source: ONNX `TopK` with `sorted` 1; Keras 3 `keras.ops.top_k`; NumPy `np.argsort(-x, kind="stable")[:k]`.
public struct TopK: ThreadedLayer {
  /// `top_k`
  public static let kind = "top_k"
  /// The settings.
  public static let fields: [Field<TopK>] = [
    Field("k", \.k, "how many elements are taken"),
    Field("axis", \.axis, default: -1, "the axis along which it looks; negative ones count from the last, which is -1"),
    Field("largest", \.largest, default: true, "whether the greatest elements are taken; else the least"),
  ]

  /// How many elements are taken.
  public var k: NonNegative = 1
  /// The axis along which it looks.
  public var axis: Axis = -1
  /// Whether the greatest elements are taken.
  public var largest = true

  /// The layer of the greatest element along the last axis.
  public init() {}

  /// The layer of the given settings.
  public init(k: NonNegative, axis: Axis = -1, largest: Bool = true) {
    self.k = k
    self.axis = axis
    self.largest = largest
  }

  /// The elements and their indices, with `k` at the axis.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    let input = try inputs.single(for: Self.kind)
    try input.requireFloat(index: 0)
    let axis = try axis.resolved(rank: input.rank)
    if let extent = input.shape[axis].value, k.value > extent {
      throw ModelError(
        LayerProblem.badSetting(reason: "\(k.value) elements cannot be taken from axis \(axis), which has \(extent)"),
        at: .field("k"))
    }
    var shape = input.shape
    shape[axis] = .known(k.value)
    return [try TensorType(input.dataType, shape).countable(), try TensorType(.i64, shape).countable()]
  }

  /// With one thread.
  public func scratchSize(for inputs: [TensorType]) -> Int { scratchSize(for: inputs, threads: 1) }

  /// Room for the indices of the elements that are taken, for each thread.
  package func scratchSize(for inputs: [TensorType], threads: Int) -> Int {
    guard (try? outputs(for: inputs)) != nil, (try? inputs.first?.knownShape()) != nil else { return 0 }
    return heapSize.multipliedClamped(by: max(1, threads)).multipliedClamped(by: MemoryLayout<Int>.size)
  }

  /// The indices of one heap, rounded up so that no two threads share a cache line.
  private var heapSize: Int { k.value > Int.max - 7 ? .max : (k.value + 7) & ~7 }

  /// Keeps a heap of the elements to be taken, the last of them on top, and empties it from the end.
  public func forward(_ values: borrowing LayerValues) {
    if values.inputs[0].dataType == .f32 { run(values, Float.self) } else { run(values, Double.self) }
  }

  private func run<Scalar: ComputingScalar>(_ values: borrowing LayerValues, _ type: Scalar.Type) {
    let (outer, extent, inner) = axis.split(values.inputs[0].shape)
    guard k.value > 0 else { return }
    let lines = GreatestOfLines(
      x: values.pointer(to: values.inputs[0], as: type),
      elements: values.mutablePointer(to: values.outputs[0], as: type),
      indices: values.mutableAddress(of: values.outputs[1]).assumingMemoryBound(to: Int64.self),
      heaps: values.scratch.assumingMemoryBound(to: Int.self), heapSize: heapSize, extent: extent, inner: inner,
      taken: k.value, largest: largest)
    // About what it takes to compare an element with the last one taken.
    let cost = values.inputs[0].shape.count.multipliedClamped(by: 4)
    values.crew.divide(lines, count: outer * inner, cost: cost, partsPerThread: 1)
  }
}

/// The lines along the axis, each with the heap of the part that it belongs to.
private struct GreatestOfLines<Scalar: ComputingScalar>: DividedWork {
  let x: UnsafePointer<Scalar>
  let elements: UnsafeMutablePointer<Scalar>
  let indices: UnsafeMutablePointer<Int64>
  let heaps: UnsafeMutablePointer<Int>
  let heapSize: Int
  let extent: Int
  let inner: Int
  let taken: Int
  let largest: Bool

  func run(_ lines: Range<Int>, part: Int) {
    for line in lines { take(row: line / inner, column: line % inner, heaps + part * heapSize) }
  }

  private func take(row: Int, column: Int, _ heap: UnsafeMutablePointer<Int>) {
    let first = row * extent * inner + column
    func isBefore(_ left: Int, _ right: Int) -> Bool {
      comes(x[first + left * inner], left, before: x[first + right * inner], right)
    }
    for index in 0..<taken { heap[index] = index }
    for root in (0..<taken / 2).reversed() { sift(heap, root, taken, isBefore) }
    for index in taken..<extent where isBefore(index, heap[0]) {
      heap[0] = index
      sift(heap, 0, taken, isBefore)
    }
    for rank in (0..<taken).reversed() {
      let index = heap[0]
      let place = (row * taken + rank) * inner + column
      elements[place] = x[first + index * inner]
      indices[place] = Int64(index)
      heap[0] = heap[rank]
      sift(heap, 0, rank, isBefore)
    }
  }

  /// Whether an element is taken before another one.
  @inline(__always)
  private func comes(_ left: Scalar, _ leftIndex: Int, before right: Scalar, _ rightIndex: Int) -> Bool {
    if left == right || left.isNaN && right.isNaN { return leftIndex < rightIndex }
    return (left > right || left.isNaN) == largest
  }

  /// Brings the entry at `root` down to where those below come before it.
  @inline(__always)
  private func sift(
    _ heap: UnsafeMutablePointer<Int>, _ root: Int, _ count: Int, _ isBefore: (Int, Int) -> Bool
  ) {
    var root = root
    while 2 * root + 1 < count {
      var child = 2 * root + 1
      if child + 1 < count, isBefore(heap[child], heap[child + 1]) { child += 1 }
      guard isBefore(heap[root], heap[child]) else { return }
      let moved = heap[root]
      heap[root] = heap[child]
      heap[child] = moved
      root = child
    }
  }
}
