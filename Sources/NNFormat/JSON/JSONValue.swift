/// A JSON value (RFC 8259) that keeps what JSON libraries lose: the order of members, and integers apart from other numbers.
///
/// Numbers written without fraction and exponent are integers, exact over the whole range of `Int64` and `UInt64`; all others
/// are doubles. `-0` is the double -0.0. NaN and infinity do not exist in JSON; where this format needs them it writes the
/// strings `"NaN"`, `"Infinity"` and `"-Infinity"`.
public enum JSONValue: Sendable, Hashable {
  /// The value `null`.
  case null
  /// The value `true` or `false`.
  case bool(Bool)
  /// A number written as an integer, within the range of `Int64`.
  case integer(Int64)
  /// A number written as an integer, above the range of `Int64` and within that of `UInt64`.
  case unsigned(UInt64)
  /// Any other number; always finite.
  case double(Double)
  /// A text.
  case string(String)
  /// A list.
  case array([JSONValue])
  /// Members in their order; no name twice.
  case object(JSONObject)
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  /// A text.
  public init(stringLiteral value: String) { self = .string(value) }
  /// An integer.
  public init(integerLiteral value: Int64) { self = .integer(value) }
  /// A double.
  public init(floatLiteral value: Double) { self = .double(value) }
  /// A truth value.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  /// A list.
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  /// An object with the given members, in this order.
  public init(dictionaryLiteral elements: (String, JSONValue)...) { self = .object(JSONObject(elements)) }

  /// An integer, signed where it fits.
  public init(_ value: some BinaryInteger) {
    self = Int64(exactly: value).map { .integer($0) } ?? .unsigned(UInt64(truncatingIfNeeded: value))
  }

  /// A double as this format writes it: the three values that JSON lacks become strings.
  public init(number value: Double) {
    self =
      value.isFinite ? .double(value) : .string(value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity")
  }

  /// The double that a number or one of the strings `NaN`, `Infinity`, `-Infinity` stands for; nil for anything else.
  public var number: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .unsigned(let value): Double(value)
    case .double(let value): value
    case .string("NaN"): .nan
    case .string("Infinity"): .infinity
    case .string("-Infinity"): -.infinity
    default: nil
    }
  }

  /// The integer, if this is one and it fits an `Int`.
  public var int: Int? {
    if case .integer(let value) = self { Int(exactly: value) } else { nil }
  }

  /// The text, if this is one.
  public var string: String? {
    if case .string(let value) = self { value } else { nil }
  }

  /// The truth value, if this is one.
  public var bool: Bool? {
    if case .bool(let value) = self { value } else { nil }
  }

  /// The list, if this is one.
  public var array: [JSONValue]? {
    if case .array(let value) = self { value } else { nil }
  }

  /// The object, if this is one.
  public var object: JSONObject? {
    if case .object(let value) = self { value } else { nil }
  }

  /// What kind of value this is, for messages: "a string", "an object".
  package var kindInWords: String {
    switch self {
    case .null: "null"
    case .bool: "a truth value"
    case .integer: "an integer"
    case .unsigned(let value): "the integer \(value), which is too large"
    case .double: "a number"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }
}

/// The members of a JSON object, in their order; no name occurs twice.
public struct JSONObject: Sendable, Hashable {
  /// The names, in order.
  public private(set) var names: [String] = []
  private var values: [JSONValue] = []
  // Only for objects with many members; a short list is searched faster than hashed.
  private var positions: [String: Int] = [:]
  private static let searchLimit = 12

  /// An object without members.
  public init() {}

  /// An object with the given members; of members with the same name the last counts, at the place of the first.
  public init(_ members: some Sequence<(String, JSONValue)>) {
    for (name, value) in members { self[name] = value }
  }

  /// How many members there are.
  public var count: Int { names.count }

  /// Whether there are none.
  public var isEmpty: Bool { names.isEmpty }

  /// The members, in order.
  public var members: Zip2Sequence<[String], [JSONValue]> { zip(names, values) }

  /// The value of a member: nil where there is none; setting a new one appends it, setting nil removes it.
  public subscript(name: String) -> JSONValue? {
    get { position(of: name).map { values[$0] } }
    set {
      switch (position(of: name), newValue) {
      case (let place?, let value?): values[place] = value
      case (nil, let value?): add(name, value)
      case (let place?, nil):
        names.remove(at: place)
        values.remove(at: place)
        index()
      case (nil, nil): break
      }
    }
  }

  /// Adds a member at the end unless there is one of that name; says whether it did.
  package mutating func append(_ name: String, _ value: JSONValue) -> Bool {
    guard position(of: name) == nil else { return false }
    add(name, value)
    return true
  }

  private mutating func add(_ name: String, _ value: JSONValue) {
    names.append(name)
    values.append(value)
    if names.count == JSONObject.searchLimit + 1 {
      index()
    } else if names.count > JSONObject.searchLimit {
      positions[name] = names.count - 1
    }
  }

  private mutating func index() {
    positions =
      names.count > JSONObject.searchLimit
      ? Dictionary(uniqueKeysWithValues: zip(names, names.indices)) : [:]
  }

  private func position(of name: String) -> Int? {
    names.count > JSONObject.searchLimit ? positions[name] : names.firstIndex(of: name)
  }

  /// Equal when names, values and order are.
  public static func == (left: JSONObject, right: JSONObject) -> Bool {
    left.names == right.names && left.values == right.values
  }

  /// Feeds names and values.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(names)
    hasher.combine(values)
  }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
  /// An object with the given members.
  public init(dictionaryLiteral members: (String, JSONValue)...) { self.init(members) }
}
