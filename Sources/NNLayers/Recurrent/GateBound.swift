public import NNFormat

/// A bound for the size of what enters an activation: a positive number, or infinity for none.
public struct GateBound: FieldValue, ExpressibleByFloatLiteral {
  /// The bound.
  public let value: Double
  /// No bound.
  public static let none = GateBound(unchecked: .infinity)
  /// The positive numbers, and infinity.
  public static var expectation: String { "a positive number, or the string Infinity for no bound" }
  /// The same as a JSON Schema.
  public static var schema: JSONValue {
    ["anyOf": [["type": "number", "exclusiveMinimum": 0], ["const": "Infinity"]]]
  }

  private init(unchecked value: Double) { self.value = value }

  /// The given bound; nil if it is not above 0.
  public init?(_ value: Double) {
    guard value > 0 else { return nil }
    self.value = value
  }

  /// The given bound, for literals in code.
  public init(floatLiteral value: Double) {
    precondition(value > 0, "the literal must be above 0")
    self.value = value
  }

  /// Reads a positive number.
  public init?(json: JSONValue) {
    guard let value = json.number else { return nil }
    self.init(value)
  }

  /// The number.
  public var json: JSONValue { JSONValue(number: value) }

  /// Replaces elements beyond the bound by it, rounded to the element type; a NaN stays.
  @inline(__always)
  func apply<Scalar: ComputingScalar>(to x: UnsafeMutablePointer<Scalar>, count: Int) {
    guard value < .infinity else { return }
    let bound = Scalar(value)
    for index in 0..<count {
      let element = x[index]
      x[index] = element > bound ? bound : element < -bound ? -bound : element
    }
  }
}
