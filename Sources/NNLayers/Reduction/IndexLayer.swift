import NNFormat
import NNKernels

/// A layer that finds an element along an axis.
protocol IndexLayer: Layer {
  /// The axis along which it looks.
  var axis: Axis { get set }
  /// Whether the dimension stays, with extent 1.
  var keepdims: Bool { get set }
  /// Whether of equal elements the last counts.
  var selectLastIndex: Bool { get set }
  /// Whether a number takes the place of the one found before it; neither is NaN.
  static func isBetter<Scalar: BinaryFloatingPoint>(_ new: Scalar, than old: Scalar) -> Bool
}

extension IndexLayer {
  /// The settings.
  static func indexFields(
    _ axis: any WritableKeyPath<Self, Axis> & Sendable, _ keepdims: any WritableKeyPath<Self, Bool> & Sendable,
    _ selectLastIndex: any WritableKeyPath<Self, Bool> & Sendable
  ) -> [Field<Self>] {
    [
      Field("axis", axis, default: -1, "the axis along which it looks; negative ones count from the last, which is -1"),
      Field("keepdims", keepdims, default: false, "whether the dimension stays, with extent 1"),
      Field("select_last_index", selectLastIndex, default: false, "whether of equal elements the last counts"),
    ]
  }

  /// Indices of the input's extents without that of the axis, or with 1 there.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    let input = try inputs.single(for: Self.kind)
    try input.requireFloat(index: 0)
    let axis = try axis.resolved(rank: input.rank)
    guard input.shape[axis] != .known(0) else {
      throw ModelError(
        LayerProblem.badInput(index: 0, expected: "of at least one element along axis \(axis)", found: input))
    }
    var shape = input.shape
    if keepdims { shape[axis] = .known(1) } else { shape.remove(at: axis) }
    return [TensorType(.i64, shape)]
  }

  /// Compares one element after another.
  public func forward(_ values: borrowing LayerValues) {
    if values.inputs[0].dataType == .f32 { run(values, Float.self) } else { run(values, Double.self) }
  }

  private func run<Scalar: ComputingScalar>(_ values: borrowing LayerValues, _ type: Scalar.Type) {
    let input = values.inputs[0]
    let (outer, extent, inner) = axis.split(input.shape)
    let rows = IndexedRows(
      layer: self, extent: extent, inner: inner, x: values.pointer(to: input, as: type),
      y: values.mutableAddress(of: values.outputs[0]).assumingMemoryBound(to: Int64.self))
    values.crew.divide(rows, count: outer, cost: input.shape.count.multipliedClamped(by: 4))
  }
}

/// The positions on the axes before that along which elements are found.
private struct IndexedRows<L: IndexLayer, Scalar: ComputingScalar>: DividedWork {
  let layer: L
  let extent: Int
  let inner: Int
  let x: UnsafePointer<Scalar>
  let y: UnsafeMutablePointer<Int64>

  func run(_ rows: Range<Int>, part: Int) {
    let selectsLast = layer.selectLastIndex
    for row in rows {
      for column in 0..<inner {
        let first = row * extent * inner + column
        var best = x[first]
        var place = 0
        for index in 1..<max(extent, 1) {
          let element = x[first + index * inner]
          let isEqual = element == best || element.isNaN && best.isNaN
          let wins = isEqual ? selectsLast : !best.isNaN && (element.isNaN || L.isBetter(element, than: best))
          if wins {
            best = element
            place = index
          }
        }
        y[row * inner + column] = Int64(place)
      }
    }
  }
}
