public import NNFormat

/// Gives a stored value, whatever comes in: `y = value`.
///
/// | value   | shape   | notes                         |
/// |---------|---------|-------------------------------|
/// | output  | `shape` | elements of `dtype`           |
/// | `value` | `shape` | elements of `dtype`           |
///
/// It has no inputs. A graph writes so what a source has as a number or an array among its operations: `x + 1`.
///
/// - Source: ONNX `Constant`; a number or array among the arguments of Keras 3 `keras.ops` and of TensorFlow's functions.
public struct Constant: Layer {
  /// `constant`
  public static let kind = "constant"
  /// The settings.
  public static let fields: [Field<Constant>] = [
    Field("shape", \.shape, default: [], "the extents; none for a single element"),
    Field("dtype", \.dtype, default: .f32, "the element type"),
  ]

  /// The extents.
  public var shape: [NonNegative] = []
  /// The element type.
  public var dtype = DataType.f32

  /// A single f32.
  public init() {}

  /// A value of the given type.
  public init(shape: [NonNegative], dtype: DataType = .f32) {
    self.shape = shape
    self.dtype = dtype
  }

  private var type: TensorType { TensorType(dtype, shape.map { .known($0.value) }) }

  /// The value.
  public func parameters(for inputs: [TensorType]) throws(ModelError) -> [Parameter] { [Parameter("value", type)] }

  /// The value's type.
  ///
  /// - Throws: ``LayerProblem`` if there are inputs.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    guard inputs.isEmpty else {
      throw ModelError(LayerProblem.inputCount(kind: Self.kind, expected: "no inputs", found: inputs.count))
    }
    return [type]
  }

  /// Copies the value.
  public func forward(_ values: borrowing LayerValues) {
    let value = values.parameters[0]
    values.mutableAddress(of: values.outputs[0])
      .copyMemory(from: values.address(of: value), byteCount: value.shape.count * dtype.byteSize)
  }
}
