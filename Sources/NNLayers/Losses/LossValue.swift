public import NNFormat
import NNKernels

extension LossLayer {
  /// The loss of each sample.
  ///
  ///     try MeanSquaredError().perSample(of: predictions, against: targets)
  ///
  /// - Throws: ``LayerProblem`` if the tensors do not fit.
  public func perSample(of predictions: Tensor, against targets: Tensor) throws(ModelError) -> Tensor {
    try computed(from: [predictions, targets])
  }

  /// The mean loss of all samples, summed with NumPy's pairwise rule in the element type; NaN of none.
  ///
  /// - Throws: ``LayerProblem`` if the tensors do not fit.
  public func mean(of predictions: Tensor, against targets: Tensor) throws(ModelError) -> Double {
    try perSample(of: predictions, against: targets).mean
  }

  /// How many predictions are right; nil for a loss that knows no right and wrong.
  ///
  /// - Throws: ``LayerProblem`` if the tensors do not fit.
  public func accuracy(of predictions: Tensor, against targets: Tensor) throws(ModelError) -> Accuracy? {
    _ = try outputs(for: [predictions.type, targets.type])
    return hit.map { Accuracy(predictions, targets, $0) }
  }
}

extension Entropy {
  /// The entropy of each distribution.
  ///
  /// - Throws: ``LayerProblem`` if the tensor has no such type.
  public func perSample(of distributions: Tensor) throws(ModelError) -> Tensor {
    try computed(from: [distributions])
  }

  /// The mean entropy, summed with NumPy's pairwise rule in the element type; NaN of none.
  ///
  /// - Throws: ``LayerProblem`` if the tensor has no such type.
  public func mean(of distributions: Tensor) throws(ModelError) -> Double {
    try perSample(of: distributions).mean
  }
}

/// How many predictions are right.
public struct Accuracy: Sendable, Hashable {
  /// How many are right.
  public let correct: Int
  /// How many there are.
  public let count: Int

  /// The share of the right ones; NaN of none.
  public var share: Double { Double(correct) / Double(count) }

  /// So many of so many.
  package init(correct: Int, count: Int) {
    self.correct = correct
    self.count = count
  }

  /// - Precondition: a loss with this rule accepts the two.
  fileprivate init(_ predictions: Tensor, _ targets: Tensor, _ hit: LossHit) {
    self =
      predictions.dataType == .f32
      ? Accuracy(predictions.elements(as: Float.self), predictions.shape, targets, hit)
      : Accuracy(predictions.elements(as: Double.self), predictions.shape, targets, hit)
  }

  private init<Scalar: LossScalar>(
    _ predictions: [Scalar], _ shape: Shape, _ targets: Tensor, _ hit: LossHit
  ) {
    switch hit {
    case .threshold(let bound, let targetBound):
      let wanted = targets.elements(as: Scalar.self)
      count = predictions.count
      correct = zip(predictions, wanted).count { (Double($0) > bound) == (Double($1) > targetBound) }
    case .greatest:
      let extent = shape[shape.rank - 1]
      let rows = shape.count(of: 0..<shape.rank - 1)
      let classes: [Int]
      if targets.dataType.isClass {
        classes = targets.bytes.aligned(to: targets.dataType.byteSize).withUnsafeBytes { bytes in
          guard let base = bytes.baseAddress else { return [] }
          return (0..<rows).map { ClassNumber.read(base, $0, targets.dataType) }
        }
      } else {
        let shares = targets.elements(as: Scalar.self)
        classes = (0..<rows).map { Accuracy.greatest(of: shares, $0 * extent, extent) }
      }
      count = rows
      correct = (0..<rows).count { Accuracy.greatest(of: predictions, $0 * extent, extent) == classes[$0] }
    }
  }

  /// The place of the greatest element, the first of several; -1 if there is none.
  private static func greatest<Scalar: LossScalar>(of x: [Scalar], _ start: Int, _ extent: Int) -> Int {
    guard extent > 0 else { return -1 }
    var greatest = 0
    for index in 1..<max(extent, 1) where x[start + index] > x[start + greatest] { greatest = index }
    return greatest
  }
}

extension Tensor {
  /// The mean of all elements of an f32 or f64 tensor.
  fileprivate var mean: Double {
    bytes.aligned(to: dataType.byteSize).withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress else { return .nan }
      if dataType == .f32 {
        var mean: Float = 0
        withUnsafeMutablePointer(to: &mean) {
          NNKernels.Reduction.mean.run(.f32, outer: 1, axis: shape.count, from: base, to: $0)
        }
        return Double(mean)
      }
      var mean = 0.0
      withUnsafeMutablePointer(to: &mean) {
        NNKernels.Reduction.mean.run(.f64, outer: 1, axis: shape.count, from: base, to: $0)
      }
      return mean
    }
  }
}

extension Layer {
  /// The only output of a layer without parameters.
  fileprivate func computed(from tensors: [Tensor]) throws(ModelError) -> Tensor {
    let types = tensors.map(\.type)
    guard let output = try outputs(for: types).first, let shape = try output.knownShape() else {
      throw ModelError(LayerProblem.inputCount(kind: Self.kind, expected: "other inputs", found: tensors.count))
    }
    let scratch = UnsafeMutableRawPointer.allocate(byteCount: max(1, scratchSize(for: types)), alignment: 64)
    defer { scratch.deallocate() }
    let inputs = tensors.map { $0.bytes.aligned(to: $0.dataType.byteSize) }
    return try Tensor(output.dataType, shape) { (result) throws(ModelError) in
      // Empty values have no memory; nothing reads or writes theirs.
      let places =
        inputs.map { $0.withUnsafeBytes { $0.baseAddress.map { UnsafeMutableRawPointer(mutating: $0) } ?? scratch } }
        + [result.baseAddress ?? scratch, scratch]
      let addresses = UnsafeMutablePointer<UnsafeMutableRawPointer>.allocate(capacity: places.count)
      defer { addresses.deallocate() }
      addresses.initialize(from: places, count: places.count)
      try withExtendedLifetime(inputs) { () throws(ModelError) in
        try forward(
          LayerValues(
            inputs: tensors.enumerated().map { LayerValue($1.dataType, $1.shape, slot: $0) }, parameters: [],
            outputs: [LayerValue(output.dataType, shape, slot: tensors.count)], scratchSlot: tensors.count + 1,
            addresses: addresses))
      }
    }
  }
}
