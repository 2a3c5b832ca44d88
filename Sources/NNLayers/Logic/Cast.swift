public import NNFormat
import NNKernels

/// Gives the elements another type: `y = x` as nearly as the type can say it.
///
/// | value  | shape | notes                       |
/// |--------|-------|-----------------------------|
/// | input  | any   | any element type            |
/// | output | same  | the element type `dtype`    |
///
/// - To a float: rounded once to nearest, ties to even; beyond the greatest number infinity. A NaN stays one.
/// - From a float to an integer: what is behind the point is dropped; beyond the type's range its nearest end, and 0 for NaN. (C leaves
///   both open, and NumPy's results differ between machines.)
/// - From an integer to an integer: modulo 2 to the power of the type's bits, as NumPy and C have it.
/// - To bool: whether it is not 0, which NaN is not. From bool: 0 or 1.
///
/// - Source: ONNX `Cast`; NumPy `x.astype`; Keras 3 `keras.ops.cast`.
public struct Cast: Layer {
  /// `cast`
  public static let kind = "cast"
  /// The settings.
  public static let fields: [Field<Cast>] = [Field("dtype", \.dtype, "the element type of the output")]

  /// The element type of the output.
  public var dtype = DataType.f32

  /// The layer that casts to f32.
  public init() {}

  /// The layer that casts to the given type.
  public init(dtype: DataType) {
    self.dtype = dtype
  }

  /// The input's extents with the new type.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    let input = try inputs.single(for: Self.kind)
    return [TensorType(dtype, input.shape)]
  }

  /// Casts element by element.
  public func forward(_ values: borrowing LayerValues) {
    let x = values.inputs[0]
    ElementCast(
      from: values.address(of: x), to: values.mutableAddress(of: values.outputs[0]), count: x.shape.count
    ).run(x.dataType, dtype)
  }
}

extension DataType: FieldChoice {}
