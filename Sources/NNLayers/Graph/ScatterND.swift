public import NNFormat

/// Puts slices into a copy of a value: `y = x`, then `y[indices[i]] = updates[i]` for each i, where `indices[i]` begins a position.
///
/// | value            | shape               | notes                                                                         |
/// |------------------|---------------------|-------------------------------------------------------------------------------|
/// | input 0, data    | `[d0, d1, ...]`     | rank r of 1 or more, any element type; f32 or f64 where `reduction` is not `none` |
/// | input 1, indices | `[..., k]`          | i32 or i64; a fixed k from 0 to r                                             |
/// | input 2, updates | `[..., dk, ...]`    | the leading extents of the indices, the last r - k of the data, its element type |
/// | output           | as data             | element type of the data                                                      |
///
/// Negative indices count from the end. Updates are taken in order, so the last of several for one place wins, and sums and products run
/// in that order, beginning with the data: `add` and `mul` round each step, `max` and `min` are those of `spec/numerics.md`.
///
/// - Source: ONNX `ScatterND` of opset 18 (where the order of updates for one place is left open); TensorFlow `tf.tensor_scatter_nd_update`
///   and its like; Keras 3 `keras.ops.scatter_update`, and `keras.ops.scatter` with `add` on zeros.
public struct ScatterND: Layer {
  /// `scatter_nd`
  public static let kind = "scatter_nd"
  /// The settings.
  public static let fields: [Field<ScatterND>] = [
    Field("reduction", \.reduction, default: .none, "what becomes of an update and what is there already")
  ]
  /// The output may lie where the data lies.
  public static let aliasing = Aliasing.inPlace

  /// What becomes of an update and what is there already.
  public var reduction = ScatterReduction.none

  /// The layer that replaces slices.
  public init() {}

  /// A layer of the given reduction.
  public init(reduction: ScatterReduction) {
    self.reduction = reduction
  }

  /// The data's type.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    try Scatter.checked(inputs, reduction, kind: Self.kind)
    let (data, indices) = (inputs[0], inputs[1])
    guard let depth = indices.shape.last?.value, depth <= data.rank else {
      throw ModelError(
        LayerProblem.badInput(
          index: 1, expected: "of rank 1 or more with a fixed last extent of at most \(data.rank)", found: indices))
    }
    try GraphInputs.type(inputs, 2, [data.dataType], indices.shape.dropLast() + data.shape.dropFirst(depth))
    return [data]
  }

  /// Checks the indices, and takes update after update.
  public func forward(_ values: borrowing LayerValues) throws(ModelError) {
    if values.inputs[1].dataType == .i32 {
      try run(values, Int32.self)
    } else {
      try run(values, Int64.self)
    }
  }

  private func run<Index: FixedWidthInteger & TensorScalar>(
    _ values: borrowing LayerValues, _: Index.Type
  ) throws(ModelError) {
    let (data, list) = (values.inputs[0], values.inputs[1])
    let depth = list.shape[list.shape.rank - 1]
    let indices = values.elements(of: list, as: Index.self)
    for (place, index) in indices.enumerated() where Scatter.place(index, data.shape[place % depth]) == nil {
      throw Scatter.problem(
        index, data.shape[place % depth], axis: place % depth, place, list.shape)
    }
    Scatter.copyData(values)
    let count = data.shape.count(of: depth..<data.shape.rank)
    // Without elements there may be any number of updates.
    guard count > 0 else { return }
    let size = data.dataType.byteSize
    let updates = values.address(of: values.inputs[2])
    let target = values.mutableAddress(of: values.outputs[0])
    for update in 0..<list.shape.count(of: 0..<list.shape.rank - 1) {
      var offset = 0
      for axis in 0..<depth {
        offset = offset * data.shape[axis] + (Scatter.place(indices[update * depth + axis], data.shape[axis]) ?? 0)
      }
      reduction.run(
        data.dataType, updates + update * count * size, into: target + offset * count * size, count: count)
    }
  }
}
