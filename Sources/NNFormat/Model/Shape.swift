/// The extents of a tensor, outermost first; a scalar has none. Every shape that exists is valid: no extent is negative, and
/// the bytes of a tensor of any type with this shape can be counted in an `Int`.
public struct Shape: Sendable, Hashable, CustomStringConvertible {
  /// The extents, outermost (slowest) first.
  public let dimensions: [Int]
  /// How many elements a tensor of this shape has.
  public let count: Int

  /// The most dimensions a tensor may have (HDF5's limit).
  public static let maximumRank = 32
  /// The shape of a single value.
  public static let scalar = Shape(unchecked: [], count: 1)

  private init(unchecked dimensions: [Int], count: Int) {
    self.dimensions = dimensions
    self.count = count
  }

  /// The shape with the given extents.
  ///
  /// - Throws: ``ModelProblem`` if an extent is negative, there are more than ``maximumRank``, or the size overflows.
  public init(_ dimensions: [Int]) throws(ModelError) {
    guard dimensions.count <= Shape.maximumRank else {
      throw ModelError(ModelProblem.rankTooLarge(dimensions.count))
    }
    // Zeros are left out of the check, so that no order of the extents can hide an overflow.
    var size = 8
    for extent in dimensions where extent != 0 {
      guard extent > 0 else { throw ModelError(ModelProblem.negativeExtent(extent)) }
      let (product, overflow) = size.multipliedReportingOverflow(by: extent)
      guard !overflow else { throw ModelError(ModelProblem.shapeOverflow(dimensions)) }
      size = product
    }
    self.init(unchecked: dimensions, count: dimensions.contains(0) ? 0 : size / 8)
  }

  /// Another shape with so many rows along the first dimension, no more than it has.
  init(rows: Int, of shape: Shape) {
    let dimensions = [rows] + shape.dimensions.dropFirst()
    self.init(unchecked: dimensions, count: dimensions.reduce(1, *))
  }

  /// How many dimensions there are.
  public var rank: Int { dimensions.count }

  /// The extent of a dimension.
  public subscript(axis: Int) -> Int { dimensions[axis] }

  /// The extents in brackets: `[2, 3]`.
  public var description: String { "[\(dimensions.map(String.init).joined(separator: ", "))]" }
}

extension Shape: ExpressibleByArrayLiteral {
  /// The shape with the given extents, which must be valid: for literals in code.
  public init(arrayLiteral dimensions: Int...) {
    precondition(dimensions.allSatisfy { $0 >= 0 }, "a shape has no negative extent")
    self.init(unchecked: dimensions, count: dimensions.reduce(1, *))
  }
}

/// An extent in a graph: a number, or a name for one that is open until the graph runs.
public enum Dimension: Sendable, Hashable, CustomStringConvertible {
  /// A fixed extent.
  case known(Int)
  /// An open extent; dimensions of the same name are equal in every run.
  case symbol(String)
  /// An open extent that follows from others in a way that a name cannot say; only inferred, never stored.
  case unknown

  /// The number, if it is fixed.
  public var value: Int? {
    if case .known(let value) = self { value } else { nil }
  }

  /// The number, the name, or a question mark.
  public var description: String {
    switch self {
    case .known(let value): String(value)
    case .symbol(let name): name
    case .unknown: "?"
    }
  }
}

/// The type of a value in a graph: of which elements it is made, and its extents as far as they are known.
public struct TensorType: Sendable, Hashable, CustomStringConvertible {
  /// The type of the elements.
  public var dataType: DataType
  /// The extents, outermost first.
  public var shape: [Dimension]

  /// A type with open extents.
  public init(_ dataType: DataType, _ shape: [Dimension]) {
    self.dataType = dataType
    self.shape = shape
  }

  /// A type with fixed extents.
  public init(_ dataType: DataType, _ shape: Shape) {
    self.init(dataType, shape.dimensions.map(Dimension.known))
  }

  /// How many dimensions there are.
  public var rank: Int { shape.count }

  /// The extents as a shape, if all are fixed.
  ///
  /// - Throws: ``ModelProblem`` as `Shape.init` does.
  public func knownShape() throws(ModelError) -> Shape? {
    var extents: [Int] = []
    for dimension in shape {
      guard let value = dimension.value else { return nil }
      extents.append(value)
    }
    return try Shape(extents)
  }

  /// Type and extents: `f32 [N, 784]`.
  public var description: String {
    "\(dataType.rawValue) [\(shape.map(\.description).joined(separator: ", "))]"
  }
}

extension Shape {
  /// The place along each dimension of an element counted in row-major order.
  ///
  /// - Precondition: there is such an element.
  package func position(of index: Int) -> [Int] {
    var rest = index
    var position: [Int] = []
    for extent in dimensions.reversed() {
      position.append(rest % extent)
      rest /= extent
    }
    return position.reversed()
  }
}
