public import NNFormat

/// The sums of all elements up to each one along an axis: `y[i] = x[0] + ... + x[i]`.
///
/// | value  | shape          | notes             |
/// |--------|----------------|-------------------|
/// | input  | rank 1 or more | f32 or f64        |
/// | output | same           | same element type |
///
/// Elements are added in order. With `exclusive` the element itself is left out: `y[0] = 0`, `y[i] = x[0] + ... + x[i -
/// 1]`. With `reverse` it runs from the end of the axis.
///
/// - Source: ONNX `CumSum`; NumPy `np.cumsum`; Keras 3 `keras.ops.cumsum`.
public struct CumulativeSum: Layer {
  /// `cumsum`
  public static let kind = "cumsum"
  /// The settings.
  public static let fields: [Field<CumulativeSum>] = [
    Field("axis", \.axis, default: -1, "the axis along which it adds; negative ones count from the last, which is -1"),
    Field("exclusive", \.exclusive, default: false, "whether the element itself is left out"),
    Field("reverse", \.reverse, default: false, "whether it runs from the end of the axis"),
  ]
  /// The output may lie where the input lies.
  public static let aliasing = Aliasing.inPlace

  /// The axis along which it adds.
  public var axis: Axis = -1
  /// Whether the element itself is left out.
  public var exclusive = false
  /// Whether it runs from the end of the axis.
  public var reverse = false

  /// The layer along the last axis.
  public init() {}

  /// The layer of the given settings.
  public init(axis: Axis, exclusive: Bool = false, reverse: Bool = false) {
    self.axis = axis
    self.exclusive = exclusive
    self.reverse = reverse
  }

  /// The input's type.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    let input = try inputs.single(for: Self.kind)
    try input.requireFloat(index: 0)
    _ = try axis.resolved(rank: input.rank)
    return [input]
  }

  /// Adds one element after another.
  public func forward(_ values: borrowing LayerValues) {
    if values.inputs[0].dataType == .f32 { run(values, Float.self) } else { run(values, Double.self) }
  }

  private func run<Scalar: BinaryFloatingPoint & TensorScalar>(_ values: borrowing LayerValues, _ type: Scalar.Type) {
    let (outer, extent, inner) = axis.split(values.inputs[0].shape)
    let x = values.elements(of: values.inputs[0], as: type)
    let y = values.mutableElements(of: values.outputs[0], as: type)
    for row in 0..<outer {
      for column in 0..<inner {
        var sum: Scalar = 0
        for step in 0..<extent {
          let index = reverse ? extent - 1 - step : step
          let place = (row * extent + index) * inner + column
          let element = x[place]
          if exclusive { y[place] = sum }
          // The first sum is the first element, which keeps the sign of a zero.
          sum = step == 0 ? element : sum + element
          if !exclusive { y[place] = sum }
        }
      }
    }
  }
}
