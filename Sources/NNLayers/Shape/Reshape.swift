public import NNFormat

/// Gives the elements other dimensions behind the first: `[n, ...]` becomes `[n] + target_shape`.
///
/// | value  | shape                | notes                                          |
/// |--------|----------------------|------------------------------------------------|
/// | input  | `[n, ...]`           | rank 1 or more, any element type               |
/// | output | `[n] + target_shape` | as many elements; -1 stands for what is left   |
///
/// The order of the elements stays as it is.
///
/// - Source: Keras 3 and Keras 2 `Reshape`; ONNX `Reshape` where its shape keeps the first extent; NumPy
///   `x.reshape((len(x),) + target_shape)`.
public struct Reshape: ViewLayer {
  /// `reshape`
  public static let kind = "reshape"
  /// The settings.
  public static let fields: [Field<Reshape>] = [
    Field(
      "target_shape", \.targetShape,
      "the extents behind the first; -1 for the one that follows from the others")
  ]

  /// The extents behind the first.
  public var targetShape = TargetShape.rest

  /// The layer that joins all dimensions behind the first.
  public init() {}

  /// The layer that gives the extents behind the first.
  public init(targetShape: TargetShape) {
    self.targetShape = targetShape
  }

  /// The first extent, and those of the target.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    let input = try inputs.single(for: Self.kind)
    guard let first = input.shape.first else {
      throw ModelError(LayerProblem.badInput(index: 0, expected: "of rank 1 or more", found: input))
    }
    let target = try Shape(targetShape.extents.filter { $0 != -1 }).count
    let available = try TensorType(input.dataType, Array(input.shape.dropFirst())).knownShape()?.count
    if let available {
      let fits = targetShape.hasRest ? available.isMultiple(of: target) : available == target
      guard fits else {
        throw ModelError(
          LayerProblem.badSetting(
            reason:
              "the input has \(available) elements behind its first dimension, and the target shape needs "
              + (targetShape.hasRest ? "a multiple of \(target)" : "\(target)")),
          at: .field("target_shape"))
      }
    }
    let shape = targetShape.extents.map { extent in
      extent == -1 ? available.map { .known($0 / target) } ?? .unknown : Dimension.known(extent)
    }
    return [TensorType(input.dataType, [first] + shape)]
  }
}

/// The extents that ``Reshape`` gives; one may be -1, which stands for what is left of the elements.
public struct TargetShape: FieldValue, ExpressibleByArrayLiteral {
  /// The extents; at most one is -1, and then none is 0.
  public let extents: [Int]
  /// All elements in one dimension.
  public static let rest: TargetShape = [-1]
  /// The lists of extents.
  public static var expectation: String {
    "an array of integers from 0; one of them may be -1 if none is 0"
  }
  /// The lists of extents.
  public static var schema: JSONValue {
    [
      "type": "array", "items": ["type": "integer", "minimum": -1],
      "maxItems": JSONValue(Shape.maximumRank - 1),
    ]
  }

  /// The given extents; nil if one is below -1, two are -1, or one is -1 and one 0.
  public init?(_ extents: [Int]) {
    let rests = extents.count { $0 == -1 }
    guard extents.allSatisfy({ $0 >= -1 }), rests == 0 || rests == 1 && !extents.contains(0),
      extents.count < Shape.maximumRank
    else { return nil }
    self.extents = extents
  }

  /// The given extents, for literals in code.
  public init(arrayLiteral extents: Int...) {
    guard let shape = TargetShape(extents) else { preconditionFailure("the literal must be valid extents") }
    self = shape
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
}
