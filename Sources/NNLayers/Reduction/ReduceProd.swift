import NNFormat

/// The product along axes: `y = Π x`.
///
/// | value  | shape                            | notes                               |
/// |--------|----------------------------------|-------------------------------------|
/// | input  | any                              | f32 or f64                          |
/// | output | without the axes, or with 1 there | same element type                  |
///
/// The elements are multiplied in their order, beginning with 1.
///
/// - Source: ONNX `ReduceProd`; NumPy `np.prod`; Keras 3 `keras.ops.prod`.
public struct ReduceProd: ReductionLayer {
  /// `reduce_prod`
  public static let kind = "reduce_prod"
  /// The settings.
  public static let fields: [Field<ReduceProd>] = reductionFields(\.axes, \.keepdims)

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

  /// The product, in order.
  public func forward(_ values: borrowing LayerValues) {
    fold(values, by: .product)
  }
}
