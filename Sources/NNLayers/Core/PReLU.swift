public import NNFormat
import NNKernels

/// The rectifier with trained slopes below zero: `y = x` where `x >= 0`, else `alpha * x`.
///
/// | value  | shape                  | notes                                                            |
/// |--------|------------------------|------------------------------------------------------------------|
/// | input  | rank 1 or more         | f32 or f64                                                       |
/// | output | same                   | same element type                                                |
/// | `alpha`| the input's but for the first extent | 1 along `shared_axes`, and repeated there          |
///
/// The first dimension is the batch, which all slopes are shared along. Extents along which they are not shared must be fixed.
///
/// - Source: Keras 3 and Keras 2 `PReLU`; ONNX `PRelu`, whose `slope` an importer reshapes.
public struct PReLU: Layer {
  /// `prelu`
  public static let kind = "prelu"
  /// The settings.
  public static let fields: [Field<PReLU>] = [
    Field(
      "shared_axes", \.sharedAxes, default: [],
      "the axes of the input, counted with the batch, which is 0 and not among them, along which slopes are shared")
  ]
  /// The output may lie where the input lies.
  public static let aliasing = Aliasing.inPlace

  /// The axes of the input along which slopes are shared; 0, the batch, is not among them.
  public var sharedAxes: [Positive] = []

  /// The layer with a slope for each element.
  public init() {}

  /// The layer whose slopes are shared along the given axes.
  public init(sharedAxes: [Positive]) {
    self.sharedAxes = sharedAxes
  }

  /// `alpha`
  public func parameters(for inputs: [TensorType]) throws(ModelError) -> [Parameter] {
    let input = try checked(inputs)
    var shape = Array(input.shape.dropFirst())
    for axis in sharedAxes { shape[axis.value - 1] = .known(1) }
    return [Parameter("alpha", TensorType(input.dataType, shape))]
  }

  /// The input's type.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    [try checked(inputs)]
  }

  private func checked(_ inputs: [TensorType]) throws(ModelError) -> TensorType {
    let input = try inputs.single(for: Self.kind)
    try input.requireFloat(index: 0)
    guard input.rank > 0 else {
      throw ModelError(LayerProblem.badInput(index: 0, expected: "of rank 1 or more", found: input))
    }
    for axis in sharedAxes where axis.value >= input.rank {
      let allowed = input.rank == 1 ? "it has only the batch" : "those behind the batch are 1 to \(input.rank - 1)"
      throw ModelError(
        LayerProblem.badSetting(reason: "the input has no axis \(axis); \(allowed)"), at: .field("shared_axes"))
    }
    for (axis, extent) in input.shape.enumerated().dropFirst()
    where extent.value == nil && !sharedAxes.contains(where: { $0.value == axis }) {
      throw ModelError(
        LayerProblem.badInput(index: 0, expected: "of a fixed extent along axis \(axis)", found: input))
    }
    return input
  }

  /// The formula, each step rounded.
  public func forward(_ values: borrowing LayerValues) {
    let x = values.inputs[0]
    let source = values.address(of: x)
    let target = values.mutableAddress(of: values.outputs[0])
    let slopes = values.parameters[0]
    let alpha = values.address(of: slopes)
    let parts = Broadcast(from: slopes.shape, to: x.shape)
    switch FloatType(x.dataType) {
    case .f32: run(Float.self, .f32, source, alpha, target, parts)
    case .f64: run(Double.self, .f64, source, alpha, target, parts)
    }
  }

  @inline(__always)
  private func run<Scalar: BinaryFloatingPoint>(
    _: Scalar.Type, _ type: FloatType, _ source: UnsafeRawPointer, _ alpha: UnsafeRawPointer,
    _ target: UnsafeMutableRawPointer, _ parts: Broadcast
  ) {
    let x = source.assumingMemoryBound(to: Scalar.self)
    let y = target.assumingMemoryBound(to: Scalar.self)
    let alpha = alpha.assumingMemoryBound(to: Scalar.self)
    parts.forEachPart { from, to, rows, columns in
      if columns == 1 {
        Elementwise.leakyReLU(slope: Double(alpha[from])).run(type, from: x + to, to: y + to, count: rows)
        return
      }
      for row in 0..<rows {
        let start = to + row * columns
        for column in 0..<columns {
          let value = x[start + column]
          y[start + column] = value >= 0 ? value : alpha[from + column] * value
        }
      }
    }
  }
}
