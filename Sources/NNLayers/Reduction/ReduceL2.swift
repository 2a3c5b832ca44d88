import NNFormat

/// The length along axes: `y = sqrt(Σ x * x)`.
///
/// | value  | shape                            | notes                               |
/// |--------|----------------------------------|-------------------------------------|
/// | input  | any                              | f32 or f64                          |
/// | output | without the axes, or with 1 there | same element type                  |
///
/// The order of the additions is that of `spec/numerics.md`, "Sums, means, variances".
/// Each square is rounded before it is added.
///
/// - Source: ONNX `ReduceL2`; NumPy `np.sqrt(np.sum(x * x))`.
public struct ReduceL2: MappedSumLayer {
  /// `reduce_l2`
  public static let kind = "reduce_l2"
  /// The settings.
  public static let fields: [Field<ReduceL2>] = reductionFields(\.axes, \.keepdims)

  /// The axes that are reduced; none stands for all.
  public var axes: [Axis] = []
  /// Whether reduced dimensions stay, with extent 1.
  public var keepdims = false

  /// The layer over all axes.
  public init() {}

  /// The layer of the given settings.
  public init(axes: [Axis], keepdims: Bool = false) {
    self.axes = axes
    self.keepdims = keepdims
  }

  /// The root of the sum of the squares.
  public func forward(_ values: borrowing LayerValues) {
    sum(values, of: .square)
    let output = values.outputs[0]
    if output.dataType == .f32 {
      let y = values.mutableElements(of: output, as: Float.self)
      for index in y.indices { y[index] = y[index].squareRoot() }
    } else {
      let y = values.mutableElements(of: output, as: Double.self)
      for index in y.indices { y[index] = y[index].squareRoot() }
    }
  }
}
