public import NNFormat

/// Gives the elements other dimensions, mostly behind the first: `[n, ...]` becomes `[n] + target_shape`.
///
/// | value  | shape                | notes                                                                |
/// |--------|----------------------|----------------------------------------------------------------------|
/// | input  | `[n, ...]`           | any element type; rank 1 or more where the first extent is kept      |
/// | output | `[n] + target_shape` | as many elements; -1 stands for what is left                         |
///
/// The order of the elements stays as it is. Where `keeps_batch` is false, `target_shape` gives all extents. Where `zero_copies` is
/// true, a 0 stands for the extent that the input has at the same place (of those behind the first, where that is kept).
///
/// - Source: Keras 3 and Keras 2 `Reshape`; ONNX `Reshape` (`keeps_batch` false, `zero_copies` unless `allowzero`); NumPy
///   `x.reshape((len(x),) + target_shape)`.
public struct Reshape: ViewLayer {
  /// `reshape`
  public static let kind = "reshape"
  /// The settings.
  public static let fields: [Field<Reshape>] = [
    Field(
      "target_shape", \.targetShape,
      "the extents behind the first; -1 for the one that follows from the others"),
    Field(
      "keeps_batch", \.keepsBatch, default: true,
      "whether the first extent is kept; else `target_shape` gives it too"),
    Field(
      "zero_copies", \.zeroCopies, default: false,
      "whether 0 stands for the input's extent at the same place; else it is an extent"),
  ]

  /// The extents behind the first, or all.
  public var targetShape = TargetShape.rest
  /// Whether the first extent is kept.
  public var keepsBatch = true
  /// Whether 0 stands for the input's extent at the same place.
  public var zeroCopies = false

  /// The layer that joins all dimensions behind the first.
  public init() {}

  /// The layer of the given settings.
  public init(targetShape: TargetShape, keepsBatch: Bool = true, zeroCopies: Bool = false) {
    self.targetShape = targetShape
    self.keepsBatch = keepsBatch
    self.zeroCopies = zeroCopies
  }

  /// The first extent, if it is kept, and those of the target.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    let input = try inputs.single(for: Self.kind)
    if keepsBatch { try input.requireRank(1...Shape.maximumRank, index: 0) }
    let kept = Array(input.shape.prefix(keepsBatch ? 1 : 0))
    // What is copied plays no part in the count: an extent of 0 then leaves the others as they are.
    var available = Array(input.shape.dropFirst(kept.count))
    var shape = targetShape.extents.map(Dimension.known)
    var needed: [Int] = []
    for (place, extent) in targetShape.extents.enumerated() {
      if zeroCopies, extent == 0 {
        guard available.indices.contains(place) else {
          throw refusal("it copies the input's extent \(place + kept.count), and the input is \(input)")
        }
        shape[place] = available[place]
        available[place] = .known(1)
      } else if extent != -1 {
        needed.append(extent)
      }
    }
    let target = try Shape(needed).count
    let count = try TensorType(input.dataType, available).knownShape()?.count
    guard !targetShape.hasRest || target > 0 else { throw refusal("beside an extent of 0 any number could stand for -1") }
    if let count, targetShape.hasRest ? !count.isMultiple(of: target) : count != target {
      let place = zeroCopies ? " in what is not copied" : keepsBatch ? " behind its first dimension" : ""
      throw refusal(
        "the input has \(count) elements\(place), and the target shape needs "
          + (targetShape.hasRest ? "a multiple of \(target)" : "\(target)"))
    }
    if let place = targetShape.extents.firstIndex(of: -1) {
      shape[place] = count.map { .known($0 / target) } ?? rest(of: available, target)
    }
    return [try TensorType(input.dataType, kept + shape).countable()]
  }

  /// The only open extent, if the fixed ones are those of the target.
  private func rest(of available: [Dimension], _ target: Int) -> Dimension {
    let open = available.filter { $0.value == nil }
    let fixed = try? Shape(available.compactMap(\.value))
    return open.count == 1 && fixed?.count == target ? open[0] : .unknown
  }

  private func refusal(_ reason: String) -> ModelError {
    ModelError(LayerProblem.badSetting(reason: reason), at: .field("target_shape"))
  }
}

/// The extents that ``Reshape`` gives; one may be -1, which stands for what is left of the elements.
public struct TargetShape: FieldValue, ExpressibleByArrayLiteral {
  /// The extents; at most one is -1.
  public let extents: [Int]
  /// All elements in one dimension.
  public static let rest: TargetShape = [-1]
  /// The lists of extents.
  public static var expectation: String {
    "an array of integers from 0; one of them may be -1"
  }
  /// The lists of extents.
  public static var schema: JSONValue {
    [
      "type": "array", "items": ["type": "integer", "minimum": -1],
      "maxItems": JSONValue(Shape.maximumRank - 1),
    ]
  }

  /// The given extents; nil if one is below -1, or two are -1.
  public init?(_ extents: [Int]) {
    guard extents.allSatisfy({ $0 >= -1 }), extents.count(where: { $0 == -1 }) <= 1,
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
