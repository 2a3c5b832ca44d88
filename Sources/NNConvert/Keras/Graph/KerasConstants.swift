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
    func integers<Integer: FixedWidthInteger & TensorScalar>(_: Integer.Type) throws(ModelError) -> Tensor {
      try Tensor(numbers.map { Integer(saturating: $0) }, shape)
    }
    return switch type {
    case .f16, .bf16, .f32: try Tensor(numbers, shape).cast(to: type).tensor
    case .f64: try Tensor(numbers, shape)
    case .i8: try integers(Int8.self)
    case .i16: try integers(Int16.self)
    case .i32: try integers(Int32.self)
    case .i64: try integers(Int64.self)
    case .u8: try integers(UInt8.self)
    case .u16: try integers(UInt16.self)
    case .u32: try integers(UInt32.self)
    case .u64: try integers(UInt64.self)
    case .bool: try Tensor(numbers.map { $0 != 0 }, shape)
    }
  }
}

extension FixedWidthInteger {
  /// The integer nearest to zero from a number, at the ends of the range what lies beyond.
  fileprivate init(saturating number: Double) {
    self = Self(exactly: number.rounded(.towardZero)) ?? (number > 0 ? .max : number < 0 ? .min : 0)
  }
}
