public import NNFormat

/// An integer from 0.
public struct NonNegative: FieldValue, ExpressibleByIntegerLiteral {
  /// The integer.
  public let value: Int
  /// The values from 0.
  public static var expectation: String { "an integer from 0" }
  /// The same as a JSON Schema.
  public static var schema: JSONValue { ["type": "integer", "minimum": 0] }

  /// The given integer; nil if it is below 0.
  public init?(_ value: Int) {
    guard value >= 0 else { return nil }
    self.value = value
  }

  /// The given integer, for literals in code.
  public init(integerLiteral value: Int) {
    precondition(value >= 0, "the literal must not be negative")
    self.value = value
  }

  /// Reads an integer from 0.
  public init?(json: JSONValue) {
    guard let value = json.int else { return nil }
    self.init(value)
  }

  /// The integer.
  public var json: JSONValue { JSONValue(value) }
}
