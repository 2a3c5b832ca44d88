public import NNFormat

/// Drops elements at random in training; here, where nothing is trained, the identity: `y = x`.
///
/// | value  | shape | notes             |
/// |--------|-------|-------------------|
/// | input  | any   | f32 or f64        |
/// | output | same  | same element type |
///
/// It is kept so that a model can go back to where it is trained.
///
/// - Source: Keras 3 and Keras 2 `Dropout`; ONNX `Dropout` with `training_mode` false.
public struct Dropout: ViewLayer {
  /// `dropout`
  public static let kind = "dropout"
  /// The settings.
  public static let fields: [Field<Dropout>] = [
    Field("rate", \.rate, "the share of elements that training drops")
  ]

  /// The share of elements that training drops.
  public var rate: Share = 0.5

  /// A layer that drops half of the elements in training.
  public init() {}

  /// A layer that drops the given share in training.
  public init(rate: Share) {
    self.rate = rate
  }

  /// The input's type.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    let input = try inputs.single(for: Self.kind)
    try input.requireFloat(index: 0)
    return [input]
  }
}
