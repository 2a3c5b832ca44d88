public import NNFormat

/// Cuts a value into parts along an axis: output `i` has the next `sizes[i]` elements.
///
/// | value      | shape                     | notes                       |
/// |------------|---------------------------|-----------------------------|
/// | input      | rank 1 or more            | any element type            |
/// | output `i` | `sizes[i]` along the axis | same element type           |
///
/// The sizes add up to the axis. One of them may be -1 and stands for what the others leave.
///
/// - Source: Keras 3 `keras.ops.split`; ONNX `Split`; NumPy `np.split`.
public struct Split: Layer {
  /// `split`
  public static let kind = "split"
  /// The settings.
  public static let fields: [Field<Split>] = [
    Field("sizes", \.sizes, "the extents of the outputs along the axis"),
    Field("axis", \.axis, default: -1, "the axis that is cut; negative ones count from the last, which is -1"),
  ]

  /// The extents of the outputs along the axis.
  public var sizes = PartSizes.whole
  /// The axis that is cut.
  public var axis: Axis = -1

  /// The layer that gives one part.
  public init() {}

  /// The layer of the given settings.
  public init(sizes: PartSizes, axis: Axis = -1) {
    self.sizes = sizes
    self.axis = axis
  }

  /// The input's type with each of the sizes along the axis.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    let input = try inputs.single(for: Self.kind)
    let axis = try axis.resolved(rank: input.rank)
    let extent = input.shape[axis].value
    let sum = sizes.sum
    if let extent, sizes.hasRest ? sum > extent : sum != extent {
      throw ModelError(
        LayerProblem.badSetting(
          reason: "the sizes add up to \(sum), and axis \(axis) of the input has \(extent)"), at: .field("sizes"))
    }
    return sizes.extents.map { size in
      var output = input
      output.shape[axis] = size >= 0 ? .known(size) : extent.map { .known($0 - sum) } ?? .unknown
      return output
    }
  }

  /// Copies the rows of the parts in turn.
  public func forward(_ values: borrowing LayerValues) {
    let x = values.inputs[0]
    let (outer, extent, inner) = axis.split(x.shape)
    let element = inner * x.dataType.byteSize
    let source = values.address(of: x)
    var start = 0
    for output in values.outputs {
      let part = axis.split(output.shape).extent * element
      let target = values.mutableAddress(of: output)
      for row in 0..<outer {
        // A part ends where the next begins, and the last where the row does.
        (target + row * part).copyMemory(from: source + (row * extent * element + start), byteCount: part)
      }
      start += part
    }
  }
}

/// The extents of the parts that ``Split`` gives; one may be -1, which stands for what the others leave.
public struct PartSizes: FieldValue, ExpressibleByArrayLiteral {
  /// The extents, one or more; at most one is -1.
  public let extents: [Int]
  /// One part.
  public static let whole: PartSizes = [-1]
  /// The lists of extents.
  public static var expectation: String { "an array of one or more integers from 0; one of them may be -1" }
  /// The lists of extents.
  public static var schema: JSONValue {
    ["type": "array", "items": ["type": "integer", "minimum": -1], "minItems": 1]
  }

  /// The given extents; nil if there is none, one is below -1, two are -1, or their sum overflows.
  public init?(_ extents: [Int]) {
    guard !extents.isEmpty, extents.allSatisfy({ $0 >= -1 }), extents.count(where: { $0 == -1 }) <= 1 else { return nil }
    var sum = 0
    for extent in extents where extent > 0 {
      let (next, overflow) = sum.addingReportingOverflow(extent)
      guard !overflow else { return nil }
      sum = next
    }
    self.extents = extents
  }

  /// The given extents, for literals in code.
  public init(arrayLiteral extents: Int...) {
    guard let sizes = PartSizes(extents) else { preconditionFailure("the literal must be valid sizes") }
    self = sizes
  }

  /// Reads a list of extents.
  public init?(json: JSONValue) {
    guard let extents = [Int](json: json) else { return nil }
    self.init(extents)
  }

  /// The list.
  public var json: JSONValue { extents.json }

  /// Whether one extent is -1.
  public var hasRest: Bool { extents.contains(-1) }

  /// The sum of the extents that are given.
  var sum: Int { extents.reduce(0) { $0 + max($1, 0) } }
}
