public import NNFormat
import NNKernels

/// A layer that joins the rows of a value that have the same number: input 0 `[rows, ...]`, input 1 the rows' numbers `[rows]`.
public protocol SegmentLayer: Layer {
  /// What is made of the rows of one number.
  static var reduction: SegmentReduction { get }
  /// How many numbers there are, from 0.
  var numSegments: Positive { get }
}

/// What is made of rows of one number, taken in order.
public enum SegmentReduction: Sendable {
  /// +0, to which each row is added.
  case sum
  /// The sum, divided by the number of rows; 0 without rows.
  case mean
  /// The greatest of each column; -infinity without rows.
  case max
}

extension SegmentLayer {
  /// `[num_segments]` and the extents of a row.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    try GraphInputs.count(inputs, 2, "rows and their segments", kind: Self.kind)
    try inputs[0].requireFloat(index: 0)
    guard let rows = inputs[0].shape.first else {
      throw ModelError(LayerProblem.badInput(index: 0, expected: "of rank 1 or more", found: inputs[0]))
    }
    try GraphInputs.type(inputs, 1, [.i32, .i64], [rows])
    return [TensorType(inputs[0].dataType, [.known(numSegments.value)] + inputs[0].shape.dropFirst())]
  }

  /// A counter for each segment, where a mean is taken.
  public func scratchSize(for inputs: [TensorType]) -> Int {
    Self.reduction == .mean ? GraphMemory.product(numSegments.value, MemoryLayout<Int>.size) : 0
  }

  /// Checks the numbers, and takes row after row.
  public func forward(_ values: borrowing LayerValues) throws(ModelError) {
    let segments = values.inputs[1]
    if segments.dataType == .i32 {
      try run(values, values.elements(of: segments, as: Int32.self))
    } else {
      try run(values, values.elements(of: segments, as: Int64.self))
    }
  }

  private func run<Index: FixedWidthInteger>(
    _ values: borrowing LayerValues, _ segments: UnsafeBufferPointer<Index>
  ) throws(ModelError) {
    try GraphInputs.check(segments, below: numSegments.value, input: 1, of: "a segment") { [$0] }
    if values.inputs[0].dataType == .f32 {
      run(values, segments, Float.self)
    } else {
      run(values, segments, Double.self)
    }
  }

  private func run<Index: FixedWidthInteger, Scalar: TensorScalar & BinaryFloatingPoint>(
    _ values: borrowing LayerValues, _ segments: UnsafeBufferPointer<Index>, _: Scalar.Type
  ) {
    let y = values.mutableElements(of: values.outputs[0], as: Scalar.self)
    guard let result = y.baseAddress else { return }
    let columns = y.count / numSegments.value
    let x = values.address(of: values.inputs[0]).assumingMemoryBound(to: Scalar.self)
    y.update(repeating: Self.reduction == .max ? -.infinity : 0)
    for (row, segment) in segments.enumerated() {
      let own = x + row * columns
      let total = result + Int(segment) * columns
      if Self.reduction == .max {
        for column in 0..<columns where !(total[column] > own[column] || total[column].isNaN) {
          total[column] = own[column]
        }
      } else {
        Addition.run(FloatType(Scalar.dataType), total, own, to: total, count: columns)
      }
    }
    guard Self.reduction == .mean else { return }
    let counts = values.scratch.assumingMemoryBound(to: Int.self)
    counts.update(repeating: 0, count: numSegments.value)
    for segment in segments { counts[Int(segment)] += 1 }
    for segment in 0..<numSegments.value where counts[segment] > 0 {
      let count = Scalar(counts[segment])
      for column in 0..<columns { result[segment * columns + column] /= count }
    }
  }
}
