import NNFormat

/// A way through the elements of a result, and beside it through the elements of up to three operands that broadcast to
/// it.
///
/// Shapes are aligned at their ends, and an extent of 1 is repeated. An operand may have dimensions behind those that
/// broadcast (the matrices of a product); then places count blocks of these.
struct BroadcastWalk {
  private let operands: (Operand, Operand, Operand)
  private let to: Operand

  /// The first dimensions of a shape, those that broadcast.
  struct Operand {
    let shape: Shape
    let rank: Int

    /// The dimensions but for the last ones.
    init(_ shape: Shape, droppingLast count: Int = 0) {
      self.shape = shape
      rank = max(shape.rank - count, 0)
    }

    /// The distance of neighbours along an axis of the result; 0 where the operand is repeated.
    @inline(__always)
    func stride(_ axis: Int, in resultRank: Int) -> Int {
      let own = axis - (resultRank - rank)
      return own < 0 || shape[own] == 1 ? 0 : shape.count(of: own + 1..<rank)
    }

    /// The distance of elements in the dimensions from `axis` on, if these are one run of the result: 1, or 0 where one
    /// element is repeated; nil if they are not.
    func step(from axis: Int, in result: Operand) -> Int? {
      var isRun = true
      var isRepeated = true
      for place in axis..<result.rank {
        let own = place - (result.rank - rank)
        let extent = own < 0 ? 1 : shape[own]
        isRun = isRun && extent == result.shape[place]
        isRepeated = isRepeated && extent == 1
      }
      return isRun ? 1 : isRepeated ? 0 : nil
    }
  }

  /// A stretch of the result, and the places and steps of the operands' elements beside it.
  struct Row {
    let count: Int
    let to: Int
    let places: (Int, Int, Int)
    let steps: (Int, Int, Int)
  }

  /// - Precondition: each operand broadcasts to `to`.
  init(_ first: Operand, _ second: Operand, _ third: Operand = Operand(.scalar), to: Operand) {
    operands = (first, second, third)
    self.to = to
  }

  /// The places of the operands' elements beside the result's element of the given number.
  func places(of number: Int) -> (Int, Int, Int) {
    var (places, rest) = ((0, 0, 0), number)
    for axis in (0..<to.rank).reversed() {
      let index = rest % to.shape[axis]
      rest /= to.shape[axis]
      places.0 += index * operands.0.stride(axis, in: to.rank)
      places.1 += index * operands.1.stride(axis, in: to.rank)
      places.2 += index * operands.2.stride(axis, in: to.rank)
    }
    return places
  }

  /// Calls `body` with the parts of the result, each once, and in order.
  func forEachRow(_ body: (Row) -> Void) {
    walk(0, (0, 0, 0), 0, body)
  }

  private func walk(_ axis: Int, _ places: (Int, Int, Int), _ target: Int, _ body: (Row) -> Void) {
    if let first = operands.0.step(from: axis, in: to), let second = operands.1.step(from: axis, in: to),
      let third = operands.2.step(from: axis, in: to)
    {
      let count = to.shape.count(of: axis..<to.rank)
      return body(Row(count: count, to: target, places: places, steps: (first, second, third)))
    }
    let first = operands.0.stride(axis, in: to.rank)
    let second = operands.1.stride(axis, in: to.rank)
    let third = operands.2.stride(axis, in: to.rank)
    let step = to.shape.count(of: axis + 1..<to.rank)
    for index in 0..<to.shape[axis] {
      walk(
        axis + 1, (places.0 + index * first, places.1 + index * second, places.2 + index * third),
        target + index * step, body)
    }
  }
}
