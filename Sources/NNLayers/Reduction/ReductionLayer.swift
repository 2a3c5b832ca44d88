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
  func reduced(_ values: borrowing LayerValues) -> Reduced { Reduced(shape: values.inputs[0].shape, axes: axes) }

  /// Adds up `source`, which has the input's shape, by the rule of sums.
  func sum(_ values: borrowing LayerValues, of source: UnsafeRawPointer) {
    let reduced = reduced(values)
    let output = values.outputs[0]
    let type = FloatType(output.dataType)
    let result = values.mutableAddress(of: output)
    if reduced.count == 0 {
      result.initializeMemory(as: UInt8.self, repeating: 0, count: output.shape.count * type.byteSize)
      return
    }
    if let (outer, extent, inner) = reduced.single {
      return Reduction.sum.run(type, outer: outer, axis: extent, inner: inner, from: source, to: result)
    }
    let size = type.byteSize
    let reducesRuns = reduced.reducesRuns
    reduced.forEachRun { from, to, count, isFirst in
      let run = source + from * size
      let place = result + to * size
      switch (reducesRuns, isFirst) {
      case (true, true): Reduction.sum.run(type, outer: 1, axis: count, from: run, to: place)
      case (true, false):
        withUnsafeTemporaryAllocation(byteCount: 8, alignment: 8) { one in
          guard let part = one.baseAddress else { return }
          Reduction.sum.run(type, outer: 1, axis: count, from: run, to: part)
          Addition.run(type, place, part, to: place, count: 1)
        }
      case (false, true): place.copyMemory(from: run, byteCount: count * size)
      case (false, false): Addition.run(type, place, run, to: place, count: count)
      }
    }
  }

  /// Combines the elements one after another, beginning with `start`.
  @inline(__always)
  func fold<Scalar: BinaryFloatingPoint & BitwiseCopyable>(
    _ values: borrowing LayerValues, _ start: Scalar, _ combine: (Scalar, Scalar) -> Scalar
  ) {
    let reduced = reduced(values)
    let x = values.address(of: values.inputs[0]).assumingMemoryBound(to: Scalar.self)
    let output = values.outputs[0]
    let y = values.mutableAddress(of: output).assumingMemoryBound(to: Scalar.self)
    for index in 0..<output.shape.count { y[index] = start }
    guard values.inputs[0].shape.count > 0 else { return }
    let reducesRuns = reduced.reducesRuns
    reduced.forEachRun { from, to, count, _ in
      if reducesRuns {
        var result = y[to]
        for index in from..<from + count { result = combine(result, x[index]) }
        y[to] = result
      } else {
        for index in 0..<count { y[to + index] = combine(y[to + index], x[from + index]) }
      }
    }
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

  /// Writes a function of every element to the scratch memory, and adds these up.
  @inline(__always)
  func mappedSum(_ values: borrowing LayerValues, _ single: (Float) -> Float, _ double: (Double) -> Double) {
    let x = values.inputs[0]
    if x.dataType == .f32 {
      let source = values.elements(of: x, as: Float.self)
      let target = values.scratch.assumingMemoryBound(to: Float.self)
      for index in source.indices { target[index] = single(source[index]) }
    } else {
      let source = values.elements(of: x, as: Double.self)
      let target = values.scratch.assumingMemoryBound(to: Double.self)
      for index in source.indices { target[index] = double(source[index]) }
    }
    sum(values, of: values.scratch)
  }
}
