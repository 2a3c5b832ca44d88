import NNFormat

/// What the normalisations over axes demand of their input.
enum NormalizedAxes {
  /// The only input, and its extents along the axes, ascending.
  static func checked(
    _ inputs: [TensorType], _ axes: [Axis], _ kind: String
  ) throws(ModelError) -> (input: TensorType, extents: [Int]) {
    let input = try inputs.single(for: kind)
    try input.requireFloat(index: 0)
    let resolved = try resolved(axes, rank: input.rank)
    return (input, try input.fixedExtents(along: resolved, index: 0))
  }

  /// The axes, of which there must be one.
  static func resolved(_ axes: [Axis], rank: Int) throws(ModelError) -> [Int] {
    let resolved = try axes.resolved(rank: rank).sorted()
    guard !resolved.isEmpty else {
      throw ModelError(LayerProblem.badSetting(reason: "at least one axis is needed"), at: .field("axes"))
    }
    return resolved
  }

  /// The bytes of one group of elements, where they do not lie one behind the other.
  static func scratchSize(_ input: TensorType, _ axes: [Axis]) -> Int {
    guard let shape = try? input.knownShape() else { return 0 }
    let set = AxisSet(axes, rank: shape.rank)
    return set.areInnermost(rank: shape.rank) ? 0 : byteCount(set.count(in: shape), of: input.dataType)
  }
}
