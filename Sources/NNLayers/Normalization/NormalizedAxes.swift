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
}
