public import NNFormat

/// Puts the dimensions in another order: dimension `i` of the output is dimension `permutation[i]` of the input.
///
/// | value  | shape                    | notes                    |
/// |--------|--------------------------|--------------------------|
/// | input  | any                      | any element type         |
/// | output | the extents in new order | same element type        |
///
/// The permutation names all dimensions, the batch too. (Keras's `dims` leaves the batch out and counts from 1, so
/// Keras's `[2, 1]` is `[0, 2, 1]` here.)
///
/// - Source: Keras 3 and Keras 2 `Permute`; ONNX `Transpose`; NumPy `np.transpose(x, permutation)`.
public struct Permute: Layer {
  /// `permute`
  public static let kind = "permute"
  /// The settings.
  public static let fields: [Field<Permute>] = [
    Field("permutation", \.permutation, "for each dimension of the output, the axis of the input that it is")
  ]

  /// For each dimension of the output, the axis of the input that it is.
  public var permutation: [Axis] = []

  /// The layer of a single value.
  public init() {}

  /// The layer of the given permutation.
  public init(permutation: [Axis]) {
    self.permutation = permutation
  }

  /// The input's extents in the new order.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    let input = try inputs.single(for: Self.kind)
    guard permutation.count == input.rank else {
      throw ModelError(
        LayerProblem.badSetting(
          reason: "it must name each of the input's \(input.rank) axes once, and names \(permutation.count)"),
        at: .field("permutation"))
    }
    let axes = try permutation.resolved(rank: input.rank, field: "permutation")
    return [TensorType(input.dataType, axes.map { input.shape[$0] })]
  }

  /// Room for the dimensions.
  public func scratchSize(for inputs: [TensorType]) -> Int { StridedCopy.scratchSize }

  /// Copies in the order of the output.
  public func forward(_ values: borrowing LayerValues) {
    let x = values.inputs[0]
    var copy = StridedCopy(scratch: values.scratch)
    for axis in permutation {
      let number = axis.number(rank: x.shape.rank)
      copy.append(x.shape[number], stride: x.shape.count(of: number + 1..<x.shape.rank))
    }
    copy.run(
      from: values.address(of: x), to: values.mutableAddress(of: values.outputs[0]), size: x.dataType.byteSize,
      on: values.crew)
  }
}
