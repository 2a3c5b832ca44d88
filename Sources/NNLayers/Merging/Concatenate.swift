public import NNFormat

/// Puts values one after another along an axis.
///
/// | value  | shape          | notes                                                      |
/// |--------|----------------|------------------------------------------------------------|
/// | inputs | rank 1 or more | one or more, equal but for the axis, any element type      |
/// | output | same           | along the axis the sum of the inputs' extents              |
///
/// - Source: Keras 3 and Keras 2 `Concatenate`; ONNX `Concat`; NumPy `np.concatenate`.
public struct Concatenate: Layer {
  /// `concatenate`
  public static let kind = "concatenate"
  /// The settings.
  public static let fields: [Field<Concatenate>] = [
    Field("axis", \.axis, default: -1, "the axis that grows; negative ones count from the last, which is -1")
  ]

  /// The axis that grows.
  public var axis: Axis = -1

  /// The layer along the last axis.
  public init() {}

  /// The layer along the given axis.
  public init(axis: Axis) {
    self.axis = axis
  }

  /// The first input's type with the sum of the extents along the axis.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    guard var output = inputs.first else {
      throw ModelError(LayerProblem.inputCount(kind: Self.kind, expected: "one input or more", found: 0))
    }
    let axis = try axis.resolved(rank: output.rank)
    for (index, input) in inputs.enumerated().dropFirst() {
      var expected = output
      if input.rank == output.rank { expected.shape[axis] = input.shape[axis] }
      guard let joined = expected.unified(with: input) else {
        throw ModelError(
          LayerProblem.badInput(
            index: index, expected: "like input 0, \(inputs[0]), but for axis \(axis)", found: input))
      }
      output.shape = joined.shape
      output.shape[axis] = try sum(of: inputs[...index], along: axis)
    }
    return [output]
  }

  private func sum(of inputs: ArraySlice<TensorType>, along axis: Int) throws(ModelError) -> Dimension {
    var total = 0
    for input in inputs {
      guard let extent = input.shape[axis].value else { return .unknown }
      let (sum, overflow) = total.addingReportingOverflow(extent)
      guard !overflow else {
        throw ModelError(ModelProblem.shapeOverflow(inputs.map { $0.shape[axis].value ?? 0 }))
      }
      total = sum
    }
    return .known(total)
  }

  /// Copies the inputs' rows in turn.
  public func forward(_ values: borrowing LayerValues) {
    let output = values.outputs[0]
    let (outer, extent, inner) = axis.split(output.shape)
    let size = output.dataType.byteSize
    let rowSize = extent * inner * size
    let target = values.mutableAddress(of: output)
    var start = 0
    for index in 0..<values.inputs.count {
      let input = values.inputs[index]
      let partSize = axis.split(input.shape).extent * inner * size
      let source = values.address(of: input)
      for row in 0..<outer {
        // A part ends where the next begins, and the last where the row does.
        (target + (row * rowSize + start)).copyMemory(from: source + row * partSize, byteCount: partSize)
      }
      start += partSize
    }
  }
}

extension TensorType {
  /// What is known of a value that is of both types; nil if none can be.
  fileprivate func unified(with other: TensorType) -> TensorType? {
    guard dataType == other.dataType, rank == other.rank else { return nil }
    var unified = self
    for (axis, pair) in zip(shape, other.shape).enumerated() {
      switch pair {
      case (.known(let own), .known(let another)): guard own == another else { return nil }
      case (_, .known), (.unknown, _): unified.shape[axis] = pair.1
      case (.known, _), (.symbol, _): break
      }
    }
    return unified
  }
}
