public import NNFormat
import NNKernels

/// Takes elements by their index along an axis: `y[..., i, ...] = x[..., indices[i], ...]`.
///
/// | value     | shape                     | notes                                              |
/// |-----------|---------------------------|----------------------------------------------------|
/// | input 0   | `[a..., n, b...]`         | the data, any element type                         |
/// | input 1   | any, `[i...]`             | the indices, i32 or i64, from `-n` to `n - 1`      |
/// | output    | `[a..., i..., b...]`      | the data's element type                            |
///
/// Negative indices count from the end of the axis. A run in which an index is outside of the axis fails.
///
/// - Source: Keras 3 `keras.ops.take`; ONNX `Gather`; NumPy `np.take(x, indices, axis)`.
public struct Gather: Layer {
  /// `gather`
  public static let kind = "gather"
  /// The settings.
  public static let fields: [Field<Gather>] = [
    Field("axis", \.axis, default: 0, "the axis of the data; negative ones count from the last, which is -1")
  ]

  /// The axis of the data.
  public var axis: Axis = 0

  /// The layer along the first axis.
  public init() {}

  /// The layer along the given axis.
  public init(axis: Axis) {
    self.axis = axis
  }

  /// The data's extents with those of the indices in the place of the axis.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    guard inputs.count == 2 else {
      throw ModelError(LayerProblem.inputCount(kind: Self.kind, expected: "two inputs", found: inputs.count))
    }
    let (data, indices) = (inputs[0], inputs[1])
    let axis = try axis.resolved(rank: data.rank)
    guard indices.dataType == .i32 || indices.dataType == .i64 else {
      throw ModelError(LayerProblem.badInput(index: 1, expected: "of i32 or i64", found: indices))
    }
    let shape = data.shape[..<axis] + indices.shape + data.shape[(axis + 1)...]
    return [try TensorType(data.dataType, Array(shape)).countable()]
  }

  /// Copies a run for each index.
  public func forward(_ values: borrowing LayerValues) throws(ModelError) {
    let indices = values.inputs[1]
    if indices.dataType == .i32 {
      try gather(values, values.elements(of: indices, as: Int32.self))
    } else {
      try gather(values, values.elements(of: indices, as: Int64.self))
    }
  }

  private func gather<Index: FixedWidthInteger>(
    _ values: borrowing LayerValues, _ indices: UnsafeBufferPointer<Index>
  ) throws(ModelError) {
    let x = values.inputs[0]
    let (outer, extent, inner) = axis.split(x.shape)
    for (place, index) in indices.enumerated() where index < -extent || index >= extent {
      throw ModelError(
        LayerProblem.badElement(
          input: 1, position: values.inputs[1].shape.position(of: place), found: "\(index)",
          expected: extent == 0 ? "absent, since axis \(axis.index) is empty" : "from \(-extent) to \(extent - 1)"))
    }
    let run = inner * x.dataType.byteSize
    let runs = GatheredRuns(
      indices: indices, extent: extent, size: run, source: values.address(of: x),
      target: values.mutableAddress(of: values.outputs[0]))
    // The product is that of the output's extents.
    values.crew.divide(runs, count: outer * indices.count, cost: outer * indices.count * run)
  }
}

/// The runs of elements that indices name, which were checked, in each position on the axes before.
private struct GatheredRuns<Index: FixedWidthInteger>: DividedWork {
  let indices: UnsafeBufferPointer<Index>
  let extent: Int
  let size: Int
  let source: UnsafeRawPointer
  let target: UnsafeMutableRawPointer

  func run(_ runs: Range<Int>, part: Int) {
    guard !runs.isEmpty else { return }
    var (row, number) = runs.lowerBound.quotientAndRemainder(dividingBy: indices.count)
    for run in runs {
      let index = Int(indices[number])
      let place = row * extent + (index < 0 ? index + extent : index)
      (target + run * size).copyMemory(from: source + place * size, byteCount: size)
      number += 1
      if number == indices.count { (row, number) = (row + 1, 0) }
    }
  }
}
