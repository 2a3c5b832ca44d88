public import NNFormat

/// A setting of a layer: its name in files, the property that holds it, its default and what it means.
///
/// The type of the property is a ``FieldValue`` and gives the range; one declaration drives reading, writing, checking and
/// documentation.
public struct Field<Root>: Sendable {
  /// The name in files.
  public let name: String
  /// What it means, for the generated documentation; a sentence without full stop.
  public let summary: String
  /// What values it takes, in words: "a positive integer".
  public var expectation: String { values.expectation }
  /// What values it takes, as a JSON Schema.
  public var schema: JSONValue { values.schema }
  /// The value it has where a file does not give it; nil if a file must give it.
  public let defaultValue: JSONValue?

  private let values: any FieldValue.Type
  let decode: @Sendable (JSONValue, inout Root) -> Bool
  let encode: @Sendable (Root) -> JSONValue

  /// A setting that every file must give.
  public init<Value: FieldValue>(
    _ name: String, _ property: any WritableKeyPath<Root, Value> & Sendable, _ summary: String
  ) {
    self.init(name, property, default: Value?.none, summary)
  }

  /// A setting that is left out of files where it has its default.
  public init<Value: FieldValue>(
    _ name: String, _ property: any WritableKeyPath<Root, Value> & Sendable, default value: Value,
    _ summary: String
  ) {
    self.init(name, property, default: Value?.some(value), summary)
  }

  private init<Value: FieldValue>(
    _ name: String, _ property: any WritableKeyPath<Root, Value> & Sendable, default value: Value?,
    _ summary: String
  ) {
    self.name = name
    self.summary = summary
    // What documentation needs is made when it asks: a list of all activations takes longer than to open a network.
    values = Value.self
    defaultValue = value?.json
    decode = { json, root in
      guard let value = Value(json: json) else { return false }
      root[keyPath: property] = value
      return true
    }
    encode = { root in root[keyPath: property].json }
  }
}

/// A Swift type that the settings of layers can have.
public protocol FieldValue: Sendable, Equatable {
  /// What values there are, in words for messages: "a positive integer".
  static var expectation: String { get }
  /// The same as a JSON Schema (2020-12), which may say less where words are needed.
  static var schema: JSONValue { get }
  /// The value that a JSON value stands for; nil if it is none.
  init?(json: JSONValue)
  /// The JSON value that stands for it.
  var json: JSONValue { get }
}

extension Bool: FieldValue {
  /// The two truth values.
  public static var expectation: String { "true or false" }
  /// The same as a JSON Schema.
  public static var schema: JSONValue { ["type": "boolean"] }
  /// Reads a truth value.
  public init?(json: JSONValue) {
    guard let value = json.bool else { return nil }
    self = value
  }
  /// The truth value.
  public var json: JSONValue { .bool(self) }
}

extension Int: FieldValue {
  /// Any integer.
  public static var expectation: String { "an integer" }
  /// The same as a JSON Schema.
  public static var schema: JSONValue { ["type": "integer"] }
  /// Reads an integer.
  public init?(json: JSONValue) {
    guard let value = json.int else { return nil }
    self = value
  }
  /// The integer.
  public var json: JSONValue { JSONValue(self) }
}

extension Double: FieldValue {
  /// Any number, and the strings that stand for those that JSON lacks.
  public static var expectation: String { "a number, or one of the strings NaN, Infinity and -Infinity" }
  /// The same as a JSON Schema.
  public static var schema: JSONValue {
    ["anyOf": [["type": "number"], ["enum": ["NaN", "Infinity", "-Infinity"]]]]
  }
  /// Reads a number.
  public init?(json: JSONValue) {
    guard let value = json.number else { return nil }
    self = value
  }
  /// The number.
  public var json: JSONValue { JSONValue(number: self) }
}

/// An integer above 0.
public struct Positive: FieldValue, ExpressibleByIntegerLiteral, CustomStringConvertible {
  /// The integer.
  public let value: Int
  /// The values from 1.
  public static var expectation: String { "a positive integer" }
  /// The same as a JSON Schema.
  public static var schema: JSONValue { ["type": "integer", "minimum": 1] }

  /// The given integer; nil if it is below 1.
  public init?(_ value: Int) {
    guard value > 0 else { return nil }
    self.value = value
  }

  /// The given integer, for literals in code.
  public init(integerLiteral value: Int) {
    precondition(value > 0, "the literal must be above 0")
    self.value = value
  }

  /// Reads an integer above 0.
  public init?(json: JSONValue) {
    guard let value = json.int else { return nil }
    self.init(value)
  }

  /// The integer.
  public var json: JSONValue { JSONValue(value) }
  /// The digits.
  public var description: String { String(value) }
}

/// A choice between names; a layer's own enumeration with `String` raw values adopts this and is done.
public protocol FieldChoice: FieldValue, RawRepresentable, CaseIterable where RawValue == String {}

extension FieldChoice {
  /// The names to choose from.
  public static var expectation: String {
    "one of " + allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")
  }
  /// The same as a JSON Schema.
  public static var schema: JSONValue { ["enum": .array(allCases.map { .string($0.rawValue) })] }
  /// Reads one of the names.
  public init?(json: JSONValue) {
    guard let name = json.string else { return nil }
    self.init(rawValue: name)
  }
  /// The name.
  public var json: JSONValue { .string(rawValue) }
}

extension Array: FieldValue where Element: FieldValue {
  /// Lists of what the element type takes.
  public static var expectation: String { "an array, each element \(Element.expectation)" }
  /// The same as a JSON Schema.
  public static var schema: JSONValue { ["type": "array", "items": Element.schema] }
  /// Reads a list.
  public init?(json: JSONValue) {
    guard let values = json.array else { return nil }
    var elements: [Element] = []
    for value in values {
      guard let element = Element(json: value) else { return nil }
      elements.append(element)
    }
    self = elements
  }
  /// The list.
  public var json: JSONValue { .array(map(\.json)) }
}
