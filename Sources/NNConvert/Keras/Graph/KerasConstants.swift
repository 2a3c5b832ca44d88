import NNFormat

extension KerasSite {
  /// A number or nested lists of numbers as a constant of the graph.
  ///
  /// - Throws: ``KerasProblem/unsupported(_:)`` for lists that are ragged or hold something else.
  func constant(_ json: JSONValue, _ type: DataType, suffix: String) throws(ModelError) -> KerasValue {
    guard let shape = KerasSite.shape(of: json) else {
      throw settings.unsupported("an argument that is neither a value nor a number")
    }
    return try constant(KerasSettings.numbers(json), shape, type, suffix: suffix)
  }

  /// Numbers as a constant of the graph.
  func constant(
    _ numbers: [Double], _ shape: [Int], _ type: DataType, suffix: String
  ) throws(ModelError) -> KerasValue {
    let tensor = KerasTensor(try KerasSite.tensor(numbers, try Shape(shape), type), madeFrom: "an argument")
    return try constant(tensor, type, suffix: suffix)
  }

  /// A weight of the layer as a constant of the graph.
  func constant(_ weight: KerasTensor, _ type: DataType, suffix: String) throws(ModelError) -> KerasValue {
    try add(
      "constant", ["shape": KerasClass.integers(weight.shape.dimensions), "dtype": .string(type.rawValue)], [],
      [("value", weight)], suffix: suffix)[0]
  }

  /// Nested lists as a shape; nil if they are ragged or hold something else than numbers.
  static func shape(of json: JSONValue) -> [Int]? {
    if json.number != nil || json.bool != nil { return [] }
    guard let list = json.array, let first = list.first else { return nil }
    guard let inner = shape(of: first), list.allSatisfy({ shape(of: $0) == inner }) else { return nil }
    return [list.count] + inner
  }

  static func tensor(_ numbers: [Double], _ shape: Shape, _ type: DataType) throws(ModelError) -> Tensor {
    switch type {
    case .f64: try Tensor(numbers, shape)
    case .i32: try Tensor(numbers.map { Int32(clamping: Int64(saturating: $0)) }, shape)
    case .i64: try Tensor(numbers.map { Int64(saturating: $0) }, shape)
    case .bool: try Tensor(numbers.map { $0 != 0 }, shape)
    default: try Tensor(numbers, shape).cast(to: .f32).tensor
    }
  }
}

extension Int64 {
  /// The integer nearest to zero from a number, at the ends of the range what lies beyond.
  fileprivate init(saturating number: Double) {
    self = Int64(exactly: number.rounded(.towardZero)) ?? (number > 0 ? .max : number < 0 ? .min : 0)
  }
}
