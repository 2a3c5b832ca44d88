public import NNFormat

/// Takes every `stride`-th element from a start to an end, along some axes: `x[start:end:stride]`.
///
/// | value  | shape                                  | notes             |
/// |--------|----------------------------------------|-------------------|
/// | input  | any                                    | any element type  |
/// | output | along each axis the number of elements | same element type |
///
/// As in Python: a negative start or end counts from the end of the axis, and what lies outside is clamped to the axis.
/// The end is not included. With a negative stride the elements run backwards, and an end before the first element
/// takes them all: any `end` below `-extent`.
///
/// - Source: ONNX `Slice`; NumPy `x[start:end:stride, ...]`; Keras 3 `x[...]` on tensors.
public struct Slice: Layer {
  /// `slice`
  public static let kind = "slice"
  /// The settings.
  public static let fields: [Field<Slice>] = [
    Field("starts", \.starts, "for each axis the first element"),
    Field("ends", \.ends, "for each axis the element before which it ends"),
    Field("axes", \.axes, default: [], "the axes; none stands for the first ones, as many as there are starts"),
    Field("strides", \.strides, default: [], "for each axis the distance of the elements, not 0; none stands for 1"),
  ]

  /// For each axis the first element.
  public var starts: [Int] = []
  /// For each axis the element before which it ends.
  public var ends: [Int] = []
  /// The axes; none stands for the first ones.
  public var axes: [Axis] = []
  /// For each axis the distance of the elements; none stands for 1.
  public var strides: [Int] = []

  /// The layer that takes all.
  public init() {}

  /// The layer of the given settings.
  public init(starts: [Int], ends: [Int], axes: [Axis] = [], strides: [Int] = []) {
    self.starts = starts
    self.ends = ends
    self.axes = axes
    self.strides = strides
  }

  /// The extents of what is taken.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    var output = try inputs.single(for: Self.kind)
    for (name, count) in [("ends", ends.count), ("axes", axes.count), ("strides", strides.count)]
    where count != starts.count && (count != 0 || name == "ends") {
      throw ModelError(
        LayerProblem.badSetting(reason: "it has \(count) entries, and 'starts' has \(starts.count)"), at: .field(name))
    }
    if strides.contains(0) {
      throw ModelError(LayerProblem.badSetting(reason: "a stride must not be 0"), at: .field("strides"))
    }
    guard !axes.isEmpty || starts.count <= output.rank else {
      throw ModelError(
        LayerProblem.badSetting(
          reason: "it has \(starts.count) entries, and the input has only \(output.rank) dimensions"),
        at: .field("starts"))
    }
    let numbers = try axes.resolved(rank: output.rank)
    for entry in starts.indices {
      let axis = axes.isEmpty ? entry : numbers[entry]
      output.shape[axis] = output.shape[axis].value.map { .known(range(entry, extent: $0).count) } ?? .unknown
    }
    return [output]
  }

  private func range(_ entry: Int, extent: Int) -> (first: Int, count: Int) {
    let stride = strides.isEmpty ? 1 : strides[entry]
    let limits = stride > 0 ? 0...extent : -1...extent - 1
    func place(_ index: Int) -> Int {
      let counted = index < 0 ? index + extent : index
      return min(max(counted, limits.lowerBound), limits.upperBound)
    }
    let first = place(starts[entry])
    let end = place(ends[entry])
    let distance = stride > 0 ? end - first : first - end
    let step = Int(clamping: stride.magnitude)
    return (first, distance <= 0 ? 0 : (distance - 1) / step + 1)
  }

  /// Room for the dimensions.
  public func scratchSize(for inputs: [TensorType]) -> Int { StridedCopy.scratchSize }

  /// Copies what is taken.
  public func forward(_ values: borrowing LayerValues) {
    let x = values.inputs[0]
    let y = values.outputs[0]
    guard y.shape.count > 0 else { return }
    let rank = x.shape.rank
    var copy = StridedCopy(scratch: values.scratch)
    var first = 0
    for axis in 0..<rank {
      let distance = x.shape.count(of: axis + 1..<rank)
      var entry = 0
      while entry < starts.count, (axes.isEmpty ? entry : axes[entry].number(rank: rank)) != axis { entry += 1 }
      guard entry < starts.count else {
        copy.append(x.shape[axis], stride: distance)
        continue
      }
      let taken = range(entry, extent: x.shape[axis])
      first += taken.first * distance
      // A stride beyond the axis takes one element, and its product with the distance might overflow.
      guard taken.count > 1 else { continue }
      copy.append(taken.count, stride: (strides.isEmpty ? 1 : strides[entry]) * distance)
    }
    let size = x.dataType.byteSize
    copy.run(from: values.address(of: x) + first * size, to: values.mutableAddress(of: y), size: size, on: values.crew)
  }
}
