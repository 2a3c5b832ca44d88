public import NNFormat

/// Whether one value or both are true: `y = x0 or x1`.
///
/// | value  | shape       | notes                    |
/// |--------|-------------|--------------------------|
/// | inputs | any         | two of bool that broadcast |
/// | output | their union | bool                     |
///
/// Inputs broadcast as NumPy's do.
///
/// - Source: ONNX `Or`; NumPy `np.logical_or`; Keras 3 `keras.ops.logical_or`.
public struct Or: Layer {
  /// `or`
  public static let kind = "or"
  /// The output may lie where the first input lies.
  public static let aliasing = Aliasing.inPlace

  /// The layer, which has no settings.
  public init() {}

  /// The shape to which the inputs broadcast.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    try inputs.requireTruthValues(for: Self.kind)
  }

  /// The formula, element by element.
  public func forward(_ values: borrowing LayerValues) {
    mergeElements(values, as: UInt8.self) { $0 | $1 }
  }
}
