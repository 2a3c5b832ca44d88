import NNFormat
import NNLayers

extension ExportTable {
  /// Casts. From a float to an integer Keras leaves open what lies beyond the type's range, and what NaN gives: there the bounds and
  /// 0 are chosen by comparisons.
  static let cast: Conversion = { site throws(ModelError) in
    let target = site.output.dataType
    let settings: JSONObject = ["dtype": .string(target.kerasName ?? "")]
    guard site.node.inputs[0].dataType.isFloat, let range = try IntegerRange(target) else {
      return try site.operation("core.Cast", settings)
    }
    try site.require(
      target != .u64, "a float to u64, of which Keras on TensorFlow makes uint32 where it chooses among values")
    // Every f16 and bf16 is an f32, which in turn can say the bounds.
    let type = TensorType(site.node.inputs[0].dataType == .f64 ? .f64 : .f32, site.output.shape)
    var x = ExportArgument.value(site.input)
    if type.dataType != site.node.inputs[0].dataType {
      x = try site.step("core.Cast", ["dtype": .string(type.dataType.kerasName ?? "")], x, as: "wide", type)
    }
    let flags = TensorType(.bool, site.output.shape)
    let isAbove = try site.step("numpy.GreaterEqual", [:], x, .json(.double(range.end)), as: "above", flags)
    let isBelow = try site.step("numpy.Less", [:], x, .json(.double(range.start)), as: "below", flags)
    let isLeastOrMore = try site.step(
      "numpy.GreaterEqual", [:], x, .json(.double(range.start)), as: "enough", flags)
    let isLess = try site.step("numpy.Less", [:], x, .json(.double(range.end)), as: "less", flags)
    // False for NaN, as both comparisons are.
    let isInside = try site.step("numpy.LogicalAnd", [:], isLeastOrMore, isLess, as: "inside", flags)
    let inside = try site.step("numpy.Where", [:], isInside, x, .json(0.0), as: "bounded", type)
    let whole = try site.step("core.Cast", settings, inside, as: "whole")
    let raised = try site.step("numpy.Where", [:], isBelow, constant(range.least), whole, as: "raised")
    return try site.operation("numpy.Where", [:], [isAbove, constant(range.greatest), raised])
  }

  private static func constant(_ tensor: Tensor) -> ExportArgument {
    .value(ExportValue(source: .constant(tensor), type: tensor.type))
  }
}

/// The numbers of an integer type.
private struct IntegerRange {
  /// The least number and the one behind the greatest, both of which are 0 or powers of two and so exact.
  let start: Double
  let end: Double
  let least: Tensor
  let greatest: Tensor

  /// The range of a type; nil if it is no integer type.
  init?(_ type: DataType) throws(ModelError) {
    guard !type.isFloat, type != .bool else { return nil }
    let bits = type.byteSize * 8
    let isSigned = [.i8, .i16, .i32, .i64].contains(type)
    end = Double(sign: .plus, exponent: isSigned ? bits - 1 : bits, significand: 1)
    start = isSigned ? -end : 0
    // Little-endian: the sign is in the last byte.
    var (low, high) = ([UInt8](repeating: 0, count: type.byteSize), [UInt8](repeating: 255, count: type.byteSize))
    if isSigned { (low[low.count - 1], high[high.count - 1]) = (128, 127) }
    least = try Tensor(type, [], bytes: ByteRegion(low))
    greatest = try Tensor(type, [], bytes: ByteRegion(high))
  }
}
