public import NNFormat

/// The identity: `y = x`.
///
/// | value  | shape | notes             |
/// |--------|-------|-------------------|
/// | input  | any   | f32 or f64        |
/// | output | same  | same element type |
///
/// - Source: Keras 3 and Keras 2 `linear`; ONNX `Identity`.
public struct Linear: ViewLayer {
  /// `linear`
  public static let kind = "linear"

  /// The layer, which has no settings.
  public init() {}

  /// The input's type.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    let input = try inputs.single(for: Self.kind)
    try input.requireFloat(index: 0)
    return [input]
  }
}
