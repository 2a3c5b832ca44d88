public import NNFormat

/// How far a tensor is from the expected one, element by element.
///
/// Distances count elements that can be compared: any NaN equals any other, and a NaN against a number has no distance, is
/// counted in ``unorderedCount`` and never passes. Units in the last place are the representable numbers from one to the
/// other (for integers: their difference); 0 and -0 are none apart, and equal under every tolerance but the exact one.
public struct Comparison: Sendable, Equatable {
  /// The first element, in row-major order, that does not pass.
  public struct Departure: Sendable, Equatable {
    /// Its place, counted from 0.
    public let index: Int
    /// Its place along each dimension.
    public let position: [Int]
    /// What was computed, in the shortest form that reads back to the same value.
    public let found: String
    /// What was expected.
    public let expected: String
    /// The units in the last place between them; nil for a NaN against a number.
    public let ulps: UInt64?
  }

  /// The type and shape of both tensors.
  public let type: TensorType
  /// What was tolerated.
  public let tolerance: Tolerance
  /// How many elements there are.
  public let count: Int
  /// The largest distance in units in the last place.
  public let maximumULPs: UInt64
  /// The largest absolute distance; infinite where one of two unequal elements is.
  public let maximumAbsolute: Double
  /// The largest distance as a part of the expected element's magnitude; infinite where 0 was expected and is not found.
  public let maximumRelative: Double
  /// How many elements are NaN where a number is expected, or the reverse.
  public let unorderedCount: Int
  /// How many elements differ by a bit, NaNs aside.
  public let differingCount: Int
  /// How many elements do not pass.
  public let failingCount: Int
  /// The first element that does not pass.
  public let firstDeparture: Departure?

  /// Whether every element passes.
  public var passes: Bool { failingCount == 0 }
  /// Whether every element is equal bit for bit, NaNs aside.
  public var isExact: Bool { differingCount == 0 }

  /// Compares a tensor with the expected one.
  ///
  /// - Throws: ``ModelProblem/typeMismatch(expected:found:)`` if their types or shapes differ.
  public init(of found: Tensor, with expected: Tensor, tolerance: Tolerance = .exact) throws(ModelError) {
    guard found.type == expected.type else {
      throw ModelError(ModelProblem.typeMismatch(expected: expected.type, found: found.type))
    }
    let tally: ElementTally =
      switch found.dataType {
      case .f16: ElementTally(found, expected, tolerance, of: HalfElement.self)
      case .bf16: ElementTally(found, expected, tolerance, of: BrainElement.self)
      case .f32: ElementTally(found, expected, tolerance, of: Float.self)
      case .f64: ElementTally(found, expected, tolerance, of: Double.self)
      case .i8: ElementTally(found, expected, tolerance, of: Int8.self)
      case .i16: ElementTally(found, expected, tolerance, of: Int16.self)
      case .i32: ElementTally(found, expected, tolerance, of: Int32.self)
      case .i64: ElementTally(found, expected, tolerance, of: Int64.self)
      case .u8, .bool: ElementTally(found, expected, tolerance, of: UInt8.self)
      case .u16: ElementTally(found, expected, tolerance, of: UInt16.self)
      case .u32: ElementTally(found, expected, tolerance, of: UInt32.self)
      case .u64: ElementTally(found, expected, tolerance, of: UInt64.self)
      }
    type = expected.type
    self.tolerance = tolerance
    count = expected.shape.count
    maximumULPs = tally.maximumULPs
    maximumAbsolute = tally.maximumAbsolute
    maximumRelative = tally.maximumRelative
    unorderedCount = tally.unorderedCount
    differingCount = tally.differingCount
    failingCount = tally.failingCount
    firstDeparture = tally.first.map { first in
      Departure(
        index: first.index, position: expected.shape.position(of: first.index), found: first.found,
        expected: first.expected, ulps: first.ulps)
    }
  }
}
