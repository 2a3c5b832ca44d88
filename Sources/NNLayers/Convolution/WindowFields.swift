public import NNFormat

/// The extents of a window over 1, 2 or 3 spatial dimensions, which say how many there are.
public struct WindowSize: FieldValue, ExpressibleByArrayLiteral {
  /// The extents, outermost first.
  public let extents: [Int]
  /// One to three extents.
  public static var expectation: String { "an array of one, two or three positive integers" }
  /// One to three extents.
  public static var schema: JSONValue {
    ["type": "array", "items": Positive.schema, "minItems": 1, "maxItems": 3]
  }

  /// The given extents; nil if there are none or more than three, or one is below 1.
  public init?(_ extents: [Int]) {
    guard (1...3).contains(extents.count), extents.allSatisfy({ $0 > 0 }) else { return nil }
    self.extents = extents
  }

  /// The given extents, for literals in code.
  public init(arrayLiteral extents: Int...) {
    precondition((1...3).contains(extents.count) && extents.allSatisfy { $0 > 0 }, "1 to 3 positive extents")
    self.extents = extents
  }

  /// Reads one to three extents.
  public init?(json: JSONValue) {
    guard let extents = [Int](json: json) else { return nil }
    self.init(extents)
  }

  /// The list.
  public var json: JSONValue { extents.json }

  /// How many spatial dimensions there are.
  public var rank: Int { extents.count }
}

/// A number of positions beside a value: an integer from 0.
public struct PadSize: FieldValue, ExpressibleByIntegerLiteral {
  /// The integer.
  public let value: Int
  /// The integers from 0.
  public static var expectation: String { "an integer from 0" }
  /// The integers from 0.
  public static var schema: JSONValue { ["type": "integer", "minimum": 0] }

  /// The given integer; nil if it is below 0.
  public init?(_ value: Int) {
    guard value >= 0 else { return nil }
    self.value = value
  }

  /// The given integer, for literals in code.
  public init(integerLiteral value: Int) {
    precondition(value >= 0, "the literal must not be below 0")
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

/// How a convolution's input is extended by zeros.
public enum ConvolutionPadding: String, FieldChoice {
  /// Not at all.
  case valid
  /// So that there are `ceil(extent / stride)` windows; an odd position more stands at the end.
  case same
  /// As `same`, with the odd position at the start.
  case sameLower = "same_lower"
  /// At the start, so that no window reaches beyond its last position; for one spatial dimension.
  case causal
  /// As the field `pads` says.
  case explicit
}

/// How the input of a layer with windows, other than a convolution, is extended.
public enum WindowPadding: String, FieldChoice {
  /// Not at all.
  case valid
  /// So that there are `ceil(extent / stride)` windows; an odd position more stands at the end.
  case same
  /// As `same`, with the odd position at the start.
  case sameLower = "same_lower"
  /// As the field `pads` says.
  case explicit

  /// The same among those of convolutions.
  var general: ConvolutionPadding {
    switch self {
    case .valid: .valid
    case .same: .same
    case .sameLower: .sameLower
    case .explicit: .explicit
    }
  }
}
