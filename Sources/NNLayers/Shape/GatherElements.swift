public import NNFormat

/// Takes one element for each index, the index standing on one axis: `y[p] = x[p with indices[p] on the axis]` for each position p.
///
/// | value            | shape          | notes                                                                |
/// |------------------|----------------|----------------------------------------------------------------------|
/// | input 0, data    | rank 1 or more | any element type                                                     |
/// | input 1, indices | same rank      | i32 or i64; no extent but that of the axis is larger than the data's |
/// | output           | as indices     | element type of the data                                             |
///
/// Negative indices count from the end of the axis. A run in which an index is outside of the axis fails.
///
/// - Source: ONNX `GatherElements` of opset 13; PyTorch `gather`; NumPy `np.take_along_axis(x, indices, axis)`; Keras 3
///   `keras.ops.take_along_axis`.
public struct GatherElements: Layer {
  /// `gather_elements`
  public static let kind = "gather_elements"
  /// The settings.
  public static let fields: [Field<GatherElements>] = [
    Field(
      "axis", \.axis, default: 0, "the axis on which the indices stand; negative ones count from the last, which is -1")
  ]

  /// The axis on which the indices stand.
  public var axis: Axis = 0

  /// The layer along the first axis.
  public init() {}

  /// The layer along the given axis.
  public init(axis: Axis) {
    self.axis = axis
  }

  /// The extents of the indices.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    let (data, indices) = try inputs.dataAndIndices(for: Self.kind)
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
    return [try TensorType(data.dataType, indices.shape).countable()]
  }

  /// Checks the indices, and copies an element for each.
  public func forward(_ values: borrowing LayerValues) throws(ModelError) {
    if values.inputs[1].dataType == .i32 {
      try run(values, Int32.self)
    } else {
      try run(values, Int64.self)
    }
  }

  private func run<Index: FixedWidthInteger & TensorScalar>(
    _ values: borrowing LayerValues, _ type: Index.Type
  ) throws(ModelError) {
    let (data, list) = (values.inputs[0], values.inputs[1])
    let axis = axis.index < 0 ? axis.index + data.shape.rank : axis.index
    let extent = data.shape[axis]
    for (place, index) in values.elements(of: list, as: type).enumerated() where Scatter.place(index, extent) == nil {
      throw Scatter.problem(index, extent, axis: axis, place, list.shape)
    }
    switch data.dataType.byteSize {
    case 1: gather(values, axis, type, UInt8.self)
    case 2: gather(values, axis, type, UInt16.self)
    case 4: gather(values, axis, type, UInt32.self)
    default: gather(values, axis, type, UInt64.self)
    }
  }

  /// Copies row by row of the last dimension.
  private func gather<Index: FixedWidthInteger & TensorScalar, Element: BitwiseCopyable>(
    _ values: borrowing LayerValues, _ axis: Int, _ type: Index.Type, _: Element.Type
  ) {
    let (data, list) = (values.inputs[0].shape, values.inputs[1].shape)
    guard list.count > 0 else { return }
    let indices = values.elements(of: values.inputs[1], as: type)
    let source = values.address(of: values.inputs[0]).assumingMemoryBound(to: Element.self)
    let target = values.mutableAddress(of: values.outputs[0]).assumingMemoryBound(to: Element.self)
    let (last, columns, extent) = (list.rank - 1, list[list.rank - 1], data[axis])
    let step = data.count(of: axis + 1..<data.rank)
    for row in 0..<list.count / columns {
      var (rest, stride, start) = (row, data[last], 0)
      for dimension in (0..<last).reversed() {
        if dimension != axis { start += rest % list[dimension] * stride }
        rest /= list[dimension]
        stride *= data[dimension]
      }
      for column in 0..<columns {
        let place = Scatter.place(indices[row * columns + column], extent) ?? 0
        target[row * columns + column] = source[start + place * step + (axis == last ? 0 : column)]
      }
    }
  }
}

extension [TensorType] {
  /// Demands data of any type and indices, each with a dimension.
  func dataAndIndices(for kind: String) throws(ModelError) -> (data: TensorType, indices: TensorType) {
    guard count == 2 else {
      throw ModelError(LayerProblem.inputCount(kind: kind, expected: "two inputs", found: count))
    }
    guard self[1].dataType == .i32 || self[1].dataType == .i64 else {
      throw ModelError(LayerProblem.badInput(index: 1, expected: "of i32 or i64", found: self[1]))
    }
    for index in 0..<2 { try self[index].requireRank(1...Shape.maximumRank, index: index) }
    return (self[0], self[1])
  }
}
