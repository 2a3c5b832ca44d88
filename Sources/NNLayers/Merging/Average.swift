import NNFormat

/// The mean of values: `y = (x0 + x1 + ...) / n`.
///
/// | value  | shape       | notes                                                |
/// |--------|-------------|------------------------------------------------------|
/// | inputs | any         | two or more that broadcast, f32 or f64, all the same |
/// | output | their union | same element type                                    |
///
/// Inputs broadcast as NumPy's do: shapes are aligned at their ends, and an extent of 1 is repeated.
/// The inputs are added in order, and the sum is divided by their number.
///
/// - Source: Keras 3 and Keras 2 `Average`; ONNX `Mean`; NumPy `(x0 + x1) / 2`.
public struct Average: MergingLayer {
  /// `average`
  public static let kind = "average"
  static let isPair = false

  /// The layer, which has no settings.
  public init() {}

  /// The sum, one input after another, divided by their number.
  public func forward(_ values: borrowing LayerValues) {
    merge(values, { $0 + $1 }, { $0 + $1 })
    let output = values.outputs[0]
    if output.dataType == .f32 {
      let count = Float(values.inputs.count)
      let y = values.mutableElements(of: output, as: Float.self)
      for index in y.indices { y[index] /= count }
    } else {
      let count = Double(values.inputs.count)
      let y = values.mutableElements(of: output, as: Double.self)
      for index in y.indices { y[index] /= count }
    }
  }
}
