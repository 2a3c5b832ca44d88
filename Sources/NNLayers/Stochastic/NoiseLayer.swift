public import NNFormat
public import NNKernels

/// A layer that is the identity in a run without a seed, and changes its input at random in a run with one.
///
/// Its output has the input's type and may lie where the input lies.
public protocol NoiseLayer: Layer {
  /// Writes what becomes of the input's elements with these random numbers.
  func sample(_ values: borrowing LayerValues, _ random: inout RandomStream)
}

extension NoiseLayer {
  /// The output may lie where the input lies.
  public static var aliasing: Aliasing { .inPlace }

  /// The input's type.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    let input = try inputs.single(for: Self.kind)
    try input.requireFloat(index: 0)
    return [input]
  }

  /// The input, changed if the run has a seed.
  public func forward(_ values: borrowing LayerValues) {
    if var random = values.random {
      sample(values, &random)
    } else {
      let x = values.inputs[0]
      let source = values.address(of: x)
      let target = values.mutableAddress(of: values.outputs[0])
      guard source != UnsafeRawPointer(target) else { return }
      target.copyMemory(from: source, byteCount: x.shape.count * x.dataType.byteSize)
    }
  }
}

/// A number from 0, not infinite.
public struct Deviation: FieldValue, ExpressibleByFloatLiteral {
  /// The number.
  public let value: Double
  /// The numbers from 0.
  public static var expectation: String { "a number from 0" }
  /// The numbers from 0.
  public static var schema: JSONValue { ["type": "number", "minimum": 0] }

  /// The given number; nil if it is below 0, NaN or infinite.
  public init?(_ value: Double) {
    guard value >= 0, value.isFinite else { return nil }
    self.value = value
  }

  /// The given number, for literals in code.
  public init(floatLiteral value: Double) {
    precondition(value >= 0 && value.isFinite, "the literal must be a finite number from 0")
    self.value = value
  }

  /// Reads a number from 0.
  public init?(json: JSONValue) {
    guard let value = json.number else { return nil }
    self.init(value)
  }

  /// The number.
  public var json: JSONValue { JSONValue(number: value) }
}
