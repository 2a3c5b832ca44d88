public import NNFormat
import NNKernels

/// One value to the power of another: `y = x0 ** x1`.
///
/// | value  | shape       | notes                                         |
/// |--------|-------------|-----------------------------------------------|
/// | inputs | any         | two that broadcast, f32 or f64, both the same |
/// | output | their union | same element type                             |
///
/// Inputs broadcast as NumPy's do: shapes are aligned at their ends, and an extent of 1 is repeated. `spec/numerics.md` gives the
/// arithmetic (`pow`), whose special cases are those of IEEE 754: a negative base gives NaN, but for whole exponents; anything to
/// the power of 0, and 1 to the power of anything, is 1.
///
/// - Source: ONNX `Pow` of two floats of one type; NumPy `x0 ** x1`; Keras 3 `keras.ops.power`; IEEE 754-2019, 9.2.1.
public struct Power: MergingLayer {
  /// `power`
  public static let kind = "power"
  /// Most results are the nearest number.
  public static let precision = Precision.rounding(f32: 1, f64: 1)
  static let isPair = true
  /// How many repeated elements the kernel gets at a time.
  private static let stretch = 256

  /// The layer, which has no settings.
  public init() {}

  /// A stretch of one repeated element.
  public func scratchSize(for inputs: [TensorType]) -> Int {
    inputs.first.map { Self.stretch * $0.dataType.byteSize } ?? 0
  }

  /// The formula, element by element.
  public func forward(_ values: borrowing LayerValues) {
    switch FloatType(values.outputs[0].dataType) {
    case .f32: run(values, Float.self)
    case .f64: run(values, Double.self)
    }
  }

  private func run<Scalar: ComputingScalar>(_ values: borrowing LayerValues, _ type: Scalar.Type) {
    let (left, right, output) = (values.inputs[0], values.inputs[1], values.outputs[0])
    let (x, y) = (values.pointer(to: left, as: type), values.pointer(to: right, as: type))
    let result = values.mutablePointer(to: output, as: type)
    let repeated = values.scratch(as: type)
    BroadcastWalk(
      BroadcastWalk.Operand(left.shape), BroadcastWalk.Operand(right.shape), to: BroadcastWalk.Operand(output.shape)
    ).forEachRow { row in
      guard row.count > 0 else { return }
      let (bases, exponents, target) = (x + row.places.0, y + row.places.1, result + row.to)
      switch row.steps {
      case (1, 1, _):
        NNKernels.Power.run(Scalar.floatType, bases, exponents, to: target, count: row.count)
      case (0, 0, _):
        NNKernels.Power.run(Scalar.floatType, bases, exponents, to: target, count: 1)
        target.update(repeating: target[0], count: row.count)
      default:
        let isBase = row.steps.0 == 0
        repeated.update(repeating: isBase ? bases[0] : exponents[0], count: min(Self.stretch, row.count))
        for start in stride(from: 0, to: row.count, by: Self.stretch) {
          NNKernels.Power.run(
            Scalar.floatType, isBase ? UnsafePointer(repeated) : bases + start,
            isBase ? exponents + start : UnsafePointer(repeated), to: target + start,
            count: min(Self.stretch, row.count - start))
        }
      }
    }
  }
}
