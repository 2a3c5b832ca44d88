import NNFormat
import NNKernels

/// What a scattering layer does with an update and what is there already.
public enum ScatterReduction: String, FieldChoice {
  /// The update takes its place.
  case none
  case add, mul, max, min

  /// Joins `count` updates with the elements at `target`.
  func run(_ type: DataType, _ update: UnsafeRawPointer, into target: UnsafeMutableRawPointer, count: Int) {
    switch (self, type) {
    case (.none, _): target.copyMemory(from: update, byteCount: count * type.byteSize)
    case (.add, _): Addition.run(FloatType(type), target, update, to: target, count: count)
    case (_, .f32): join(update, into: target, count, Float.self)
    default: join(update, into: target, count, Double.self)
    }
  }

  private func join<Scalar: BinaryFloatingPoint>(
    _ update: UnsafeRawPointer, into target: UnsafeMutableRawPointer, _ count: Int, _: Scalar.Type
  ) {
    let updates = update.assumingMemoryBound(to: Scalar.self)
    let own = target.assumingMemoryBound(to: Scalar.self)
    for place in 0..<count {
      let (old, new) = (own[place], updates[place])
      own[place] =
        switch self {
        case .mul: old * new
        case .max: old > new || old.isNaN ? old : new
        case .min: old < new || old.isNaN ? old : new
        case .none, .add: new
        }
    }
  }
}

/// What the scattering layers have in common.
enum Scatter {
  /// Demands data, indices and updates, and data in which the reduction computes.
  static func checked(_ inputs: [TensorType], _ reduction: ScatterReduction, kind: String) throws(ModelError) {
    try GraphInputs.count(inputs, 3, "data, indices and updates", kind: kind)
    if reduction != .none { try inputs[0].requireFloat(index: 0) }
    guard inputs[0].rank >= 1 else {
      throw ModelError(LayerProblem.badInput(index: 0, expected: "of rank 1 or more", found: inputs[0]))
    }
    guard inputs[1].dataType == .i32 || inputs[1].dataType == .i64 else {
      throw ModelError(LayerProblem.badInput(index: 1, expected: "of i32 or i64", found: inputs[1]))
    }
  }

  /// Writes the data to the output, unless it lies there already.
  static func copyData(_ values: borrowing LayerValues) {
    let data = values.inputs[0]
    let target = values.mutableAddress(of: values.outputs[0])
    guard values.address(of: data) != UnsafeRawPointer(target) else { return }
    target.copyMemory(from: values.address(of: data), byteCount: data.shape.count * data.dataType.byteSize)
  }

  /// Where an index lies on an axis, counted from its beginning; nil if it lies beside it.
  @inline(__always)
  static func place(_ index: some FixedWidthInteger, _ extent: Int) -> Int? {
    guard let place = Int(exactly: index), place >= -extent, place < extent else { return nil }
    return place < 0 ? place + extent : place
  }

  /// What is wrong with an index, which is the element of the given number in the list.
  static func problem(
    _ index: some FixedWidthInteger, _ extent: Int, axis: Int, _ place: Int, _ list: Shape
  ) -> ModelError {
    var (rest, position) = (place, [Int](repeating: 0, count: list.rank))
    for dimension in stride(from: list.rank - 1, through: 0, by: -1) {
      position[dimension] = rest % list[dimension]
      rest /= list[dimension]
    }
    let expected =
      extent == 0 ? "an index of axis \(axis), which is empty" : "an index of axis \(axis), \(-extent) to \(extent - 1)"
    return ModelError(
      LayerProblem.badElement(input: 1, position: position, found: String(index), expected: expected))
  }
}
