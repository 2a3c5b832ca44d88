public import NNFormat

/// Whether both values are true: `y = x0 and x1`.
///
/// | value  | shape       | notes                    |
/// |--------|-------------|--------------------------|
/// | inputs | any         | two of bool that broadcast |
/// | output | their union | bool                     |
///
/// Inputs broadcast as NumPy's do.
///
/// - Source: ONNX `And`; NumPy `np.logical_and`; Keras 3 `keras.ops.logical_and`.
public struct And: Layer {
  /// `and`
  public static let kind = "and"
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
    mergeElements(values, as: UInt8.self) { $0 & $1 }
  }
}
