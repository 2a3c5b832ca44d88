public import NNFormat

/// The number of a dimension, from 0 for the outermost; negative numbers count from the innermost, which is -1.
public struct Axis: FieldValue, ExpressibleByIntegerLiteral {
  /// The number as the file has it.
  public let index: Int
  /// Any integer; the rank of the input says which ones are valid.
  public static var expectation: String { "an integer" }
  /// An integer.
  public static var schema: JSONValue { ["type": "integer"] }

  /// The axis of the given number.
  public init(_ index: Int) { self.index = index }
  /// The axis of the given number, for literals in code.
  public init(integerLiteral index: Int) { self.index = index }

  /// Reads an integer.
  public init?(json: JSONValue) {
    guard let index = json.int else { return nil }
    self.index = index
  }

  /// The integer.
  public var json: JSONValue { JSONValue(index) }

  /// The number of the dimension counted from the outermost, in a value of the given rank.
  ///
  /// - Throws: ``LayerProblem/badSetting(reason:)`` at the field `axis` if there is no such dimension.
  package func resolved(rank: Int) throws(ModelError) -> Int {
    guard index >= -rank, index < rank else {
      let allowed = rank == 0 ? "it has no dimensions" : "its axes are \(-rank) to \(rank - 1)"
      throw ModelError(
        LayerProblem.badSetting(reason: "the input has no axis \(index); \(allowed)"), at: .field("axis"))
    }
    return index < 0 ? index + rank : index
  }

  /// A shape as three extents: what lies outside of the axis, the axis, and what lies inside.
  ///
  /// - Precondition: `resolved(rank:)` succeeded for the shape's rank.
  package func split(_ shape: Shape) -> (outer: Int, extent: Int, inner: Int) {
    let axis = index < 0 ? index + shape.rank : index
    return (shape.count(of: 0..<axis), shape[axis], shape.count(of: axis + 1..<shape.rank))
  }
}

extension Shape {
  /// The product of some of the extents; 1 of none. It cannot overflow: a shape counts its elements without its zeros, too.
  @inline(__always)
  package func count(of axes: Range<Int>) -> Int {
    var count = 1
    for axis in axes { count *= self[axis] }
    return count
  }
}
