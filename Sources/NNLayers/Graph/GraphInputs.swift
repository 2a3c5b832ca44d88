import NNFormat

/// What the layers of graphs demand of their inputs.
enum GraphInputs {
  /// Demands so many inputs.
  static func count(_ inputs: [TensorType], _ count: Int, _ words: String, kind: String) throws(ModelError) {
    guard inputs.count == count else {
      throw ModelError(LayerProblem.inputCount(kind: kind, expected: words, found: inputs.count))
    }
  }

  /// Demands the features of nodes: `[..., nodes, in]`.
  static func features(_ inputs: [TensorType]) throws(ModelError) -> (nodes: Dimension, depth: Int) {
    let input = inputs[0]
    try input.requireFloat(index: 0)
    guard input.rank >= 2, let depth = input.shape.last?.value else {
      throw ModelError(
        LayerProblem.badInput(index: 0, expected: "of rank 2 or more with a fixed last extent", found: input))
    }
    return (input.shape[input.rank - 2], depth)
  }

  /// Demands one type of an input; open extents, there or here, agree with any.
  static func type(_ inputs: [TensorType], _ index: Int, _ types: [DataType], _ shape: [Dimension])
    throws(ModelError)
  {
    let input = inputs[index]
    let agrees =
      input.rank == shape.count
      && zip(input.shape, shape).allSatisfy { $0.value == nil || $1.value == nil || $0.value == $1.value }
    guard agrees, types.contains(input.dataType) else {
      let expected = types.map { TensorType($0, shape).description }.joined(separator: " or ")
      throw ModelError(LayerProblem.badInput(index: index, expected: expected, found: input))
    }
  }

  /// Demands that each element is a number from 0 to `count - 1`, before any of them is used.
  static func check<Index: FixedWidthInteger>(
    _ list: UnsafeBufferPointer<Index>, below count: Int, input: Int, of what: String,
    position: (Int) -> [Int]
  ) throws(ModelError) {
    for (place, index) in list.enumerated() {
      guard let number = Int(exactly: index), number >= 0, number < count else {
        let expected =
          count == 0 ? "the number of \(what), and there is none" : "the number of \(what), 0 to \(count - 1)"
        throw ModelError(
          LayerProblem.badElement(
            input: input, position: position(place), found: String(index), expected: expected))
      }
    }
  }
}

/// Parts of working memory, each aligned to 64 bytes; without a sum where it cannot be counted.
struct GraphMemory {
  private var total: Int? = 0

  /// The bytes of all parts; the greatest number where they cannot be counted, which no memory has.
  var byteCount: Int { total ?? .max }

  /// Adds a part, and says where it begins.
  mutating func add(_ rows: Int, _ columns: Int = 1, of size: Int) -> Int {
    guard let start = total else { return 0 }
    let (count, overflow) = rows.multipliedReportingOverflow(by: columns)
    let (bytes, sizeOverflow) = count.multipliedReportingOverflow(by: size)
    let (end, sumOverflow) = start.addingReportingOverflow(bytes)
    let (padded, paddingOverflow) = end.addingReportingOverflow(63)
    total = overflow || sizeOverflow || sumOverflow || paddingOverflow ? nil : padded & ~63
    return start
  }

  /// The product of numbers; the greatest where it cannot be counted.
  static func product(_ left: Int, _ right: Int) -> Int {
    let (product, overflow) = left.multipliedReportingOverflow(by: right)
    return overflow ? .max : product
  }
}
