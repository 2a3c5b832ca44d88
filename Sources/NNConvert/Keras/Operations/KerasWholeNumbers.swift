import NNFormat

/// Operands of an operation that are all whole numbers, which it computes in f64: results are exact up to 2^53, and what is beyond the
/// type becomes its nearest end, where Keras's would wrap round.
struct KerasWholeNumbers {
  private let operation: KerasOperation
  /// The operands in f64.
  private let values: [KerasValue]
  /// The type of the results.
  private let type: DataType

  /// nil where an operand is none.
  ///
  /// - Parameter isOfOne: whether the first value is the only operand, and the rest are settings
  /// - Throws: ``KerasProblem/unsupported(_:)`` for types with a sign among ones without.
  init?(_ operation: KerasOperation, isOfOne: Bool = false) throws(ModelError) {
    let operands = isOfOne ? operation.operands.filter { operation.site.value($0) != nil } : operation.operands
    let types = operation.values.map(\.type.dataType)
    guard !types.isEmpty, types.allSatisfy({ !$0.isFloat }) else { return nil }
    for argument in operands {
      guard case .constant(let json) = argument else { continue }
      guard KerasSettings.numbers(json).allSatisfy({ $0 == $0.rounded() }) else { return nil }
    }
    let signed: [DataType] = [.bool, .i8, .i16, .i32, .i64]
    let unsigned: [DataType] = [.bool, .u8, .u16, .u32, .u64]
    guard let order = [signed, unsigned].first(where: { order in types.allSatisfy(order.contains) }),
      let widest = types.max(by: { (order.firstIndex(of: $0) ?? 0) < (order.firstIndex(of: $1) ?? 0) })
    else {
      throw operation.site.settings.unsupported(
        "arithmetic with \(Set(types.map(\.rawValue)).sorted().joined(separator: " and "))")
    }
    self.operation = operation
    type = widest
    var values: [KerasValue] = []
    for (place, argument) in operands.enumerated() {
      values.append(try operation.value(argument, .f64, place, suffix: "wide_\(place + 1)"))
    }
    self.values = values
  }

  /// The result of a computation in f64, as a whole number again.
  ///
  /// - Parameter type: the type of the result; nil for that of the operands
  func computed(
    as type: DataType? = nil, _ body: ([KerasValue]) throws(ModelError) -> KerasValue
  ) throws(ModelError) -> KerasValue {
    try operation.one("cast", [body(values)], nil, ["dtype": .string((type ?? self.type).rawValue)])
  }

  /// The type of numbers in place of truth values.
  var counted: DataType { type == .bool ? .i32 : type }

  /// The type that sums and products have in Keras: 32 bits at least.
  var wide: DataType {
    switch type {
    case .bool, .i8, .i16: .i32
    case .u8, .u16: .u32
    default: type
    }
  }
}
