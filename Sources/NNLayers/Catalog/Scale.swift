public import NNFormat

/// A finite number above 0.
public struct Scale: FieldValue, ExpressibleByFloatLiteral {
  /// The number.
  public let value: Double
  /// The numbers above 0.
  public static var expectation: String { "a number above 0" }
  /// The numbers above 0.
  public static var schema: JSONValue { ["type": "number", "exclusiveMinimum": 0] }

  /// The given number; nil if it is not above 0 or not finite.
  public init?(_ value: Double) {
    guard value > 0, value.isFinite else { return nil }
    self.value = value
  }

  /// The given number, for literals in code.
  public init(floatLiteral value: Double) {
    precondition(value > 0 && value.isFinite, "the literal must be above 0")
    self.value = value
  }

  /// Reads a number above 0.
  public init?(json: JSONValue) {
    guard let value = json.number else { return nil }
    self.init(value)
  }

  /// The number.
  public var json: JSONValue { JSONValue(number: value) }
}
