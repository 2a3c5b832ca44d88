public import NNFormat

/// Removes dimensions of extent 1.
///
/// | value  | shape                    | notes                                     |
/// |--------|--------------------------|-------------------------------------------|
/// | input  | with 1 at each axis      | any element type                          |
/// | output | without these dimensions | same element type                         |
///
/// The axes must be given, since which extents are 1 may not be known before a run.
///
/// - Source: Keras 3 `keras.ops.squeeze`; ONNX `Squeeze`; NumPy `np.squeeze(x, axes)`.
public struct Squeeze: ViewLayer {
  /// `squeeze`
  public static let kind = "squeeze"
  /// The settings.
  public static let fields: [Field<Squeeze>] = [
    Field("axes", \.axes, "the axes of the input that go; negative ones count from the last, which is -1")
  ]

  /// The axes of the input that go.
  public var axes: [Axis] = []

  /// The layer that removes nothing.
  public init() {}

  /// The layer that removes the given axes.
  public init(axes: [Axis]) {
    self.axes = axes
  }

  /// The input's extents without those of the axes.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    let input = try inputs.single(for: Self.kind)
    let gone = try axes.resolved(rank: input.rank)
    for axis in gone {
      guard let extent = input.shape[axis].value, extent != 1 else { continue }
      throw ModelError(
        LayerProblem.badInput(index: 0, expected: "of extent 1 along axis \(axis)", found: input))
    }
    let shape = input.shape.enumerated().filter { !gone.contains($0.offset) }.map(\.element)
    return [TensorType(input.dataType, shape)]
  }
}
