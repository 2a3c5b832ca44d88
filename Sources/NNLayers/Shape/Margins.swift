public import NNFormat

/// How many elements are before and after something along a dimension: `[before, after]`.
public struct Margins: FieldValue, ExpressibleByArrayLiteral {
  /// The number at the start.
  public let before: Int
  /// The number at the end.
  public let after: Int
  /// Two integers from 0.
  public static var expectation: String { "an array of two integers from 0, before and after" }
  /// The same as a JSON Schema.
  public static var schema: JSONValue {
    ["type": "array", "items": ["type": "integer", "minimum": 0], "minItems": 2, "maxItems": 2]
  }

  /// The given numbers; nil if one is negative.
  public init?(_ before: Int, _ after: Int) {
    guard before >= 0, after >= 0 else { return nil }
    self.before = before
    self.after = after
  }

  /// The two numbers, for literals in code.
  public init(arrayLiteral elements: Int...) {
    guard elements.count == 2, let margins = Margins(elements[0], elements[1]) else {
      preconditionFailure("the literal must be two integers from 0")
    }
    self = margins
  }

  /// Reads two integers from 0.
  public init?(json: JSONValue) {
    guard let values = [Int](json: json), values.count == 2 else { return nil }
    self.init(values[0], values[1])
  }

  /// The two numbers.
  public var json: JSONValue { [before, after].json }

  /// Both together.
  ///
  /// - Throws: ``ModelProblem/shapeOverflow(_:)``.
  func total() throws(ModelError) -> Int {
    let (sum, overflow) = before.addingReportingOverflow(after)
    guard !overflow else { throw ModelError(ModelProblem.shapeOverflow([before, after])) }
    return sum
  }
}

extension [Margins] {
  /// Demands a pair for each dimension of the input.
  func require(rank: Int, field: String) throws(ModelError) {
    guard count == rank else {
      throw ModelError(
        LayerProblem.badSetting(
          reason: "it must have a pair for each of the input's \(rank) dimensions, and has \(count)"),
        at: .field(field))
    }
  }
}
