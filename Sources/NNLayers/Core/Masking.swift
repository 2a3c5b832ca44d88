public import NNFormat
import NNKernels

/// Finds the steps that hold nothing but one value, and puts zeros in their place: `y = where(any(x != mask_value), x, 0)`.
///
/// | value    | shape           | notes                                                    |
/// |----------|-----------------|----------------------------------------------------------|
/// | input    | `[..., in]`     | rank 1 or more, f32 or f64                               |
/// | output 0 | `[..., in]`     | same element type                                        |
/// | output 1 | `[...]`         | bool, the mask: true where a step holds something else   |
///
/// Keras passes the mask on to later layers by itself; here a graph connects output 1 with those that take a mask.
///
/// - Source: Keras 3 and Keras 2 `Masking`.
public struct Masking: Layer {
  /// `masking`
  public static let kind = "masking"
  /// The settings.
  public static let fields: [Field<Masking>] = [
    Field("mask_value", \.maskValue, default: 0, "the value that fills a masked step")
  ]
  /// Output 0 may lie where the input lies.
  public static let aliasing = Aliasing.inPlace

  /// The value that fills a masked step.
  public var maskValue: Finite = 0

  /// The layer that masks steps of zeros.
  public init() {}

  /// The layer that masks steps of the given value.
  public init(maskValue: Finite) {
    self.maskValue = maskValue
  }

  /// The input's type, and the mask's.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    let input = try inputs.single(for: Self.kind)
    try input.requireFloat(index: 0)
    guard input.rank > 0 else {
      throw ModelError(LayerProblem.badInput(index: 0, expected: "of rank 1 or more", found: input))
    }
    return [input, TensorType(.bool, Array(input.shape.dropLast()))]
  }

  /// The formula.
  public func forward(_ values: borrowing LayerValues) {
    switch FloatType(values.inputs[0].dataType) {
    case .f32: run(values, Float.self)
    case .f64: run(values, Double.self)
    }
  }

  private func run<Scalar: ComputingScalar>(_ values: borrowing LayerValues, _ type: Scalar.Type) {
    let input = values.inputs[0]
    let width = input.shape[input.shape.rank - 1]
    let x = values.pointer(to: input, as: type)
    let y = values.mutablePointer(to: values.outputs[0], as: type)
    let mask = values.mutableAddress(of: values.outputs[1]).assumingMemoryBound(to: UInt8.self)
    let absent = Scalar(maskValue.value)
    for step in 0..<values.outputs[1].shape.count {
      let row = x + step * width
      var isPresent = false
      for k in 0..<width where row[k] != absent { isPresent = true }
      mask[step] = isPresent ? 1 : 0
      for k in 0..<width { y[step * width + k] = isPresent ? row[k] : 0 }
    }
  }
}
