public import NNFormat
package import NNKernels

/// A layer that says how far predictions (input 0) are from targets (input 1): one number for each sample, which is everything
/// but the last dimension.
///
/// A kind of its own writes the ``terms(_:)``, one for each element; they are added or averaged along the last dimension with
/// NumPy's pairwise rule (`spec/numerics.md`).
public protocol LossLayer: Layer {
  /// What becomes of a sample's terms.
  static var reduction: LossReduction { get }
  /// How many elements of working memory a term needs besides its own.
  static var workPerElement: Int { get }
  /// When a prediction counts as right, where there is such a thing.
  var hit: LossHit? { get }
  /// The type that targets must have for predictions of a type; both may leave extents open.
  ///
  /// - Throws: ``LayerProblem/badInput(index:expected:found:)`` at input 1 if `targets` has another.
  func checkTargets(_ targets: TensorType, for predictions: TensorType) throws(ModelError)
  /// Writes the terms of some samples.
  func terms<Scalar: LossScalar>(_ part: LossPart<Scalar>)
  /// Checks the elements of the targets, once for each run and before any term.
  ///
  /// - Throws: ``LayerProblem/badElement(input:position:found:expected:)``.
  func checkElements(_ values: borrowing LayerValues) throws(ModelError)
}

/// What becomes of the terms of one sample.
public enum LossReduction: Sendable {
  /// Their mean.
  case mean
  /// Their sum.
  case sum
  /// Their sum with the sign changed.
  case negatedSum
}

/// When a prediction counts as right.
public enum LossHit: Sendable, Hashable {
  /// If its greatest element, the first of several, stands where the target's does.
  case greatest
  /// If an element is above its threshold just where the target's is above its own.
  case threshold(prediction: Double, target: Double)
}

/// An element type in which losses are computed.
public protocol LossScalar: BinaryFloatingPoint, TensorScalar {}
extension Float: LossScalar {}
extension Double: LossScalar {}

/// Some samples of one run, one behind the other, and the memory for their terms.
public struct LossPart<Scalar: LossScalar> {
  /// The predictions.
  public let predictions: UnsafePointer<Scalar>
  /// The targets, of the element type `targetType`.
  public let targets: UnsafeRawPointer
  /// The element type of the targets.
  public let targetType: DataType
  /// Where the terms go.
  public let terms: UnsafeMutablePointer<Scalar>
  /// Memory for `workPerElement` numbers for each term.
  public let work: UnsafeMutablePointer<Scalar>
  /// How many samples there are.
  public let rows: Int
  /// How many elements a sample has.
  public let extent: Int

  /// How many elements there are.
  public var count: Int { rows * extent }

  /// The targets, where they have the predictions' type.
  public var sameTargets: UnsafePointer<Scalar> { targets.assumingMemoryBound(to: Scalar.self) }

  /// Applies a function to `count` elements of `source`.
  package func apply(_ function: Elementwise, _ source: UnsafePointer<Scalar>, to result: UnsafeMutablePointer<Scalar>)
  {
    function.run(FloatType(Scalar.dataType), from: source, to: result, count: count)
  }
}

extension LossLayer {
  /// None, unless the loss says otherwise.
  public static var workPerElement: Int { 0 }
  /// None, unless the loss says otherwise.
  public var hit: LossHit? { nil }

  /// Demands the predictions' own type.
  public func checkTargets(_ targets: TensorType, for predictions: TensorType) throws(ModelError) {
    _ = try predictions.joined(with: targets, index: 1)
  }

  /// Accepts all.
  public func checkElements(_ values: borrowing LayerValues) throws(ModelError) {}

  /// The predictions' extents but for the last.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    guard inputs.count == 2 else {
      throw ModelError(
        LayerProblem.inputCount(
          kind: Self.kind, expected: "two inputs, predictions and targets", found: inputs.count))
    }
    let predictions = try inputs[0].predictions()
    try checkTargets(inputs[1], for: predictions)
    var extents = Array(predictions.shape.dropLast())
    for axis in extents.indices where extents[axis].value == nil {
      if inputs[1].shape[axis].value != nil { extents[axis] = inputs[1].shape[axis] }
    }
    return [TensorType(predictions.dataType, extents)]
  }

  /// The terms of as many samples as are computed at once, and what they need besides.
  public func scratchSize(for inputs: [TensorType]) -> Int {
    guard let input = inputs.first, let shape = try? input.knownShape(), shape.rank > 0 else { return 0 }
    let extent = shape[shape.rank - 1]
    let rows = min(shape.count(of: 0..<shape.rank - 1), LossRows.atOnce(extent))
    let (count, countOverflow) = (rows * extent).multipliedReportingOverflow(by: 1 + Self.workPerElement)
    let (size, overflow) = count.multipliedReportingOverflow(by: input.dataType.byteSize)
    return countOverflow || overflow ? .max : size
  }

  /// The terms, and what becomes of them.
  ///
  /// - Throws: ``LayerProblem/badElement(input:position:found:expected:)`` if a target cannot be used.
  public func forward(_ values: borrowing LayerValues) throws(ModelError) {
    try checkElements(values)
    switch FloatType(values.outputs[0].dataType) {
    case .f32: compute(values, of: Float.self)
    case .f64: compute(values, of: Double.self)
    }
  }

  private func compute<Scalar: LossScalar>(_ values: borrowing LayerValues, of: Scalar.Type) {
    let targets = values.inputs[1]
    let shape = values.inputs[0].shape
    let extent = shape[shape.rank - 1]
    let predictions = values.elements(of: values.inputs[0], as: Scalar.self)
    let result = values.mutableElements(of: values.outputs[0], as: Scalar.self)
    let rowCount = result.count
    guard rowCount > 0, let result = result.baseAddress, let predictions = predictions.baseAddress else { return }
    let targetSize = targets.shape.count / rowCount * targets.dataType.byteSize
    let together = min(rowCount, LossRows.atOnce(extent))
    let terms = values.scratch.assumingMemoryBound(to: Scalar.self)
    var row = 0
    while row < rowCount {
      let rows = min(together, rowCount - row)
      let part = LossPart(
        predictions: predictions + row * extent, targets: values.address(of: targets) + row * targetSize,
        targetType: targets.dataType, terms: terms, work: terms + together * extent, rows: rows, extent: extent)
      self.terms(part)
      let reduction: NNKernels.Reduction = if case .mean = Self.reduction { .mean } else { .sum }
      reduction.run(FloatType(Scalar.dataType), outer: rows, axis: extent, from: terms, to: result + row)
      if case .negatedSum = Self.reduction {
        for index in row..<row + rows { result[index] = -result[index] }
      }
      row += rows
    }
  }
}

/// How many samples are computed at once: enough for the vector kernels, few enough for the cache.
enum LossRows {
  static func atOnce(_ extent: Int) -> Int { max(1, 4096 / max(1, extent)) }
}

extension TensorType {
  /// Demands f32 or f64 and a last dimension.
  func predictions() throws(ModelError) -> TensorType {
    try requireFloat(index: 0)
    guard rank >= 1 else {
      throw ModelError(LayerProblem.badInput(index: 0, expected: "of rank 1 or more", found: self))
    }
    return self
  }
}
