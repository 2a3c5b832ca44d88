public import NNFormat

/// The opposite of truth values: `y = not x`.
///
/// | value  | shape | notes |
/// |--------|-------|-------|
/// | input  | any   | bool  |
/// | output | same  | bool  |
///
/// - Source: ONNX `Not`; NumPy `np.logical_not`; Keras 3 `keras.ops.logical_not`.
public struct Not: Layer {
  /// `not`
  public static let kind = "not"
  /// The output may lie where the input lies.
  public static let aliasing = Aliasing.inPlace

  /// The layer, which has no settings.
  public init() {}

  /// The input's type.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    let input = try inputs.single(for: Self.kind)
    guard input.dataType == .bool else {
      throw ModelError(LayerProblem.badInput(index: 0, expected: "of bool", found: input))
    }
    return [input]
  }

  /// The opposite of every element.
  public func forward(_ values: borrowing LayerValues) {
    let x = values.elements(of: values.inputs[0], as: Bool.self)
    let y = values.mutableElements(of: values.outputs[0], as: Bool.self)
    for index in x.indices { y[index] = !x[index] }
  }
}
