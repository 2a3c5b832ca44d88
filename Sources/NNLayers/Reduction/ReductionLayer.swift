import NNFormat
import NNKernels

/// A layer that makes one number of the elements along some axes, f32 or f64.
protocol ReductionLayer: Layer {
  /// The axes; none stands for all.
  var axes: [Axis] { get set }
  /// Whether reduced dimensions stay, with extent 1.
  var keepdims: Bool { get set }
}

extension ReductionLayer {
  /// The settings.
  static func reductionFields(
    _ axes: any WritableKeyPath<Self, [Axis]> & Sendable, _ keepdims: any WritableKeyPath<Self, Bool> & Sendable
  ) -> [Field<Self>] {
    [
      Field(
        "axes", axes, default: [],
        "the axes that are reduced; negative ones count from the last, which is -1; none stands for all"),
      Field("keepdims", keepdims, default: false, "whether reduced dimensions stay, with extent 1"),
    ]
  }

  /// The input's extents without those of the axes, or with 1 there.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    let input = try inputs.single(for: Self.kind)
    try input.requireFloat(index: 0)
    let gone = try axes.resolved(rank: input.rank)
    var shape: [Dimension] = []
    for (axis, extent) in input.shape.enumerated() {
      if !axes.isEmpty, !gone.contains(axis) {
        shape.append(extent)
      } else if keepdims {
        shape.append(.known(1))
      }
    }
    return [TensorType(input.dataType, shape)]
  }

  /// The groups of the input's dimensions.
  /// Does the work in parts: of units where there are enough of them, else of what lies side by side in each run.
  private func divide<Work: ReducingWork>(_ work: Work, _ values: borrowing LayerValues) {
    let (reduced, crew) = (work.reduced, values.crew)
    let cost = values.inputs[0].shape.count.multipliedClamped(by: 4)
    guard reduced.units < crew.threadCount, !reduced.reducesRuns, reduced.count > 0 else {
      return crew.divide(work, count: reduced.units, cost: cost)
    }
    crew.divide(
      ElementsOfRuns(work: work), count: reduced.runLength, least: ElementsOfRuns<Work>.least,
      multiple: ElementsOfRuns<Work>.least, cost: cost)
  }

  func reduced(_ values: borrowing LayerValues) -> Reduced { Reduced(shape: values.inputs[0].shape, axes: axes) }

  /// Adds up what becomes of the elements, by the rule of sums; terms other than the elements need scratch memory.
  func sum(_ values: borrowing LayerValues, of term: SummedTerm = .element) {
    switch FloatType(values.outputs[0].dataType) {
    case .f32: sum(values, of: term, Float.self)
    case .f64: sum(values, of: term, Double.self)
    }
  }

  private func sum<Scalar: ComputingScalar>(
    _ values: borrowing LayerValues, of term: SummedTerm, _ type: Scalar.Type
  ) {
    let input = values.inputs[0]
    let work = SummedUnits(
      reduced: reduced(values), term: term, x: values.pointer(to: input, as: type), terms: values.scratch(as: type),
      y: values.mutablePointer(to: values.outputs[0], as: type))
    divide(work, values)
  }

  /// Combines the elements one after another.
  func fold(_ values: borrowing LayerValues, by fold: ReductionFold) {
    switch FloatType(values.outputs[0].dataType) {
    case .f32: self.fold(values, by: fold, Float.self)
    case .f64: self.fold(values, by: fold, Double.self)
    }
  }

  private func fold<Scalar: ComputingScalar>(
    _ values: borrowing LayerValues, by fold: ReductionFold, _ type: Scalar.Type
  ) {
    let input = values.inputs[0]
    let work = FoldedUnits(
      reduced: reduced(values), fold: fold, x: values.pointer(to: input, as: type),
      y: values.mutablePointer(to: values.outputs[0], as: type))
    divide(work, values)
  }
}

/// A layer that sums a function of the elements.
protocol MappedSumLayer: ReductionLayer {}

extension MappedSumLayer {
  /// Room for the function of every element.
  public func scratchSize(for inputs: [TensorType]) -> Int {
    guard let shape = try? inputs.first?.knownShape() else { return 0 }
    return shape.count * (inputs[0].dataType.byteSize)
  }
}
