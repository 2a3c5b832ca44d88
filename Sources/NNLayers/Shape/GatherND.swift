public import NNFormat

/// Takes slices by their positions: `y[b..., i...] = x[b..., indices[b..., i...], ...]`, where each row of the indices begins a position.
///
/// | value            | shape                  | notes                                                  |
/// |------------------|------------------------|--------------------------------------------------------|
/// | input 0, data    | `[b..., d..., rest...]` | rank r of 1 or more, any element type; k extents d    |
/// | input 1, indices | `[b..., i..., k]`      | i32 or i64; a fixed k from 0 to r less `batch_dims`    |
/// | output           | `[b..., i..., rest...]` | element type of the data                              |
///
/// The extents b, as many as `batch_dims` says, are the same in both inputs. Negative indices count from the end of their axis. A run in
/// which an index is outside of its axis fails.
///
/// - Source: ONNX `GatherND` of opset 13 (with k from 1); TensorFlow `tf.gather_nd`; NumPy `x[tuple(np.moveaxis(indices, -1, 0))]`.
public struct GatherND: Layer {
  /// `gather_nd`
  public static let kind = "gather_nd"
  /// The settings.
  public static let fields: [Field<GatherND>] = [
    Field("batch_dims", \.batchDims, default: 0, "how many leading dimensions the inputs share")
  ]

  /// How many leading dimensions the inputs share.
  public var batchDims: NonNegative = 0

  /// The layer without shared dimensions.
  public init() {}

  /// The layer of so many shared dimensions.
  public init(batchDims: NonNegative) {
    self.batchDims = batchDims
  }

  /// The leading extents of the indices, and those of the data that no index reaches.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    let (data, indices) = try inputs.dataAndIndices(for: Self.kind)
    let shared = batchDims.value
    guard shared < data.rank, shared < indices.rank else {
      throw ModelError(
        LayerProblem.badSetting(
          reason: "it must be below the inputs' ranks, \(data.rank) and \(indices.rank), found \(shared)"),
        at: .field("batch_dims"))
    }
    guard let depth = indices.shape.last?.value, depth <= data.rank - shared else {
      throw ModelError(
        LayerProblem.badInput(
          index: 1, expected: "of a fixed last extent of at most \(data.rank - shared)", found: indices))
    }
    var shape = Array(indices.shape.dropLast())
    for axis in 0..<shared {
      guard let extent = data.shape[axis].unified(with: shape[axis]) else {
        throw ModelError(
          LayerProblem.badInput(
            index: 1, expected: "of the extents of \(data) in \(shared) leading dimensions", found: indices))
      }
      shape[axis] = extent
    }
    return [try TensorType(data.dataType, shape + data.shape.dropFirst(shared + depth)).countable()]
  }

  /// Checks the indices, and copies a slice for each position.
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
    let (list, shared) = (values.inputs[1], batchDims.value)
    let (data, depth) = (values.inputs[0].shape, list.shape[list.shape.rank - 1])
    let indices = values.elements(of: list, as: type)
    for (place, index) in indices.enumerated() {
      let axis = shared + place % depth
      guard Scatter.place(index, data[axis]) != nil else {
        throw Scatter.problem(index, data[axis], axis: axis, place, list.shape)
      }
    }
    // Without elements there may be any number of positions.
    guard values.outputs[0].shape.count > 0 else { return }
    let count = data.count(of: shared + depth..<data.rank) * values.inputs[0].dataType.byteSize
    let positions = list.shape.count(of: shared..<list.shape.rank - 1)
    let source = values.address(of: values.inputs[0])
    let target = values.mutableAddress(of: values.outputs[0])
    for row in 0..<list.shape.count(of: 0..<list.shape.rank - 1) {
      var offset = row / positions
      for axis in 0..<depth {
        let extent = data[shared + axis]
        offset = offset * extent + (Scatter.place(indices[row * depth + axis], extent) ?? 0)
      }
      (target + row * count).copyMemory(from: source + offset * count, byteCount: count)
    }
  }
}
