public import NNFormat

/// Joins all dimensions but the first: `[n, a, b, ...]` becomes `[n, a * b * ...]`.
///
/// | value  | shape      | notes                                                     |
/// |--------|------------|-----------------------------------------------------------|
/// | input  | `[n, ...]` | rank 1 or more, any element type                          |
/// | output | `[n, m]`   | `m` is the product of the input's other extents, or 1     |
///
/// The order of the elements stays as it is.
///
/// - Source: Keras 3 and Keras 2 `Flatten` with `data_format` `channels_last`; ONNX `Flatten` with `axis` 1; NumPy
///   `x.reshape(len(x), -1)`.
public struct Flatten: ViewLayer {
  /// `flatten`
  public static let kind = "flatten"

  /// The layer, which has no settings.
  public init() {}

  /// The first extent, and the product of the others if they are fixed.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    let input = try inputs.single(for: Self.kind)
    guard let first = input.shape.first else {
      throw ModelError(LayerProblem.badInput(index: 0, expected: "of rank 1 or more", found: input))
    }
    let inner = TensorType(input.dataType, Array(input.shape.dropFirst()))
    let count = try inner.knownShape().map { Dimension.known($0.count) }
    return [TensorType(input.dataType, [first, count ?? .unknown])]
  }
}
