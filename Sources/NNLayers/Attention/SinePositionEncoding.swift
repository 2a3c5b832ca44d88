public import NNFormat
import NNKernels

/// Encodes each step's position in sines and cosines: for features 2j and 2j + 1 the sine and the cosine of `p · max_wavelength^(-2j/features)`.
///
/// | value  | shape                    | notes                                              |
/// |--------|--------------------------|----------------------------------------------------|
/// | input  | `[..., steps, features]` | rank 2 or more, f32 or f64; features of fixed extent |
/// | output | same                     | same element type; does not depend on the elements |
///
/// p is the step's number, counted from `start_index`. `add` brings the encoding to the input. The angles are computed in f64:
/// `pow(1 / max_wavelength, 2j / features)`, times p, each step rounded; their sines and cosines are rounded to the element type.
///
/// - Source: Vaswani et al. 2017, "Attention Is All You Need", section 3.5; KerasHub `SinePositionEncoding`.
public struct SinePositionEncoding: Layer {
  /// `sine_position_encoding`
  public static let kind = "sine_position_encoding"
  /// The settings.
  public static let fields: [Field<SinePositionEncoding>] = [
    Field(
      "max_wavelength", \.maxWavelength, default: 10_000, "the wavelength, over 2π, that the last features come near to"
    ),
    Field("start_index", \.startIndex, default: 0, "the number of the first step"),
  ]

  /// The wavelength, over 2π, that the last features come near to.
  public var maxWavelength: Finite = 10_000
  /// The number of the first step.
  public var startIndex: NonNegative = 0

  /// The layer with the paper's wavelengths.
  public init() {}

  /// A layer of the given settings.
  public init(maxWavelength: Finite = 10_000, startIndex: NonNegative = 0) {
    self.maxWavelength = maxWavelength
    self.startIndex = startIndex
  }

  /// The input's type.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    [try checked(inputs).input]
  }

  private func checked(_ inputs: [TensorType]) throws(ModelError) -> (input: TensorType, features: Int) {
    let input = try inputs.single(for: Self.kind)
    try input.requireFloat(index: 0)
    guard input.rank >= 2, let features = input.shape[input.rank - 1].value else {
      throw ModelError(
        LayerProblem.badInput(index: 0, expected: "of rank 2 or more with a fixed last extent", found: input))
    }
    guard maxWavelength.value > 0 else {
      throw ModelError(
        LayerProblem.badSetting(reason: "must be above 0, found \(maxWavelength.value)"), at: .field("max_wavelength"))
    }
    return (input, features)
  }

  /// Wavelengths, angles, sines and cosines of one step.
  public func scratchSize(for inputs: [TensorType]) -> Int {
    guard let (_, features) = try? checked(inputs) else { return 0 }
    let pairs = features / 2 + features % 2
    return byteCount(pairs, pairs, pairs, pairs, of: .f64)
  }

  /// The formula for the steps of one sequence, and copies of it for the others.
  public func forward(_ values: borrowing LayerValues) {
    let output = values.outputs[0]
    guard output.shape.count > 0 else { return }
    switch FloatType(output.dataType) {
    case .f32: run(values, Float.self)
    case .f64: run(values, Double.self)
    }
  }

  private func run<Scalar: ComputingScalar>(_ values: borrowing LayerValues, _ type: Scalar.Type) {
    let shape = values.outputs[0].shape
    let (steps, features) = (shape[shape.rank - 2], shape[shape.rank - 1])
    let y = values.mutablePointer(to: values.outputs[0], as: type)
    let pairs = features / 2 + features % 2
    let scales = values.scratch(as: Double.self)
    let (angles, sines, cosines) = (scales + pairs, scales + 2 * pairs, scales + 3 * pairs)
    for pair in 0..<pairs {
      angles[pair] = 1 / maxWavelength.value
      sines[pair] = Double(2 * pair) / Double(features)
    }
    NNKernels.Power.run(.f64, angles, sines, to: scales, count: pairs)
    for step in 0..<steps {
      let position = Double(startIndex.value) + Double(step)
      for pair in 0..<pairs { angles[pair] = position * scales[pair] }
      Elementwise.sin.run(.f64, from: angles, to: sines, count: pairs)
      Elementwise.cos.run(.f64, from: angles, to: cosines, count: pairs)
      let row = y + step * features
      for feature in 0..<features {
        row[feature] = Scalar(feature.isMultiple(of: 2) ? sines[feature / 2] : cosines[feature / 2])
      }
    }
    let size = steps * features
    for start in stride(from: size, to: shape.count, by: size) { (y + start).update(from: y, count: size) }
  }
}
