public import NNFormat
public import NNKernels

/// A layer that, in a run with a seed, puts one number for some elements and scales and shifts the others.
///
/// One uniform number is drawn for each element, or for each group of them that `noise_shape` joins, in row-major order; those
/// at or above `rate` keep the element.
public protocol DropLayer: NoiseLayer {
  /// The share of elements that are dropped.
  var rate: Share { get }
  /// For each axis -1 where every place draws of its own, 1 where all share a draw, or the extent; empty for -1 everywhere.
  var noiseShape: [Int] { get }
  /// What an element becomes: `x * scale`, and `+ shift` if there is one, or `dropped`.
  var change: DropChange { get }
}

/// What becomes of kept and of dropped elements.
public struct DropChange: Sendable {
  /// What a kept element is multiplied by.
  public var scale: Double
  /// What is added to it then.
  public var shift: Double?
  /// What stands for a dropped one before the shift, if there is one, is applied to it as to the others.
  public var dropped: Double

  /// A change.
  public init(scale: Double, shift: Double? = nil, dropped: Double) {
    self.scale = scale
    self.shift = shift
    self.dropped = dropped
  }
}

extension DropLayer {
  /// The input's type, if `noise_shape` fits it.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    try outputsOfDropping(inputs)
  }

  func outputsOfDropping(_ inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    let input = try inputs.single(for: Self.kind)
    try input.requireFloat(index: 0)
    guard !noiseShape.isEmpty else { return [input] }
    guard noiseShape.count == input.rank else {
      throw ModelError(
        LayerProblem.badSetting(
          reason: "must have one extent for each of the input's \(input.rank) dimensions, found \(noiseShape.count)"),
        at: .field("noise_shape"))
    }
    for (axis, extent) in noiseShape.enumerated() {
      let known = input.shape[axis].value
      guard extent == -1 || extent == 1 || extent > 0 && known ?? extent == extent else {
        throw ModelError(
          LayerProblem.badSetting(
            reason: "extent \(axis) must be 1, -1\(known.map { " or the input's \($0)" } ?? ""), found \(extent)"),
          at: .field("noise_shape"))
      }
    }
    return [input]
  }

  /// A byte for each draw, if some are shared.
  public func scratchSize(for inputs: [TensorType]) -> Int {
    guard !noiseShape.isEmpty, let shape = try? inputs.first?.knownShape() else { return 0 }
    return zip(noiseShape, shape.dimensions).reduce(1) { $0 * ($1.0 == 1 ? 1 : $1.1) }
  }

  /// Draws, and changes each element.
  public func sample(_ values: borrowing LayerValues, _ random: inout RandomStream) {
    switch FloatType(values.outputs[0].dataType) {
    case .f32: sample(values, &random, of: Float.self)
    case .f64: sample(values, &random, of: Double.self)
    }
  }

  private func sample<Scalar: RandomScalar & TensorScalar>(
    _ values: borrowing LayerValues, _ random: inout RandomStream, of: Scalar.Type
  ) {
    let x = values.elements(of: values.inputs[0], as: Scalar.self)
    let y = values.mutableElements(of: values.outputs[0], as: Scalar.self)
    let change = RoundedChange<Scalar>(self.change)
    let rate = rate.value
    guard !noiseShape.isEmpty else {
      for index in 0..<x.count { y[index] = change(x[index], isKept: Double(Scalar.uniform(&random)) >= rate) }
      return
    }
    guard x.count > 0 else { return }
    let shape = values.inputs[0].shape
    let mask = values.scratch.assumingMemoryBound(to: Bool.self)
    var draws = 1
    for axis in 0..<shape.rank where noiseShape[axis] != 1 { draws *= shape[axis] }
    for index in 0..<draws { mask[index] = Double(Scalar.uniform(&random)) >= rate }
    for index in 0..<x.count {
      var (rest, place, step) = (index, 0, 1)
      for axis in stride(from: shape.rank - 1, through: 0, by: -1) {
        let (quotient, remainder) = rest.quotientAndRemainder(dividingBy: shape[axis])
        rest = quotient
        guard noiseShape[axis] != 1 else { continue }
        place += remainder * step
        step *= shape[axis]
      }
      y[index] = change(x[index], isKept: mask[place])
    }
  }
}

/// A change in an element type.
private struct RoundedChange<Scalar: BinaryFloatingPoint> {
  private let scale: Scalar
  private let shift: Scalar?
  private let dropped: Scalar

  init(_ change: DropChange) {
    scale = Scalar(change.scale)
    shift = change.shift.map { Scalar($0) }
    let dropped = Scalar(change.dropped)
    // Keras changes what it puts for a dropped element as it changes the kept ones.
    self.dropped = shift.map { [scale] in scale * dropped + $0 } ?? dropped
  }

  @inline(__always)
  func callAsFunction(_ x: Scalar, isKept: Bool) -> Scalar {
    guard isKept else { return dropped }
    let scaled = scale * x
    guard let shift else { return scaled }
    return scaled + shift
  }
}
