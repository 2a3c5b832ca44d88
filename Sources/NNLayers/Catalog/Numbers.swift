public import NNFormat

/// A number that is neither NaN nor infinite.
public struct Finite: FieldValue, ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  /// The number.
  public let value: Double
  /// Any number that JSON can say.
  public static var expectation: String { "a number" }
  /// Any number that JSON can say.
  public static var schema: JSONValue { ["type": "number"] }

  /// The given number; nil if it is NaN or infinite.
  public init?(_ value: Double) {
    guard value.isFinite else { return nil }
    self.value = value
  }

  /// The given number, for literals in code.
  public init(floatLiteral value: Double) {
    precondition(value.isFinite, "the literal must be finite")
    self.value = value
  }

  /// The given number, for literals in code.
  public init(integerLiteral value: Int) { self.value = Double(value) }

  /// Reads a number.
  public init?(json: JSONValue) {
    guard let value = json.number else { return nil }
    self.init(value)
  }

  /// The number.
  public var json: JSONValue { JSONValue(number: value) }
}

/// A number from 0 to 1.
public struct Share: FieldValue, ExpressibleByFloatLiteral {
  /// The number.
  public let value: Double
  /// The numbers from 0 to 1.
  public static var expectation: String { "a number from 0 to 1" }
  /// The numbers from 0 to 1.
  public static var schema: JSONValue { ["type": "number", "minimum": 0, "maximum": 1] }

  /// The given number; nil if it is not from 0 to 1.
  public init?(_ value: Double) {
    guard value >= 0, value <= 1 else { return nil }
    self.value = value
  }

  /// The given number, for literals in code.
  public init(floatLiteral value: Double) {
    precondition(value >= 0 && value <= 1, "the literal must be from 0 to 1")
    self.value = value
  }

  /// Reads a number from 0 to 1.
  public init?(json: JSONValue) {
    guard let value = json.number else { return nil }
    self.init(value)
  }

  /// The number.
  public var json: JSONValue { JSONValue(number: value) }
}

/// A limit: a number, or an infinity where there is none.
public struct Bound: FieldValue, ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  /// The limit.
  public let value: Double
  /// Any number but NaN.
  public static var expectation: String { "a number, or one of the strings Infinity and -Infinity" }
  /// Any number but NaN.
  public static var schema: JSONValue { ["anyOf": [["type": "number"], ["enum": ["Infinity", "-Infinity"]]]] }
  /// No limit above.
  public static let infinity = Bound(floatLiteral: .infinity)

  /// The given limit; nil if it is NaN.
  public init?(_ value: Double) {
    guard !value.isNaN else { return nil }
    self.value = value
  }

  /// The given limit, for literals in code.
  public init(floatLiteral value: Double) { self.value = value }

  /// The given limit, for literals in code.
  public init(integerLiteral value: Int) { self.value = Double(value) }

  /// The limit on the other side of 0.
  public static prefix func - (bound: Bound) -> Bound { Bound(floatLiteral: -bound.value) }

  /// Reads a limit.
  public init?(json: JSONValue) {
    guard let value = json.number else { return nil }
    self.init(value)
  }

  /// The limit.
  public var json: JSONValue { JSONValue(number: value) }
}

/// A number from 0.
public struct Amount: FieldValue, ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  /// The number.
  public let value: Double
  /// The numbers from 0.
  public static var expectation: String { "a number from 0" }
  /// The numbers from 0.
  public static var schema: JSONValue { ["type": "number", "minimum": 0] }

  /// The given number; nil if it is negative, infinite or NaN.
  public init?(_ value: Double) {
    guard value >= 0, value.isFinite else { return nil }
    self.value = value
  }

  /// The given number, for literals in code.
  public init(floatLiteral value: Double) {
    precondition(value >= 0 && value.isFinite, "the literal must not be negative")
    self.value = value
  }

  /// The given number, for literals in code.
  public init(integerLiteral value: Int) { self.init(floatLiteral: Double(value)) }

  /// Reads a number from 0.
  public init?(json: JSONValue) {
    guard let value = json.number else { return nil }
    self.init(value)
  }

  /// The number.
  public var json: JSONValue { JSONValue(number: value) }
}

/// The greatest value of a result that is not negative: a number from 0, or infinity where there is none.
public struct Ceiling: FieldValue, ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  /// The limit.
  public let value: Double
  /// The numbers from 0, and infinity.
  public static var expectation: String { "a number from 0, or the string Infinity" }
  /// The numbers from 0, and infinity.
  public static var schema: JSONValue { ["anyOf": [["type": "number", "minimum": 0], ["enum": ["Infinity"]]]] }
  /// No limit.
  public static let infinity = Ceiling(floatLiteral: .infinity)

  /// The given limit; nil if it is negative or NaN.
  public init?(_ value: Double) {
    guard value >= 0 else { return nil }
    self.value = value
  }

  /// The given limit, for literals in code.
  public init(floatLiteral value: Double) {
    precondition(value >= 0, "the literal must not be negative")
    self.value = value
  }

  /// The given limit, for literals in code.
  public init(integerLiteral value: Int) { self.init(floatLiteral: Double(value)) }

  /// Reads a limit.
  public init?(json: JSONValue) {
    guard let value = json.number else { return nil }
    self.init(value)
  }

  /// The limit.
  public var json: JSONValue { JSONValue(number: value) }
}
