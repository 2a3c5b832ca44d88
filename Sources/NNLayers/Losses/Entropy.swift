public import NNFormat
import NNKernels

/// The entropy of distributions in natural units: `-sum(p · log(p))` along the last dimension.
///
/// | value  | shape      | notes             |
/// |--------|------------|-------------------|
/// | input  | `[..., n]` | f32 or f64        |
/// | output | `[...]`    | same element type |
///
/// A term whose p is 0 counts 0. Probabilities are taken as they are, without a division by their sum; of logits p is
/// `softmax(x)` and log(p) is `log_softmax(x)`.
///
/// - Source: C. E. Shannon, "A mathematical theory of communication", 1948; SciPy `scipy.stats.entropy` of distributions.
public struct Entropy: Layer {
  /// `entropy`
  public static let kind = "entropy"
  /// The settings.
  public static let fields: [Field<Entropy>] = [
    Field("from_logits", \.fromLogits, default: false, "whether the input is logits and not probabilities")
  ]

  /// Whether the input is logits and not probabilities.
  public var fromLogits = false

  /// The entropy of probabilities.
  public init() {}

  /// The entropy of probabilities or of what logits stand for.
  public init(fromLogits: Bool) {
    self.fromLogits = fromLogits
  }

  /// The input's extents but for the last.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    let input = try inputs.single(for: Self.kind).predictions()
    return [TensorType(input.dataType, Array(input.shape.dropLast()))]
  }

  /// The probabilities and the logarithms of one row.
  public func scratchSize(for inputs: [TensorType]) -> Int {
    guard let input = inputs.first, let extent = input.shape.last?.value else { return 0 }
    let (size, overflow) = extent.multipliedReportingOverflow(by: 2 * input.dataType.byteSize)
    return overflow ? .max : size
  }

  /// The sum of the terms of each row.
  public func forward(_ values: borrowing LayerValues) {
    switch FloatType(values.outputs[0].dataType) {
    case .f32: compute(values, of: Float.self)
    case .f64: compute(values, of: Double.self)
    }
  }

  private func compute<Scalar: LossScalar>(_ values: borrowing LayerValues, of: Scalar.Type) {
    let type = FloatType(Scalar.dataType)
    let shape = values.inputs[0].shape
    let extent = shape[shape.rank - 1]
    let result = values.mutableElements(of: values.outputs[0], as: Scalar.self)
    let input = values.address(of: values.inputs[0]).assumingMemoryBound(to: Scalar.self)
    let probabilities = values.scratch.assumingMemoryBound(to: Scalar.self)
    let logarithms = probabilities + extent
    for row in 0..<result.count {
      let x = input + row * extent
      if fromLogits {
        NNKernels.Softmax.run(type, outer: 1, axis: extent, from: x, to: probabilities)
        NNKernels.Softmax.run(type, outer: 1, axis: extent, logarithm: true, from: x, to: logarithms)
      } else {
        probabilities.update(from: x, count: extent)
        Elementwise.logarithm.run(type, from: x, to: logarithms, count: extent)
      }
      for index in 0..<extent {
        let p = probabilities[index]
        logarithms[index] = p == 0 ? 0 : p * logarithms[index]
      }
      var sum: Scalar = 0
      withUnsafeMutablePointer(to: &sum) {
        NNKernels.Reduction.sum.run(type, outer: 1, axis: extent, from: logarithms, to: $0)
      }
      result[row] = -sum
    }
  }
}
