public import NNFormat

/// Joins the dimensions before an axis, and those from it on: `[n, a, b, ...]` becomes `[n, a * b * ...]` with `axis` 1.
///
/// | value  | shape      | notes                                                                    |
/// |--------|------------|--------------------------------------------------------------------------|
/// | input  | `[n, ...]` | rank 1 or more, any element type                                         |
/// | output | `[n, m]`   | products of the extents before the axis and from it on; 1 where none is  |
///
/// The order of the elements stays as it is. The axis may be the rank; then all dimensions are before it.
///
/// - Source: Keras 3 and Keras 2 `Flatten` with `data_format` `channels_last`; ONNX `Flatten`; NumPy `x.reshape(len(x), -1)`.
public struct Flatten: ViewLayer {
  /// `flatten`
  public static let kind = "flatten"
  /// The settings.
  public static let fields: [Field<Flatten>] = [
    Field(
      "axis", \.axis, default: 1,
      "the first axis of the second group, up to the rank; negative ones count from the last, which is -1")
  ]

  /// The first axis of the second group.
  public var axis: Axis = 1

  /// The layer that keeps the first dimension.
  public init() {}

  /// The layer of the given axis.
  public init(axis: Axis) {
    self.axis = axis
  }

  /// The products of the extents, where they are fixed.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    let input = try inputs.single(for: Self.kind)
    try input.requireRank(1...Shape.maximumRank, index: 0)
    guard axis.index >= -input.rank, axis.index <= input.rank else {
      throw ModelError(
        LayerProblem.badSetting(
          reason: "the input has no axis \(axis.index); \(-input.rank) to \(input.rank) are possible"),
        at: .field("axis"))
    }
    let axis = axis.number(rank: input.rank)
    let groups = [try product(of: input.shape[..<axis]), try product(of: input.shape[axis...])]
    return [try TensorType(input.dataType, groups).countable()]
  }

  private func product(of extents: ArraySlice<Dimension>) throws(ModelError) -> Dimension {
    if extents.count == 1, let only = extents.first { return only }
    return try TensorType(.u8, Array(extents)).knownShape().map { .known($0.count) } ?? .unknown
  }
}
