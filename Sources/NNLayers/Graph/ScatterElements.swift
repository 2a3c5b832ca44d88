public import NNFormat

/// Puts elements into a copy of a value: `y = x`, then `y[..., indices[i], ...] = updates[i]` for each i, the index standing on one axis.
///
/// | value            | shape          | notes                                                                              |
/// |------------------|----------------|------------------------------------------------------------------------------------|
/// | input 0, data    | rank 1 or more | any element type; f32 or f64 where `reduction` is not `none`                       |
/// | input 1, indices | same rank      | i32 or i64; no extent but that of the axis is larger than the data's               |
/// | input 2, updates | as indices     | element type of the data                                                           |
/// | output           | as data        | element type of the data                                                           |
///
/// Negative indices count from the end. Updates are taken in row-major order, so the last of several for one place wins, and sums and
/// products run in that order, beginning with the data: `add` and `mul` round each step, `max` and `min` are those of `spec/numerics.md`.
///
/// - Source: ONNX `ScatterElements` of opset 18 (where the order of updates for one place is left open), `Scatter` of opset 9; PyTorch
///   `scatter`, `scatter_reduce` with `include_self`.
public struct ScatterElements: Layer {
  /// `scatter_elements`
  public static let kind = "scatter_elements"
  /// The settings.
  public static let fields: [Field<ScatterElements>] = [
    Field(
      "axis", \.axis, default: 0, "the axis on which the indices stand; negative ones count from the last, which is -1"),
    Field("reduction", \.reduction, default: .none, "what becomes of an update and what is there already"),
  ]
  /// The output may lie where the data lies.
  public static let aliasing = Aliasing.inPlace

  /// The axis on which the indices stand.
  public var axis: Axis = 0
  /// What becomes of an update and what is there already.
  public var reduction = ScatterReduction.none

  /// The layer that replaces elements along the first axis.
  public init() {}

  /// A layer of the given settings.
  public init(axis: Axis, reduction: ScatterReduction = .none) {
    self.axis = axis
    self.reduction = reduction
  }

  /// The data's type.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    try Scatter.checked(inputs, reduction, kind: Self.kind)
    let (data, indices) = (inputs[0], inputs[1])
    let axis = try axis.resolved(rank: data.rank)
    let fits =
      indices.rank == data.rank
      && zip(indices.shape, data.shape).enumerated().allSatisfy { place, pair in
        guard place != axis, let own = pair.0.value, let most = pair.1.value else { return true }
        return own <= most
      }
    guard fits else {
      throw ModelError(
        LayerProblem.badInput(
          index: 1, expected: "of the rank of \(data), and no larger but for axis \(axis)", found: indices))
    }
    try GraphInputs.type(inputs, 2, [data.dataType], indices.shape)
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
    let indices = values.elements(of: list, as: Index.self)
    let axis = axis.index < 0 ? axis.index + data.shape.rank : axis.index
    let extent = data.shape[axis]
    for (place, index) in indices.enumerated() where Scatter.place(index, extent) == nil {
      throw Scatter.problem(index, extent, axis: axis, place, list.shape)
    }
    Scatter.copyData(values)
    let size = data.dataType.byteSize
    let updates = values.address(of: values.inputs[2])
    let target = values.mutableAddress(of: values.outputs[0])
    for (place, index) in indices.enumerated() {
      var (rest, step, offset) = (place, 1, 0)
      for dimension in stride(from: data.shape.rank - 1, through: 0, by: -1) {
        let own = rest % list.shape[dimension]
        rest /= list.shape[dimension]
        offset += step * (dimension == axis ? Scatter.place(index, extent) ?? 0 : own)
        step *= data.shape[dimension]
      }
      reduction.run(data.dataType, updates + place * size, into: target + offset * size, count: 1)
    }
  }
}
