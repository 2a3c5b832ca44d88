package import NNFormat

extension [Axis] {
  /// The numbers of the dimensions counted from the outermost, in a value of the given rank.
  ///
  /// - Throws: ``LayerProblem/badSetting(reason:)`` at the field if there is no such dimension, or one stands twice.
  package func resolved(
    rank: Int, of value: String = "the input", field: String = "axes"
  ) throws(ModelError) -> [Int] {
    var numbers: [Int] = []
    for axis in self {
      guard axis.index >= -rank, axis.index < rank else {
        let allowed = rank == 0 ? "it has no dimensions" : "its axes are \(-rank) to \(rank - 1)"
        throw ModelError(
          LayerProblem.badSetting(reason: "\(value) has no axis \(axis.index); \(allowed)"), at: .field(field))
      }
      let number = axis.number(rank: rank)
      guard !numbers.contains(number) else {
        throw ModelError(LayerProblem.badSetting(reason: "axis \(number) stands twice"), at: .field(field))
      }
      numbers.append(number)
    }
    return numbers
  }

  /// Whether one of the axes is the given dimension of a value of the given rank.
  @inline(__always)
  package func contains(_ number: Int, rank: Int) -> Bool {
    contains { $0.number(rank: rank) == number }
  }
}

extension Axis {
  /// The number of the dimension counted from the outermost.
  ///
  /// - Precondition: `resolved(rank:)` succeeded for the rank.
  @inline(__always)
  package func number(rank: Int) -> Int { index < 0 ? index + rank : index }
}
