import NNFormat

extension [TensorType] {
  /// The type to which the inputs of a kind broadcast, all of one element type.
  ///
  /// - Parameter isPair: whether the kind takes two inputs and no more.
  func broadcast(for kind: String, isPair: Bool) throws(ModelError) -> TensorType {
    guard var output = first, count >= 2, count == 2 || !isPair else {
      throw ModelError(
        LayerProblem.inputCount(kind: kind, expected: isPair ? "two inputs" : "two inputs or more", found: count))
    }
    for (index, input) in enumerated().dropFirst() {
      guard input.dataType == output.dataType, let shape = Broadcast.shape(of: output.shape, input.shape) else {
        throw ModelError(
          LayerProblem.badInput(index: index, expected: "of a type that broadcasts with \(output)", found: input))
      }
      output.shape = shape
    }
    return try output.countable()
  }
}

/// A layer that combines two inputs or more, f32 or f64, element by element under broadcasting.
protocol MergingLayer: Layer {
  /// Whether it takes two inputs and no more.
  static var isPair: Bool { get }
}

extension MergingLayer {
  /// The output may lie where the first input lies.
  public static var aliasing: Aliasing { .inPlace }

  /// The shape to which the inputs broadcast.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    let output = try inputs.broadcast(for: Self.kind, isPair: Self.isPair)
    try output.requireFloat(index: 0)
    return [output]
  }

  /// Combines the first two inputs, and the result with each further one in turn.
  @inline(__always)
  func merge(
    _ values: borrowing LayerValues, _ single: (Float, Float) -> Float, _ double: (Double, Double) -> Double
  ) {
    if values.outputs[0].dataType == .f32 {
      mergeElements(values, as: Float.self, single)
    } else {
      mergeElements(values, as: Double.self, double)
    }
  }
}

/// Combines the first two inputs, and the result with each further one in turn.
@inline(__always)
func mergeElements<Element: BitwiseCopyable>(
  _ values: borrowing LayerValues, as type: Element.Type, _ combine: (Element, Element) -> Element
) {
  let output = values.outputs[0]
  let result = values.mutableAddress(of: output).assumingMemoryBound(to: type)
  let to = BroadcastWalk.Operand(output.shape)
  for index in 1..<values.inputs.count {
    let left = values.inputs[0]
    let right = values.inputs[index]
    let a = index == 1 ? values.address(of: left).assumingMemoryBound(to: type) : UnsafePointer(result)
    let b = values.address(of: right).assumingMemoryBound(to: type)
    let first = index == 1 ? BroadcastWalk.Operand(left.shape) : to
    BroadcastWalk(first, BroadcastWalk.Operand(right.shape), to: to).forEachRow { row in
      combineRow(row, a, b, result, combine)
    }
  }
}

/// Combines a stretch of two operands; the result may be the memory of the first where that has the result's shape.
@inline(__always)
func combineRow<Element: BitwiseCopyable, Result: BitwiseCopyable>(
  _ row: BroadcastWalk.Row, _ a: UnsafePointer<Element>, _ b: UnsafePointer<Element>,
  _ result: UnsafeMutablePointer<Result>, _ combine: (Element, Element) -> Result
) {
  guard row.count > 0 else { return }
  let a = a + row.places.0
  let b = b + row.places.1
  let result = result + row.to
  switch (row.steps.0, row.steps.1) {
  case (1, 1): for index in 0..<row.count { result[index] = combine(a[index], b[index]) }
  case (_, 1):
    let left = a[0]
    for index in 0..<row.count { result[index] = combine(left, b[index]) }
  case (1, _):
    let right = b[0]
    for index in 0..<row.count { result[index] = combine(a[index], right) }
  default:
    let both = combine(a[0], b[0])
    for index in 0..<row.count { result[index] = both }
  }
}
